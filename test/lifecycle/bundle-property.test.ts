import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import { bundleOf } from "../../provider/model/bundle/types.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { idOf, type Kind } from "../../provider/model/kind.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { withoutMarks } from "../../provider/model/marks.ts";
import { SEED, validArgs } from "../support/arbitraries.ts";
import { BundleStack } from "../support/bundle.ts";
import { apisixInProcess, CONTEXT, type InProcess, kumaInProcess, sendTo } from "../support/in-process.ts";

const CONFIG = {
  "apisix:adminUrl": "http://apisix.invalid",
  "apisix:adminKey": "a-credential-of-the-administrator",
  "apisix:validation": "local",
  "kuma:url": "http://kuma.invalid",
  "kuma:validation": "local",
};
const NAME = "made";

beforeAll(() => void vi.spyOn(console, "log").mockImplementation(() => {}));
afterAll(() => vi.restoreAllMocks());

const tables = ["apisix:Bundle", "kuma:Bundle"].flatMap((type) =>
  Object.entries(bundleOf(type)?.tables ?? {}).map(([table, kind]) => ({ type, table, kind: kindOf(kind) })),
);

/** What the server has of it, less whose it is and when it was written. */
function stored(server: InProcess, kind: Kind, id: string): unknown {
  const root = kind.dialect === "apisix" ? "/apisix/admin/" : "/";
  const { status, json } = server.answer("GET", `${root}${kind.path(id.split("/"))}`);
  if (status !== 200) return undefined;
  const object = (kind.dialect === "apisix" ? (json as { value: JsonObject }).value : json) as JsonObject;
  const { create_time, update_time, creationTime, modificationTime, labels, ...rest } = object;
  const own = Object.entries((labels ?? {}) as JsonObject).filter(([name]) => !name.startsWith("pulumi-"));
  return { ...rest, labels: Object.fromEntries(own) };
}

/** Makes the object as a resource of its own; the reason where it is refused. */
async function single(kind: Kind, args: JsonObject): Promise<string | undefined> {
  const handler = new Handler(kind);
  handler.configure({ config: { get: (key) => CONFIG[key as keyof typeof CONFIG] } });
  const { inputs, failures } = await handler.check({}, { ...args, __context: { ...CONTEXT, name: NAME } });
  if (failures.length > 0) return failures.map(({ reason }) => reason).join();
  return handler.create(withoutMarks(inputs) as JsonObject).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

describe.each(tables)("$table", ({ type, table, kind }) => {
  test("what a bundle makes of any arguments is what a resource of its own makes, or both are refused", async () => {
    await fc.assert(
      fc.asyncProperty(validArgs(kind), async (drawn) => {
        // A wait belongs to a resource of its own: objects of a bundle have no outputs to wait for.
        const args = Object.fromEntries(
          Object.entries(drawn).filter(([field]) => field !== kind.reported?.wait),
        );
        const [one, other] =
          kind.dialect === "apisix"
            ? [apisixInProcess(), apisixInProcess()]
            : [kumaInProcess(), kumaInProcess()];
        sendTo(one);
        const refusal = await single(kind, args);
        sendTo(other);
        const stack = new BundleStack(type, CONFIG);
        const { problems, reasons } = await stack.up({ [table]: { [NAME]: args } });
        expect([...problems, ...reasons].length > 0, [refusal, ...problems, ...reasons].join("\n")).toBe(
          refusal !== undefined,
        );
        const last = kind.identity.at(-1) ?? "";
        const id = idOf(kind, { ...kind.identityDefaults, [last]: NAME, ...args });
        expect(stored(other, kind, id)).toEqual(stored(one, kind, id));
        if (refusal !== undefined) return;
        // What it has made is no drift, and its text says the same again.
        await stack.refresh();
        expect(await stack.preview({ [table]: { [NAME]: args } })).toMatchObject({ what: "same" });
      }),
      { seed: SEED, numRuns: 40 },
    );
  });
});
