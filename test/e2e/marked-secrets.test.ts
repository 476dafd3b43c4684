import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { isObject } from "../../provider/model/fields.ts";
import { kindOf } from "../../provider/model/kinds.ts";
import type { StateResource, TestStack } from "../../tools/engine.ts";
import { errorsOf } from "../support/errors.ts";
import { idOf, type KindCase, kinds, oneOfEach } from "../support/kinds.ts";
import { MARK, SECRET } from "../support/secret-cases.ts";
import { expectSilent } from "../support/secret-search.ts";
import { expectNoChanges, startWorld } from "../support/world.ts";

const world = await startWorld();

/** Fields in which a secret would be none: an id stands in URLs and in the state, and a switch has two values only. */
function isOpen(kind: KindCase, field: string): boolean {
  return [...kindOf(kind.type).identity, "enabled", "status", "deleteContents"].includes(field);
}

/** The same arguments, everything in them marked as secret. */
function marked(kind: KindCase, args: object): object {
  const fields = Object.entries(args);
  return Object.fromEntries(fields.map(([key, value]) => [key, isOpen(kind, key) ? value : mark(value)]));
}

function mark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(mark);
  if (!isObject(value)) return pulumi.secret(value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mark(inner)]));
}

/** What stands in clear in a part of the state. */
function clear(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(clear);
  if (!isObject(value)) return [value];
  return "ciphertext" in value ? [] : Object.values(value).flatMap(clear);
}

function leaves(value: unknown): unknown[] {
  return Array.isArray(value) || isObject(value) ? Object.values(value).flatMap(leaves) : [value];
}

/** Of each resource, what the program has marked and the state has in clear. */
async function inClear(stack: TestStack, prefix: string, args: (kind: KindCase) => object) {
  const resources = await stack.resources();
  return kinds.flatMap((kind) => {
    const name = idOf(prefix, kind);
    const own = ({ urn }: StateResource) => urn.endsWith(`${kind.type}::${name}`);
    const { inputs, outputs } = resources.find(own) ?? {};
    expect(inputs, kind.type).toBeDefined();
    const secret = new Set(
      Object.entries(args(kind)).flatMap(([field, value]) => (isOpen(kind, field) ? [] : leaves(value))),
    );
    return [inputs, outputs].flatMap((part) =>
      Object.entries(part ?? {})
        .filter(([field]) => !isOpen(kind, field) && !field.startsWith("__"))
        .flatMap(([field, value]) =>
          clear(value).flatMap((found) =>
            secret.has(found) ? [`${kind.type} ${field}: ${String(found)}`] : [],
          ),
        ),
    );
  });
}

test("every argument of every kind that the program marks is encrypted, whatever the canonical form calls it", {
  tags: ["kinds"],
}, async () => {
  const rewritten = (kind: KindCase) => marked(kind, kind.rewritten);
  const stack = await world.stack("marked", oneOfEach("marked", rewritten));
  await stack.up();
  expect(await inClear(stack, "marked", ({ rewritten }) => rewritten)).toEqual([]);
  expectNoChanges(await stack.refresh());
  expectNoChanges(await stack.up({ program: oneOfEach("marked", (kind) => marked(kind, kind.full)) }));
  expect(await inClear(stack, "marked", ({ full }) => full)).toEqual([]);
});

test("what is said of another name, too: lists for one, server names, and what was changed by hand", async () => {
  const mesh = { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:443" } };
  const stack = await world.stack("renamed", async () => {
    new apisix.Route("renamed", {
      uri: pulumi.secret(`/${MARK}`),
      host: pulumi.secret(`${MARK}.example`),
      remoteAddr: pulumi.secret("10.11.12.13"),
      plugins: {},
    });
    new kuma.ExternalService("renamed", {
      ...mesh,
      networking: { ...mesh.networking, tls: { enabled: true, sni: pulumi.secret(`${MARK}.example`) } },
    });
  });
  expectSilent(await stack.preview({ diff: true }));
  expectSilent(await stack.up({ diff: true }));
  const route = world.apisix.store.get("routes", "renamed") ?? {};
  expect(route).toMatchObject({ hosts: [`${MARK}.example`], remote_addrs: ["10.11.12.13"] });
  world.apisix.store.put("routes", "renamed", { ...route, hosts: [`by-hand.${MARK}.example`] });
  expectSilent(await stack.preview({ diff: true, refresh: true }));
  await stack.refresh();
  const text = await stack.stateText();
  expect(text).not.toContain(MARK);
  expect(text).not.toContain("10.11.12.13");
});

test("the error of a preview does not show what the program has marked", async () => {
  const stack = await world.stack("wrong", async () => {
    new apisix.Route("host", { uri: "/*", plugins: {}, host: pulumi.secret(`${SECRET} /x`) });
  });
  const result = await stack.preview({ expectFailure: true, diff: true });
  expect(errorsOf(result), result.output).toEqual([expect.stringContaining("host: is no host name")]);
  expectSilent(result);
});
