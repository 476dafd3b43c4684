import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type KumaSandbox, startKuma, startKumaFederation } from "../../sandbox/kuma/index.ts";
import { kindsOf } from "../../sandbox/kuma/kinds/index.ts";
import { compared, difference } from "./compare-answers.ts";
import { readCorpus } from "./compare-corpus.ts";
import { knownDifference } from "./compare-known.ts";
import { random } from "./compare-random.ts";
import { type ComparedKind, type Place, Requests } from "./compare-requests.ts";
import { ask, type RawRequest } from "./compare-servers.ts";
import { liveSettings } from "./settings.ts";

/** Requests per kind and control plane, where nothing else is said. */
const RUNS = Number(process.env.LIVE_RUNS ?? 400);
const SEED = Number(process.env.LIVE_SEED ?? 1);
const settings = liveSettings();
const corpus = readCorpus();
const kinds: ComparedKind[] = kindsOf("2.14.3").filter(
  ({ readOnly, type }) => !readOnly && settings.isChosen(`kuma:${type}`),
);
const version = "2.14.3";

/** A control plane beside the one of the sandbox that it is compared with. */
interface Pair {
  name: string;
  server: string;
  sandbox: () => KumaSandbox;
  labels: Place["labels"];
}

/** One kind of difference, and the first request that showed it. */
interface Found {
  count: number;
  example: string;
  server: string;
  sandbox: string;
}

const report: Record<string, unknown>[] = [];
afterAll(() => {
  if (process.env.COMPARE_REPORT)
    writeFileSync(process.env.COMPARE_REPORT, JSON.stringify(report, undefined, 1));
});

/** Sends as many requests about a kind to both; gives what differs, by what it is. */
async function compareKind(kind: ComparedKind, { server, sandbox, labels }: Pair, place: Place) {
  const found = new Map<string, Found>();
  const counts = { sent: 0, accepted: 0, refused: 0, known: 0 };
  const requests = new Requests(
    kind,
    { ...place, labels },
    corpus,
    random(SEED * 1000 + kind.type.length * 31 + (kind.type.charCodeAt(4) ?? 0)),
  );
  const both = async (request: RawRequest) => {
    const answers = await Promise.all([ask(sandbox().url, request), ask(server, request)]);
    counts.sent++;
    return answers;
  };
  while (counts.sent < RUNS) {
    for (const { note, request, object } of requests.next()) {
      const [ours, theirs] = await both(request);
      const words = difference(compared(ours), compared(theirs));
      if (theirs.status < 300) counts.accepted++;
      else counts.refused++;
      if (words !== undefined) {
        const what = `${request.method} ${note}: ${words.replaceAll(place.run, "RUN")}`;
        if (knownDifference(kind.type, request, what)) counts.known++;
        else {
          const body = request.body?.toString("utf8") ?? "";
          const first = {
            count: 0,
            example: `${request.method} ${request.path} ${JSON.stringify(request.headers ?? {})} ${body}`,
            server: shown(theirs),
            sandbox: shown(ours),
          };
          const one = found.get(what) ?? first;
          one.count++;
          found.set(what, one);
        }
        // From here on both have the same again.
        if (object !== undefined) await both({ method: "DELETE", path: object });
        break;
      }
    }
  }
  return { counts, found };
}

const shown = (value: unknown): string => JSON.stringify(value).slice(0, 3000);

function compareAll(pair: Pair, others: Pair[] = []): void {
  const run = `${settings.run}-${pair.name[0]}`;
  const mesh = `${run}-mesh`;
  const path = `/meshes/${mesh}`;
  const body = Buffer.from(JSON.stringify({ type: "Mesh", name: mesh, skipCreatingInitialPolicies: ["*"] }));
  const headers = { "content-type": "application/json" };
  const owner = others[0] ?? pair;

  beforeAll(async () => {
    for (const url of [owner.server, owner.sandbox().url]) {
      const { status } = await ask(url, { method: "PUT", path, headers, body });
      expect(status).toBe(201);
    }
    await vi.waitFor(async () => expect((await ask(pair.server, { method: "GET", path })).status).toBe(200), {
      timeout: 60_000,
    });
  });
  afterAll(() => ask(owner.server, { method: "DELETE", path }));

  test.each(kinds.map((kind) => [kind.type, kind] as const))(
    "%s",
    { timeout: 3_600_000 },
    async (type, kind) => {
      const place = { run, mesh, labels: pair.labels, hasLists: pair.name === "standalone" };
      const { counts, found } = await compareKind(kind, pair, place);
      report.push({ at: pair.name, type, counts, found: Object.fromEntries(found) });
      expect([...found].map(([what, { count }]) => `${what} (${count} times)`)).toEqual([]);
      expect(counts.accepted + counts.refused).toBeGreaterThan(0);
    },
  );
}

describe("the sandbox answers as", async () => {
  const { kuma } = settings;
  if (!kuma) return test.skip("a server: none is named", () => {});
  if (kuma.globalUrl === kuma.zoneUrl) {
    const sandbox = await startKuma({ version });
    afterAll(() => sandbox.close());
    describe("a standalone control plane", () =>
      compareAll({ name: "standalone", server: kuma.globalUrl, sandbox: () => sandbox, labels: {} }));
    return;
  }
  const { global, zones, close } = await startKumaFederation({ zones: ["zone-1"] });
  afterAll(close);
  const atGlobal: Pair = { name: "global", server: kuma.globalUrl, sandbox: () => global, labels: {} };
  const atZone: Pair = {
    name: "zone",
    server: kuma.zoneUrl,
    sandbox: () => zones["zone-1"] as KumaSandbox,
    labels: { "kuma.io/origin": "zone" },
  };
  describe("a global control plane", () => compareAll(atGlobal));
  describe("a zone's control plane", () => compareAll(atZone, [atGlobal]));
});
