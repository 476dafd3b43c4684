import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultNames } from "../../sandbox/faults.ts";
import { repository } from "../../tools/repository.ts";
import { door } from "../support/doors.ts";
import {
  type Fault,
  IMPATIENT,
  type Operation,
  type Outcome,
  operations,
  type Place,
  runCase,
  WAITS,
  warmUp,
} from "../support/fault-run.ts";
import { CLOSED_URL, CREDENTIAL, faultyApisix, faultyKuma } from "../support/fault-servers.ts";
import { page, summary } from "../support/fault-table.ts";
import { PluginPair } from "../support/plugin-pair.ts";
import { ProviderProcess } from "../support/provider-process.ts";

const FAULTS: Fault[] = ["connection refused", ...faultNames];
const OPERATIONS = Object.keys(operations) as Operation[];
const AT_ONCE = 20;
const RELIABILITY = join(repository, "docs", "reliability.md");

const servers = await Promise.all([faultyApisix(), faultyKuma()]);
const Processes = door === "plugin" ? PluginPair : ProviderProcess;
const processes: (PluginPair | ProviderProcess)[] = [];
let outcomes: Outcome[] = [];

const start = async (other: Parameters<(typeof servers)[number]["config"]>[0] = {}) => {
  const started = await Processes.start(Object.assign({}, ...servers.map(({ config }) => config(other))));
  processes.push(started);
  return started;
};

beforeAll(async () => {
  const refused = await start({ url: CLOSED_URL });
  const roles = [start(), start(), start({ requestTimeout: IMPATIENT }), start()] as const;
  const [before, patient, impatient, after] = await Promise.all(roles);
  for (const server of servers)
    for (const role of [before, patient, impatient, after])
      await warmUp(role.provider(server.kind.type), server);
  const cases = servers.flatMap((server) => {
    const { type } = server.kind;
    const during = (fault: Fault) =>
      fault === "connection refused" ? refused : WAITS.test(fault) ? impatient : patient;
    const place: Place = {
      server,
      before: before.provider(type),
      during: (fault) => during(fault).provider(type),
      after: after.provider(type),
    };
    return FAULTS.flatMap((fault) =>
      // A server that nobody reaches answers nothing, so there is no part of its requests.
      OPERATIONS.filter((operation) => fault !== "connection refused" || !operation.includes(",")).map(
        (operation) => ({ waits: WAITS.test(fault), run: () => runCase(place, fault, operation) }),
      ),
    );
  });
  const results: Promise<Outcome>[] = [];
  const run = (each: (typeof cases)[number]) => (results[cases.indexOf(each)] = each.run());
  const work = cases.filter(({ waits }) => !waits).values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const each of work) await run(each);
  });
  await Promise.all([...cases.filter(({ waits }) => waits).map(run), ...workers]);
  outcomes = await Promise.all(results);
}, 300_000);

afterAll(async () => {
  await Promise.all([...processes, ...servers].map((started) => started.close()));
  if (process.env.npm_lifecycle_event === "faults") console.log(page(outcomes));
});

describe.each(["APISIX", "Kuma"])("%s", (product) => {
  describe.each(OPERATIONS)("%s", (operation) => {
    const cases = () =>
      outcomes.filter((outcome) => outcome.server === product && outcome.operation === operation);

    test("keeps every promise while a fault lasts", () => {
      expect(cases().length).toBeGreaterThan(20);
      expect(cases().filter(({ broken }) => broken.length > 0)).toEqual([]);
    });

    test("reaches the declared state when the fault is gone", () => {
      expect(cases().filter(({ after }) => after !== "as declared")).toEqual([]);
    });

    test("is called done only when it is", () => {
      expect(cases().filter(({ during }) => during === "believed")).toEqual([]);
    });
  });
});

test("a create whose answer is lost is found by a look", () => {
  const lost = outcomes.filter(
    ({ operation, fault }) => operation === "create, writes only" && /^half|after the work$/.test(fault),
  );
  expect(lost.length).toBeGreaterThan(10);
  expect(lost.filter(({ during }) => during !== "done")).toEqual([]);
});

test("what the provider's processes print is a warning or a code, in one line, without a credential", () => {
  const printed = processes.flatMap((started) => started.printed);
  // What Pulumi prints of an error beside its text: `TIMEOUT: `.
  expect(printed.filter((line) => !/^warning: [^<]+$|^[A-Z_]+: $/.test(line))).toEqual([]);
  expect(printed.filter((line) => line.includes(CREDENTIAL))).toEqual([]);
  // Pulumi's own process prints the code of every error; the plugins print nothing.
  if (door === "dynamic") expect(printed.length).toBeGreaterThan(100);
});

// `npm run faults -- --update` writes the files instead of comparing them.
describe("what was measured stands", () => {
  test("in the page about reliability", async () => {
    const text = readFileSync(RELIABILITY, "utf8");
    const place = /(?<=<!-- faults -->\n).*(?=<!-- \/faults -->)/s;
    expect(text).toMatch(place);
    await expect(text.replace(place, () => summary(outcomes))).toMatchFileSnapshot(RELIABILITY);
  });

  test("in the page about faults", async () => {
    await expect(page(outcomes)).toMatchFileSnapshot(join(repository, "docs", "faults.md"));
  });
});
