import { expect, test } from "vitest";
import { type Choice, matcher } from "../../provider/model/serving/matcher.ts";
import type { Field, Gateway, Stored } from "../../provider/model/serving/objects.ts";
import type { Reason } from "../../provider/model/serving/reason.ts";
import { type Request, seen } from "../../provider/model/serving/request.ts";
import { gatewayOf, matchingSets, requestOf, servingSets } from "../support/recorded-serving.ts";

/** Something at a path such as `vars[0]`, replaced by what `change` makes of it. */
function changed(value: unknown, path: string, change: (old: unknown) => unknown): unknown {
  const [, key, rest = ""] = /^\.?([^.[\]]+|\[\d+\])(.*)$/.exec(path) ?? [];
  if (key === undefined) return change(value);
  if (key.startsWith("[")) {
    const index = Number(key.slice(1, -1));
    return (value as unknown[]).map((item, at) => (at === index ? changed(item, rest, change) : item));
  }
  const object = value as Stored;
  return { ...object, [key]: changed(object[key], rest, change) };
}

/** The gateway with one field of one object changed. */
function withField(gateway: Gateway, field: Field, change: (old: unknown) => unknown): Gateway {
  const list = gateway[field.collection as keyof Gateway] as readonly Stored[];
  return {
    ...gateway,
    [field.collection]: list.map((object) =>
      object.id === field.id ? (changed(object, field.path, change) as Stored) : object,
    ),
  };
}

/** The gateway with only that changed which a reason names, so that the reason is gone. */
function mended(gateway: Gateway, reason: Exclude<Reason, { kind: "unclear" }>, request: Request): Gateway {
  const known = seen(request);
  if (!known) throw new Error("a path that nginx refuses");
  const { host, method } = known;
  const uri = Buffer.from(known.uri, "latin1").toString();
  const last = reason.field.path.endsWith("]") || ["host", "uri", "remote_addr"].includes(reason.field.path);
  const one = (text: string) => (last ? text : [text]);
  const priority = (id: string) => Number(gateway.routes?.find((route) => route.id === id)?.priority ?? 0);
  const values: Record<typeof reason.kind, (old: unknown) => unknown> = {
    disabled: () => 1,
    host: () => one(host),
    path: () => one(uri),
    method: (old) => [...(old as string[]), method],
    address: () => one("127.0.0.1"),
    condition: () => (reason.field.path === "vars" ? [] : ["request_method", "==", method]),
    "less specific host": () => one(host),
    "less specific path": () => one(uri),
    "lower priority": () => ("than" in reason ? priority(reason.than) + 1 : 0),
    "read later": () => ("than" in reason ? priority(reason.than) + 1 : 0),
  };
  return withField(gateway, reason.field, values[reason.kind]);
}

function serves(choice: Choice, route: string): boolean {
  return choice.outcome === "served" && choice.route === route;
}

/** Mends one reason after the other until the route serves, and says which had to be mended. */
function mendAll(gateway: Gateway, route: string, request: Request): string[] {
  const seenReasons: string[] = [];
  let current = gateway;
  for (;;) {
    const { choice, others } = matcher(current).serve(request);
    if (serves(choice, route)) return seenReasons;
    const [reason] = others.find((other) => other.route === route)?.reasons ?? [];
    if (!reason || reason.kind === "unclear")
      throw new Error(`no reason that can be mended: ${JSON.stringify(reason)}`);
    const text = `${reason.kind} ${reason.field.path}`;
    if (seenReasons.includes(text)) throw new Error(`${text} was mended and is there again`);
    seenReasons.push(text);
    current = mended(current, reason, request);
  }
}

const gateways = [
  ...matchingSets.map((set): { gateway: Gateway; requests: Request[] } => ({
    gateway: { routes: set.routes },
    requests: set.exchanges.map(({ request }) => requestOf(request)),
  })),
  ...servingSets.map((set) => ({
    gateway: gatewayOf(set),
    requests: set.exchanges.slice(0, 10).map(({ request }) => requestOf(request)),
  })),
];

// Some ten thousand changes; a busy machine needs longer than the usual time.
test("changing only what a reason names makes the route serve or leaves another reason, until it serves", {
  timeout: 60_000,
}, () => {
  const kinds = new Set<string>();
  let checked = 0;
  for (const { gateway, requests } of gateways) {
    for (const request of requests) {
      for (const { route } of matcher(gateway).serve(request).others) {
        for (const text of mendAll(gateway, route, request))
          kinds.add(text.split(" ").slice(0, -1).join(" "));
        checked++;
      }
    }
  }
  expect(checked).toBeGreaterThan(5000);
  expect([...kinds].sort()).toEqual([
    "address",
    "condition",
    "disabled",
    "host",
    "less specific host",
    "less specific path",
    "lower priority",
    "method",
    "path",
    "read later",
  ]);
});

test("every route but the one that serves has a reason, and the short answer is the same", () => {
  for (const { gateway, requests } of gateways) {
    for (const request of requests) {
      const { choose, serve } = matcher(gateway);
      const { choice, others } = serve(request);
      expect(choose(request)).toEqual(choice);
      const rest = (gateway.routes ?? []).filter(({ id }) => !serves(choice, String(id))).map(({ id }) => id);
      expect(others.map(({ route }) => route).sort()).toEqual(rest.sort());
      expect(others.every(({ reasons }) => reasons.length > 0)).toBe(true);
    }
  }
});
