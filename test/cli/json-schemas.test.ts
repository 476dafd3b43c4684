import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import * as z from "zod";
import { explainAnswer } from "../../cli/explain-answer.ts";
import { changeAnswer, mapAnswer } from "../../cli/map-answer.ts";
import { command } from "../support/commands.ts";

const request = (path: string, more = "") => `explain --host local.httpbin.org --path ${path} ${more}`;
/** Each `--json` with commands whose answers have as many forms as possible. */
const ANSWERS: [name: string, schema: z.ZodType, commands: string[]][] = [
  ["map", mapAnswer, ["map --state state.json", "map --preview preview.json"]],
  [
    "map-change",
    changeAnswer,
    ["map --change --preview preview.json", "map --change --before state.json --after state-shown.json"],
  ],
  [
    "explain",
    explainAnswer,
    [
      request("/get", "--state state.json"),
      request("/status/1", "--method POST --header a:b --port 80 --address 10.0.0.1 --state state.json"),
      request("/partner/1", "--preview preview.json"),
      request("/..", "--state state.json"),
      "explain --host other.example --state state.json",
      "explain --mesh payments httpbin.mesh --state state.json",
      "explain --mesh payments httpbin.mesh:81 --zone zone-2 --state state.json",
      "explain --mesh payments ledger.extsvc.mesh.local --preview preview.json",
      "explain --mesh payments --address example.com:443 --state state.json",
    ],
  ],
];

test.each(ANSWERS)(
  "%s --json has a version and is as its committed schema says",
  async (name, schema, commands) => {
    const written = z.toJSONSchema(schema);
    await expect(`${JSON.stringify(written, undefined, 2)}\n`).toMatchFileSnapshot(
      `../../docs/schemas/${name}.json`,
    );
    const valid = new Ajv2020().compile(written);
    for (const line of commands) {
      const { text } = await command(`${line} --json`);
      expect(valid(JSON.parse(text)), `${line}: ${JSON.stringify(valid.errors)}`).toBe(true);
    }
  },
);
