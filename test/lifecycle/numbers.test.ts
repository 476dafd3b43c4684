import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Handler } from "../../provider/dynamic/handler.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import { startApisix } from "../../sandbox/apisix/index.ts";

const newer = await startApisix();
const older = await startApisix({ storesDefaults: true });
afterAll(() => Promise.all([newer.close(), older.close()]));
let printed: string[] = [];
beforeEach(() => {
  printed = [];
  vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

function routes({ adminUrl, adminKey }: typeof newer): Handler {
  const config: Record<string, string> = { "apisix:adminUrl": adminUrl, "apisix:adminKey": adminKey };
  const lifecycle = new Handler(kindOf("apisix:Route"));
  lifecycle.configure({ config: { get: (key) => config[key] } });
  return lifecycle;
}

const route = (count: number, retryTimeout: number): JsonObject => ({
  uri: "/a",
  upstream: { nodes: { "a.example:80": 1 }, retryTimeout },
  plugins: { "limit-count": { count, time_window: 60 } },
  __context: { name: "made", owner: "0123456789abcdef" },
});

describe.each([
  ["3.18", newer],
  ["3.11", older],
])("numbers at APISIX %s", (_, apisix) => {
  test("that it rounds are warned of with what is kept, and are no drift and no change", async () => {
    const lifecycle = routes(apisix);
    const { inputs, failures } = await lifecycle.check({}, route(9007199254740991, 0.1234567890123456));
    expect(failures).toEqual([]);
    expect(printed.join("\n")).toContain(
      "plugins.limit-count.count: APISIX keeps 14 digits of a number, and 9007199254740991 is kept as 9007199254741000.",
    );
    expect(printed.join("\n")).toContain(
      "upstream.retryTimeout: APISIX keeps 14 digits of a number, and 0.1234567890123456 is kept as 0.12345678901235.",
    );
    const { id, outs } = await lifecycle.create(inputs as JsonObject);
    expect((await lifecycle.read(id, outs as JsonObject)).inputs).toBeUndefined();
    expect(await lifecycle.diff(id, outs as JsonObject, inputs as JsonObject)).toMatchObject({
      changes: false,
    });
    await lifecycle.delete(id, outs as JsonObject);
  });

  test("of 14 digits and fewer are kept, and nothing is said", async () => {
    await routes(apisix).check({}, route(100000000000000, 0.12345678901234));
    expect(printed).toEqual([]);
  });
});
