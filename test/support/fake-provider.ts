import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../../provider/model/fields.ts";
import type { Call, DiffAnswer, Failure, Provider } from "../../provider/plugin/provider.ts";

/** The plugin's name and version, as the engine finds them. */
export const fake = { name: "fake", version: "0.1.0" };

const thing = "fake:index:Thing";
const secretKey = "4dabf18193072939515e22adb298388d";
const secretValue = "1b47061264138c4ac30d75fd1eb44270";
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Types of the fields of a Thing. */
const fields: Record<string, JsonObject> = {
  name: { type: "string", description: "What it is called. Another one makes another Thing." },
  size: { type: "number", description: "How large it is. More than 100 makes a warning." },
  tags: { type: "object", additionalProperties: { type: "string" }, description: "Any texts." },
  items: { type: "array", items: { $ref: "pulumi.json#/Any" }, description: "Any values." },
  password: { type: "string", secret: true, description: "Kept secret." },
  fault: {
    type: "string",
    description: "`partial`: made, but not whole. `refused`: not made. `slow`: takes an hour.",
  },
};

/** The schema of the plugin. */
export const fakeSchema = {
  name: fake.name,
  version: fake.version,
  description: "Things in a file.",
  config: { variables: { store: { type: "string" }, token: { type: "string", secret: true } } },
  provider: {
    inputProperties: { store: { type: "string" }, token: { type: "string", secret: true } },
    requiredInputs: ["store"],
  },
  resources: {
    [thing]: {
      description: "A Thing.",
      inputProperties: fields,
      requiredInputs: ["name"],
      properties: { ...fields, serial: { type: "number", description: "How often it was written." } },
      required: ["name", "serial"],
      listInputs: { type: "object" },
    },
  },
  // Without the second setting an SDK calls itself version 0.0.0.
  language: { python: { pyproject: { enabled: true }, respectSchemaVersion: true } },
};

/** A provider of Things, which lie in the file that its configuration names: `{ id: properties }`. */
export function fakeProvider(): Provider {
  let file = "";
  const things = (): Record<string, JsonObject> => {
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch {
      return {};
    }
  };
  function store(id: string, properties: JsonObject | undefined): void {
    const { [id]: _, ...others } = things();
    writeFileSync(
      file,
      JSON.stringify({ ...others, ...(properties ? { [id]: properties } : {}) }, undefined, 1),
    );
  }

  async function write(id: string, given: JsonObject, serial: number, call: Call) {
    const properties = { ...(plain(given) as JsonObject), serial };
    if (given.fault === "refused") throw new Error(`The file refuses ${id}.`);
    if (given.fault === "slow") {
      call.progress(`writing ${id}`);
      await setTimeout(3_600_000, undefined, { signal: call.signal }).catch(() =>
        call.signal.throwIfAborted(),
      );
    }
    if (Number(given.size) > 100) call.log("warning", `${id} is large`);
    store(id, properties);
    const answer = { properties: { ...given, serial } };
    return given.fault === "partial" ? { ...answer, reasons: [`${id} is not whole`, "try again"] } : answer;
  }

  return {
    async getSchema() {
      return JSON.stringify(fakeSchema);
    },
    async checkConfig({ news }) {
      const { store: path } = news;
      const isPath = typeof path === "string" && path !== "";
      return { inputs: news, failures: isPath ? [] : [refusal("store must be the path of a file")] };
    },
    async diffConfig({ oldInputs, news }) {
      return { changes: isDeepStrictEqual(oldInputs, news) ? "none" : "some" };
    },
    async configure({ args }) {
      file = String(plain(args.store ?? null));
    },
    async check({ type, news }) {
      if (type !== thing) return { inputs: news, failures: [refusal(`there is no ${type}`)] };
      const unheard = Object.keys(news).filter((key) => !(key in fields));
      const failures = unheard.map((key) => refusal(`a Thing has no ${key}`));
      if (news.name === undefined) failures.push(refusal("name is needed"));
      return { inputs: marked(news), failures };
    },
    async diff({ olds, oldInputs, news }) {
      return compare(Object.keys(oldInputs).length > 0 ? oldInputs : olds, news);
    },
    async create({ properties, preview }, call) {
      if (preview) return { id: "", properties: { ...properties, serial: unknown } };
      const id = `id-${plain(properties.name ?? null)}`;
      return { id, ...(await write(id, properties, 1, call)) };
    },
    async read({ id, inputs }) {
      const found = things()[id];
      if (!found) return undefined;
      const { serial: _, ...own } = found;
      const kept = inputs?.fault === undefined ? {} : { fault: inputs.fault };
      return { id, properties: marked(found), inputs: marked({ ...own, ...kept }) };
    },
    async update({ id, olds, news, preview }, call) {
      const serial = Number(olds.serial) + 1;
      return preview ? { properties: { ...news, serial: unknown } } : write(id, news, serial, call);
    },
    async delete({ id }) {
      store(id, undefined);
    },
    *list({ pageSize, limit, continuationToken }) {
      const ids = Object.keys(things()).toSorted();
      const from = Number(continuationToken);
      const to = from + Math.min(pageSize || ids.length, limit > 0 ? limit : ids.length);
      for (const id of ids.slice(from, to)) yield { id, name: id.slice(3) };
      if (to < ids.length) yield { next: String(to) };
    },
  };
}

function refusal(reason: string): Failure {
  return { property: "", reason };
}

/** The value without marks of secrets. */
function plain(value: Json): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (value[secretKey] === secretValue) return plain(value.value ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** The same with the password marked as secret. */
function marked(properties: JsonObject): JsonObject {
  const { password } = properties;
  if (password === undefined || (typeof password === "object" && password !== null)) return properties;
  return { ...properties, password: { [secretKey]: secretValue, value: password } };
}

/** Every path at which two values differ; another name replaces. */
function compare(before: JsonObject, after: JsonObject): DiffAnswer {
  const detailedDiff: NonNullable<DiffAnswer["detailedDiff"]> = {};
  function walk(old: Json | undefined, next: Json | undefined, path: string): void {
    if (isDeepStrictEqual(old, next)) return;
    const isInside = typeof old === "object" && typeof next === "object" && old !== null && next !== null;
    if (isInside && Array.isArray(old) === Array.isArray(next)) {
      const [oldFields, nextFields] = [old as JsonObject, next as JsonObject];
      for (const key of new Set([...Object.keys(old), ...Object.keys(next)]))
        walk(
          oldFields[key],
          nextFields[key],
          Array.isArray(old) ? `${path}[${key}]` : `${path}${step(key, path)}`,
        );
    } else {
      const kind = old === undefined ? "add" : next === undefined ? "delete" : "update";
      detailedDiff[path] = path === "name" ? `${kind}Replace` : kind;
    }
  }
  const { serial: _, ...own } = before;
  walk(plain(own), plain(after), "");
  return { changes: Object.keys(detailedDiff).length > 0 ? "some" : "none", detailedDiff };
}

function step(key: string, path: string): string {
  if (!/^\w+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return path === "" ? key : `.${key}`;
}
