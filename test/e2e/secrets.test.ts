import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { afterAll, expect, test } from "vitest";
import { type PluginUse, pluginNames, pluginSchema } from "../../provider/model/apisix/plugin-catalogue.ts";
import { KINDS, kindOf } from "../../provider/model/kinds.ts";
import { readBody, sendJson } from "../../sandbox/http.ts";
import type { OperationResult, TestStack } from "../../tools/engine.ts";
import { errorsOf } from "../support/errors.ts";
import { HEADER, MARK, SECRET, secretCases } from "../support/secret-cases.ts";
import { pathsIn, untriedSecrets } from "../support/secret-fields.ts";
import { expectCleanFiles, expectCleanRequests, expectSilent } from "../support/secret-search.ts";
import { expectChanges, expectNoChanges, startWorld } from "../support/world.ts";

const adminKey = `key ${HEADER}`;
const token = `token-${HEADER}`;
const temporary = await mkdtemp(join(tmpdir(), "secrets-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));

const world = await startWorld({
  apisix: { adminKey },
  kuma: { tokens: { admin: token } },
  engine: {
    environment: { TMPDIR: temporary, PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: undefined },
  },
});
for (const name of ["default", "other"]) world.kuma.store.put({ type: "Mesh", name });

/** A program with all that may be secret. Ids begin with `prefix`; `text` is a field that is no secret. */
function declare(prefix: string, text: string): () => Promise<void> {
  return async () => {
    const tls = { clientCert: "-----BEGIN C", clientKey: `-----BEGIN K ${SECRET}` };
    const common = { headers: { "x-proxy": HEADER }, tls };
    const { adminUrl } = world.apisix;
    const edge = new apisix.Provider("edge", { adminUrl, adminKey, ...common });
    const mesh = new kuma.Provider("mesh", { url: world.kuma.url, token: pulumi.secret(token), ...common });
    secretCases().forEach(({ type, args, declare: make }, index) => {
      const { schema, identity } = kindOf(type);
      const own = identity.at(-1) ?? "";
      const name = `${type.replace(":", "-").toLowerCase()}-${index}`;
      const id = type === "kuma:MeshPatch" ? (prefix === "a" ? "default" : "other") : `${prefix}-${name}`;
      const described = ["desc", "labels"].filter((field) => field in schema.shape);
      const more = described.map((field) => [field, field === "desc" ? text : { text }]);
      const all = { [own]: id, ...Object.fromEntries(more), ...args, ...ownKeys(args, id) };
      const provider = type.startsWith("kuma:") ? mesh : edge;
      make(name, all as never, { provider });
    });
  };
}

/** The plugins of a consumer with keys that nobody else has, since a server refuses what two have. */
function ownKeys({ plugins }: Record<string, unknown>, id: string): { plugins?: object } {
  const fields = { "basic-auth": "username", "hmac-auth": "key_id", "jwt-auth": "key", "key-auth": "key" };
  const own = Object.entries(fields).flatMap(([name, field]) => {
    const plugin = (plugins as Record<string, Record<string, unknown>> | undefined)?.[name];
    return typeof plugin?.[field] === "string"
      ? [[name, { ...plugin, [field]: `${plugin[field]}-${id}` }]]
      : [];
  });
  return own.length > 0 ? { plugins: { ...(plugins as object), ...Object.fromEntries(own) } } : {};
}

/** Refuses requests with everything secret that came: in clear, escaped, as base64 and percent-encoded. */
function echo(status: number, methods: string[]) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    if (!methods.includes(request.method ?? "")) return false;
    const body = await readBody(request);
    const texts: string[] = Object.values(request.headers).map(String);
    JSON.parse(body || "null", (_, value) => {
      if (typeof value === "string") texts.push(value);
      return value;
    });
    const secrets = texts.filter((text) => text.includes(MARK));
    const forms = secrets.flatMap((text) => [
      text,
      Buffer.from(text).toString("base64"),
      Buffer.from(`x${text}`).toString("base64"),
      encodeURIComponent(text),
    ]);
    const text = `refused: ${forms.join(" ")} ${body}`;
    sendJson(response, status, { error_msg: text, status, title: "refused", detail: text });
    return true;
  };
}

async function withEchoes<T>(status: number, methods: string[], action: () => Promise<T>): Promise<T> {
  world.apisix.intercept = echo(status, methods);
  world.kuma.intercept = echo(status, methods);
  try {
    return await action();
  } finally {
    world.apisix.intercept = undefined;
    world.kuma.intercept = undefined;
  }
}

function encryptedFields(use: PluginUse): string[] {
  return pluginNames(use).flatMap((name) => {
    const { encrypt_fields: fields = [] } = pluginSchema(name, use) ?? {};
    return (fields as string[]).map((field) => `/${name}/${field.replaceAll(".", "/")}`);
  });
}

test("every argument that is or may hold a secret, of every kind and built-in plugin, is among those tried here", () => {
  const missing = KINDS.flatMap((kind) => untriedSecrets(kind).map((path) => `${kind.type} ${path}`));
  const plugins = secretCases().flatMap(({ args: { plugins, plugin, metadata } }) => [
    ...pathsIn(plugins),
    ...pathsIn({ [String(plugin)]: metadata }),
  ]);
  const encrypted = (["schema", "consumer_schema", "metadata_schema"] as const).flatMap(encryptedFields);
  expect(encrypted.length).toBeGreaterThan(60);
  expect([...missing, ...encrypted.filter((path) => !plugins.includes(path))]).toEqual([]);
});

const failing = { expectFailure: true } as const;
const count = secretCases().length;

test("no secret shows anywhere when the servers refuse and echo everything", async () => {
  const stack = await world.engine.stack("refused", declare("refused", "one"));
  for (const status of [403, 500]) {
    const result = await withEchoes(status, ["PUT"], () => stack.up({ ...failing, continueOnError: true }));
    const refusals = errorsOf(result).filter((error) => error.startsWith("Could not "));
    expect(refusals.length, result.output).toBe(count);
    for (const error of refusals) expect(error).toMatch(/refused: .*\[secret\]/);
    expectSilent(result);
    await expectCleanFiles(stack, temporary);
  }
  const unread = await withEchoes(400, ["GET"], () => stack.up(failing));
  expectSilent(unread);
});

/** Looks everywhere after an operation. */
function lookingAt(stack: TestStack) {
  return async (result: OperationResult) => {
    expectSilent(result);
    await expectCleanFiles(stack, temporary);
  };
}

test("nor through create, refresh, update and a state that is exported and imported", async () => {
  const stack = await world.engine.stack("secrets", declare("c", "one"));
  const clean = lookingAt(stack);
  await clean(await stack.preview({ diff: true }));
  await clean(await stack.up({ diff: true }));
  const stored = JSON.stringify(world.apisix.store.list("plugin_configs"));
  expect(stored.split(MARK).length).toBeGreaterThan(50);

  // What the servers give back otherwise, or not at all, is no diff, and is kept with the update of another field.
  expectNoChanges(await stack.refresh());
  await clean(await stack.preview({ diff: true, program: declare("c", "two") }));
  const updated = await stack.up({ diff: true });
  await clean(updated);
  expect(updated.changes.update, updated.output).toBeGreaterThan(12);
  expectNoChanges(await stack.refresh());
  await stack.importState(await stack.state());
  const again = await stack.up();
  expectNoChanges(again);
  await clean(again);
  expectCleanRequests(world);
});

test("nor through drift, replacement and destroy, also when the servers refuse them", async () => {
  const stack = await world.engine.stack("replaced", declare("a", "one"));
  const clean = lookingAt(stack);
  await stack.up();
  for (const object of world.kuma.store.list("MeshAccessLog"))
    world.kuma.store.put({ ...object, spec: { token: `${SECRET} by hand` } });
  for (const object of world.kuma.store.list("Secret"))
    world.kuma.store.put({ ...object, data: Buffer.from(`${SECRET} by hand`).toString("base64") });
  const drift = await stack.preview({ refresh: true, diff: true });
  expectChanges(drift, { update: 3 });
  await clean(drift);
  await clean(await stack.refresh());
  await clean(await stack.up({ diff: true }));

  const unread = await withEchoes(400, ["GET"], () => stack.refresh(failing));
  expect(errorsOf(unread).length, unread.output).toBeGreaterThan(0);
  await clean(unread);
  const replaced = await stack.up({ diff: true, program: declare("b", "one") });
  // One plugin has its metadata under one name.
  expectChanges(replaced, { replace: count - 1 });
  await clean(replaced);
  const undeleted = await withEchoes(400, ["DELETE"], () => stack.destroy(failing));
  expect(errorsOf(undeleted).length, undeleted.output).toBeGreaterThan(0);
  await clean(undeleted);
  await clean(await stack.destroy());
  expectCleanRequests(world);
});
