import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { SECRET_KEY, SECRET_VALUE } from "../../provider/model/marks.ts";
import { MARK, SECRET } from "../support/secret-cases.ts";
import { expectCleanFiles, expectNoSecret } from "../support/secret-search.ts";
import { withProgram } from "../support/with-program.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const upstream = { nodes: { "a.example:80": 1 } };

test("preview --json has no secret, of the schema or of the program's", async () => {
  const stack = await world.stack("json", async () => {
    new kuma.Secret("json", { value: SECRET });
    new apisix.Route("json", {
      uri: "/*",
      host: pulumi.secret(`${MARK}.example`),
      upstream,
      plugins: { csrf: { key: SECRET } },
    });
  });
  const output = await withProgram(stack, ["preview", "--json"]);
  expect(output).toContain('"/*"');
  expectNoSecret(output, "the JSON of a preview");
});

test("an import by file shows and keeps no secret in clear, and needs no change afterwards", async () => {
  const data = Buffer.from(SECRET).toString("base64");
  const marked = (value: string) => ({ [SECRET_KEY]: SECRET_VALUE, plaintext: JSON.stringify(value) });
  world.kuma.store.put({ type: "Secret", mesh: "default", name: "imported", data });
  world.apisix.store.put("routes", "imported", {
    uris: ["/*"],
    upstream,
    plugins: { csrf: { key: SECRET } },
  });
  const stack = await world.stack("import", async () => {
    new kuma.Secret("imported", { value: SECRET });
    new apisix.Route("imported", { uri: "/*", upstream, plugins: { csrf: { key: SECRET } } });
  });
  const entry = (type: string, id: string, declared: object) => {
    const __provider = `exports.handler = () => require("pulumi-external-backends/provider").handler("${type}");`;
    const state = { __provider, ...declared };
    const token = `pulumi-nodejs:dynamic/${type}`;
    return { type: token, name: "imported", id, inputs: state, outputs: state };
  };
  const resources = [
    entry("kuma:Secret", "default/imported", { mesh: "default", name: "imported", data: marked(data) }),
    entry("apisix:Route", "imported", {
      routeId: "imported",
      uris: ["/*"],
      upstream: { nodes: [{ host: "a.example", port: 80, weight: 1 }] },
      plugins: { csrf: { key: marked(SECRET) } },
    }),
  ];
  const file = join(stack.directory, "import.json");
  await writeFile(file, JSON.stringify({ resources }));
  const options = ["--yes", "--generate-code=false", "--protect=false", "--skip-preview"];
  const { output } = await stack.cli(["import", "--file", file, ...options]);
  await rm(file);
  expect(output).toContain("2 imported");
  expectNoSecret(output, "the output");
  await expectCleanFiles(stack, stack.directory);
  expectNoChanges(await stack.refresh());
  await expectCleanFiles(stack, stack.directory);
});
