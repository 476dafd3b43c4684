import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { commandOf } from "../../../cli/commands.ts";
import { repository } from "../../../tools/repository.ts";
import type { Row } from "./row.ts";
import { at, type Servers } from "./servers.ts";

const recorded = (name: string) => join(repository, "test", "recordings", "previews", `${name}.json`);
const STATE = `--state ${recorded("state")}`;
const PREVIEW = `--preview ${recorded("preview")}`;
const PREVIEWED = `--state ${recorded("preview")}`;

/** The environment of a command that reads the gateway. */
const withGateway = async ({ newer }: Servers, run: () => Promise<unknown>) => {
  const { APISIX_ADMIN_URL, APISIX_ADMIN_KEY } = process.env;
  process.env.APISIX_ADMIN_URL = newer.adminUrl;
  process.env.APISIX_ADMIN_KEY = newer.adminKey;
  try {
    newer.store.put("upstreams", "a", { nodes: { "a.example:80": 1 }, labels: { team: "edge" } });
    await run();
  } finally {
    for (const [name, value] of Object.entries({ APISIX_ADMIN_URL, APISIX_ADMIN_KEY })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
};

/** A folder that is not there yet. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "commands-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "imported");
}

/** Command lines that are refused, and what they are when the proposal has been followed: each way of it. */
function row(
  name: string,
  wrong: string | string[],
  proposal: string,
  ...right: (string | string[])[]
): Row<Servers> {
  const run = (line: string | string[]) => commandOf(typeof line === "string" ? line.split(" ") : line).run();
  return rowOf(
    name,
    proposal,
    () => run(wrong),
    right.map((line) => () => run(line)),
  );
}

/** An import with more options, into a new folder. */
function importRow(name: string, wrong: string, proposal: string, ...right: string[]): Row<Servers> {
  const run = async (options: string) => {
    const out = newFolder();
    await commandOf(["import", "--from", "apisix", "--out", out, ...options.split(" ")]).run();
    if (!existsSync(join(out, "index.ts"))) throw new Error("Nothing was written.");
  };
  return rowOf(
    name,
    proposal,
    () => run(wrong),
    right.map((options) => () => run(options)),
  );
}

/** What is refused at a gateway, and what goes through there, one after another. */
function rowOf(
  name: string,
  proposal: string,
  wrong: () => Promise<unknown>,
  right: (() => Promise<unknown>)[],
): Row<Servers> {
  return {
    name,
    proposal,
    wrong: (servers) => withGateway(servers, wrong),
    carriedOut: (servers) =>
      withGateway(servers, async () => {
        for (const run of right) await run();
      }),
  };
}

const REQUEST = ["explain", "--host", "a.example"];

/** What the commands refuse. */
export const COMMANDS: readonly Row<Servers>[] = [
  row(
    "a name without its mesh",
    `explain httpbin.mesh ${STATE}`,
    '"httpbin.mesh" is too much; a name in a mesh needs --mesh MESH before it.',
    `explain --mesh payments httpbin.mesh ${STATE}`,
  ),
  row(
    "no question",
    `explain ${STATE}`,
    "Say what to explain: --host HOST --path PATH for a gateway, --mesh MESH NAME for a mesh.",
    `explain --host a.example --path / ${STATE}`,
    `explain --mesh payments httpbin.mesh ${STATE}`,
  ),
  row(
    "a header without a value",
    [...REQUEST, "--header", "x-key", ...STATE.split(" ")],
    '--header: write "NAME: VALUE".',
    [...REQUEST, "--header", "x-key: a", ...STATE.split(" ")],
  ),
  row(
    "a URL for a host",
    `explain --host http://a.example/get ${STATE}`,
    "write the host alone; what comes after it goes to --path.",
    `explain --host a.example --path /get ${STATE}`,
  ),
  row(
    "a mesh without a name",
    `explain --mesh payments ${STATE}`,
    "--mesh: say a name of the mesh, as in httpbin.mesh, or --address HOST:PORT.",
    `explain --mesh payments httpbin.mesh ${STATE}`,
    `explain --mesh payments --address a.example:443 ${STATE}`,
  ),
  {
    name: "a page without a file",
    proposal: "--html: name the file to write.",
    wrong: () => commandOf(["map", "--html", "", ...STATE.split(" ")]).run(),
    carriedOut: async () => {
      const file = `${newFolder()}.html`;
      await commandOf(["map", "--html", file, ...STATE.split(" ")]).run();
      if (!existsSync(file)) throw new Error("Nothing was written.");
    },
  },
  row("days in words", `map --days many ${STATE}`, "write a number of days.", `map --days 30 ${STATE}`),
  row(
    "a change without what is after it",
    `map --change ${STATE}`,
    "--change: give --preview FILE, or --before FILE and --after FILE.",
    `map --change ${PREVIEW}`,
    `map --change --before ${recorded("state")} --after ${recorded("state")}`,
  ),
  row(
    "nothing to read",
    "map --json",
    "Say what to read: --state FILE, --preview FILE or --from SERVER.",
    `map ${STATE}`,
    `map ${PREVIEW}`,
    "map --from apisix",
  ),
  row(
    "a server that there is not",
    "map --from consul",
    "write apisix or kuma, or one with its place, as in apisix@zone-1.",
    "map --from apisix",
    "map --from apisix@zone-1",
  ),
  row(
    "a preview as a state",
    `map ${PREVIEWED}`,
    "it is a preview; give it with --preview",
    `map ${PREVIEW}`,
  ),
  row(
    "a state as a preview",
    `map --preview ${recorded("state")}`,
    "it is a state; give it with --state",
    `map ${STATE}`,
  ),
  importRow(
    "a label without a key",
    "--label =edge",
    "write KEY or KEY=VALUE.",
    "--label team",
    "--label team=edge",
  ),
  importRow(
    "a split by no label",
    "--split label",
    "say which label, as in --split label:team.",
    "--split label:team",
  ),
  importRow(
    "a setting without its server",
    "--config adminUrl=http://a.example",
    "write NAME=VALUE with a name such as apisix:adminUrl or kuma:url.",
    "--config apisix:idPrefix=a-",
  ),
  {
    name: "a secret on the command line",
    wrong: () => commandOf(["import", "--from", "apisix", "--config", "apisix:adminKey=a-key"]).run(),
    proposal: "use the environment or --config-file.",
    carriedOut: async (servers) => {
      const imported = (...more: string[]) =>
        commandOf(["import", "--from", "apisix", "--out", newFolder(), ...more]).run();
      await withGateway(servers, () => imported());
      const file = `${newFolder()}.json`;
      writeFileSync(file, JSON.stringify(at(servers.newer)));
      await imported("--config-file", file);
    },
  },
  {
    name: "a folder with an earlier import",
    wrong: (servers) =>
      withGateway(servers, async () => {
        const again = ["import", "--from", "apisix", "--out", newFolder()];
        await commandOf(again).run();
        await commandOf(again).run();
      }),
    proposal: "there already: choose another --out, or --force to overwrite.",
    carriedOut: (servers) =>
      withGateway(servers, async () => {
        const first = ["import", "--from", "apisix", "--out", newFolder()];
        await commandOf(first).run();
        await commandOf([...first.slice(0, -1), newFolder()]).run();
        await commandOf([...first, "--force"]).run();
      }),
  },
];
