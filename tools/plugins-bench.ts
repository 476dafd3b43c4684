import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { benchStart, type Times, timesOf } from "./bench-plugin-start.ts";
import { markdownTable } from "./markdown.ts";
import { bundle } from "./plugins-executable.ts";
import { repository, workFolder } from "./repository.ts";

const help = `node tools/plugins-bench.ts [options] [EXECUTABLE ...]

Measures how long properties of 3,000 routes take to be written and read as the plugins do it, beside google-protobuf; and
how long each plugin's EXECUTABLE takes from its start until it prints its port, beside \`node -e 0\`, in turns.

  --rounds N  how often (default 15); the fastest and the median are shown
  --help      this text
`;

/** Some 3,000 small routes with their upstreams. */
function routes() {
  return Array.from({ length: 3000 }, (_, index) => ({
    routeId: `route-${index}`,
    uri: `/api/${index}/*`,
    hosts: [`a${index}.example.com`, `b${index}.example.com`],
    priority: index,
    enableWebsocket: index % 2 === 0,
    upstream: { type: "roundrobin", nodes: [{ host: "10.0.0.1", port: 8080, weight: 1 }], retries: 2 },
    labels: { team: "payments", note: null },
  }));
}

/** How long the two ways of writing and reading Structs take. */
async function benchStruct(rounds: number): Promise<[string, Times][]> {
  const ours = await loadStruct();
  const given = routes();
  const bytes = given.map((route) => ours.encodeStruct(route));
  const ways: Record<string, () => unknown> = {
    "written here": () => given.map((route) => ours.encodeStruct(route)),
    "written by google-protobuf": () =>
      given.map((route) => struct.Struct.fromJavaScript(route).serializeBinary()),
    "read here": () => bytes.map((each) => ours.decodeStruct(each)),
    "read by google-protobuf": () =>
      bytes.map((each) => struct.Struct.deserializeBinary(each).toJavaScript()),
  };
  return Object.entries(ways).map(([name, way]) => {
    const times = Array.from({ length: rounds }, () => {
      const began = performance.now();
      way();
      return performance.now() - began;
    });
    return [name, timesOf(times)];
  });
}

/** The plugins' own way, which Node.js does not load as TypeScript. */
async function loadStruct(): Promise<typeof import("../provider/plugin/struct.ts")> {
  const folder = await mkdtemp(join(await workFolder(), "bench-"));
  try {
    const file = join(folder, "struct.js");
    await bundle(join(repository, "provider", "plugin", "struct.ts"), file);
    return createRequire(import.meta.url)(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "15" }, help: { type: "boolean" } },
});
if (values.help) process.stdout.write(help);
else {
  const rounds = Number(values.rounds);
  const number = (value: number | undefined) => (value ?? Number.NaN).toFixed(1);
  const codec = (await benchStruct(rounds)).map(([name, { fastest, median }]) => [
    name,
    number(fastest),
    number(median),
  ]);
  process.stdout.write(markdownTable([["3,000 routes", "fastest (ms)", "median (ms)"], ...codec]));
  if (positionals.length > 0) {
    const node = process.execPath;
    const line = 'process.stdout.write("1\\n"); setInterval(() => {}, 1000);';
    const commands: Record<string, [string, ...string[]]> = {
      "node -e 0": [node, "-e", "0"],
      "node that prints a line": [node, "-e", line],
      ...Object.fromEntries(positionals.map((executable) => [executable, [executable]])),
    };
    const starts = await benchStart(Object.values(commands), rounds);
    const rows = Object.keys(commands).map((name, index) => {
      const { fastest, median } = timesOf(starts[index]?.map(({ time }) => time) ?? []);
      const cpu = timesOf(starts[index]?.map((each) => each.cpu) ?? []);
      return [name, number(fastest), number(median), number(cpu.median), number(starts[index]?.[0]?.memory)];
    });
    const head = ["start", "fastest (ms)", "median (ms)", "CPU (ms)", "memory (MB)"];
    process.stdout.write(`\n${markdownTable([head, ...rows])}`);
  }
}
