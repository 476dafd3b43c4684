import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faultNames } from "../../sandbox/faults.ts";
import { type Fault, type Operation, type Outcome, operations, runCase } from "./fault-run.ts";
import { closedUrl, type FaultyServer, faultyApisix, faultyKuma } from "./fault-servers.ts";

const FAULTS: Fault[] = ["connection refused", ...faultNames];
const OPERATIONS = Object.keys(operations) as Operation[];
const AT_ONCE = 90;

/**
 * Kuma's own answer to every PUT and DELETE is `{}`, so a liar between here and there cannot be told from it
 * without one more request for each write. A create is told by its 201; an update shows at the next refresh; a deleted
 * object stays.
 */
const LIES: Record<string, Fault[]> = {
  "Kuma update, writes only": ["200 {} that lies"],
  "Kuma delete, writes only": ["200 {} that lies"],
};
const isKumaDelete = ({ server, operation, during }: Outcome) =>
  during === "believed" && `${server} ${operation}` === "Kuma delete, writes only";

let servers: FaultyServer[] = [];
const outcomes: Outcome[] = [];

beforeAll(async () => {
  servers = [await faultyApisix(), await faultyKuma()];
  const closed = await closedUrl();
  const cases = servers.flatMap((server) =>
    FAULTS.flatMap((fault) =>
      // A server that nobody reaches answers nothing, so there is no part of its requests.
      OPERATIONS.filter((operation) => fault !== "connection refused" || !operation.includes(",")).map(
        (operation) => () => runCase(server, fault, operation, closed),
      ),
    ),
  );
  const work = cases.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const each of work) outcomes.push(await each());
  });
  await Promise.all(workers);
}, 60_000);

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  if (process.env.npm_lifecycle_event === "faults") console.log(servers.map(table).join("\n\n"));
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
      const failed = cases().filter((outcome) => outcome.after !== "as declared" && !isKumaDelete(outcome));
      expect(failed).toEqual([]);
    });

    test("is called done only when it is", () => {
      const believed = cases().filter(({ during }) => during === "believed");
      expect(believed.map(({ fault }) => fault)).toEqual(LIES[`${product} ${operation}`] ?? []);
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

function table({ product }: FaultyServer): string {
  const cell = (fault: Fault, operation: Operation) => {
    const found = outcomes.find(
      (outcome) => outcome.server === product && outcome.fault === fault && outcome.operation === operation,
    );
    if (!found) return "";
    const { during, after, broken } = found;
    return [during, after === "as declared" ? "✓" : after, ...broken].join(" ");
  };
  const rows = [
    [`${product}: fault`, ...OPERATIONS],
    ["---", ...OPERATIONS.map(() => "---")],
    ...FAULTS.map((fault) => [fault, ...OPERATIONS.map((operation) => cell(fault, operation))]),
  ];
  return rows.map((row) => `| ${row.join(" | ")} |`).join("\n");
}
