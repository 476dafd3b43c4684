import { describe, expect, test } from "vitest";
import * as z from "zod";
import { bare, type FieldMeta, type Json, type JsonObject } from "../../provider/model/fields.ts";
import { KINDS, kindOf } from "../../provider/model/kinds.ts";
import { formatPath, type Path, valueAt } from "../../provider/model/paths.ts";
import { movedMarks, secretPathsOf } from "../../provider/model/secret-fields.ts";
import {
  described,
  mapParts,
  partSchema,
  partsOf,
  type Schema,
  schemaAtPath,
  schemasInside,
  spellingsOf,
  visit,
} from "../../provider/model/walk.ts";

/** A value in which a field of the schema is there, with the way to it. */
interface Sample {
  path: Path;
  value: Json;
  meta: FieldMeta;
}

/** A sample for each field of the schema, at any depth: as the first element of a list, as an entry `x` of a map. */
function samplesOf(schema: Schema): Sample[] {
  const { schema: plain, meta } = bare(schema);
  const { def } = plain._zod;
  const below = (key: string | number, inner: Schema, wrap: (value: Json) => Json) =>
    samplesOf(inner).map((sample) => ({
      ...sample,
      path: [key, ...sample.path],
      value: wrap(sample.value),
    }));
  const own: Sample = { path: [], value: SECRET_DATA, meta };
  if (def.type === "object") {
    const { shape } = def as z.core.$ZodObjectDef;
    return [
      own,
      ...Object.entries(shape).flatMap(([key, field]) => below(key, field, (value) => ({ [key]: value }))),
    ];
  }
  if (def.type === "array")
    return [own, ...below(0, (def as z.core.$ZodArrayDef).element, (value) => [value])];
  if (def.type === "record")
    return [own, ...below("x", (def as z.core.$ZodRecordDef).valueType, (value) => ({ x: value }))];
  if (def.type === "union")
    return [own, ...(def as z.core.$ZodUnionDef).options.flatMap((option) => samplesOf(option).slice(1))];
  return [own];
}

/** Free data in which every way to say where secrets are finds one. */
const SECRET_DATA: JsonObject = {
  "key-auth": { key: "a" },
  key: { inlineString: "a" },
  cert: { inline: "no secret" },
  // Of the metadata of azure-functions.
  master_apikey: "a",
};

const wrapped = (schema: Schema) => z.object({ list: z.array(z.record(z.string(), schema as z.ZodType)) });

describe.each(KINDS)("in $type", ({ schema }) => {
  const secrets = samplesOf(schema).filter(({ meta }) => meta.secret === true);
  const free = samplesOf(schema).filter(({ meta }) => meta.secretPaths !== undefined);

  test("every secret field is found, inside of lists and maps, too", () => {
    for (const { path, value } of secrets) {
      expect(secretPathsOf(schema, value).map(formatPath), formatPath(path)).toContain(formatPath(path));
      const around = { list: [{}, { name: value }] };
      const paths = secretPathsOf(wrapped(schema), around).map(formatPath);
      expect(paths, formatPath(path)).toContain(formatPath(["list", 1, "name", ...path]));
    }
  });

  test("free data is searched wherever it stands, and nothing of it is found at another place", () => {
    for (const { path, value } of free) {
      const inside = secretPathsOf(schema, value);
      expect(inside.length, formatPath(path)).toBeGreaterThan(0);
      for (const one of inside) {
        expect(one.slice(0, path.length)).toEqual(path);
        expect(valueAt(value, one)).toBe("a");
      }
      const around = { list: [{}, { name: value }] };
      expect(secretPathsOf(wrapped(schema), around)).toEqual(
        inside.map((one) => ["list", 1, "name", ...one]),
      );
    }
  });
});

test("the walk finds the kinds' secrets", () => {
  const found = KINDS.flatMap(({ type, schema }) =>
    samplesOf(schema)
      .filter(({ meta }) => meta.secret ?? meta.secretPaths)
      .map(({ path }) => `${type} ${formatPath(path)}`),
  );
  expect(found).toEqual(
    expect.arrayContaining([
      "apisix:Route upstream.tls.clientKey",
      "apisix:Ssl keys",
      "apisix:Secret authConfig.privateKey",
      "kuma:Mesh mtls.backends[0].conf",
      "kuma:MeshPatch mtls.backends[0].conf",
      "kuma:MeshExternalService tls.verification.clientKey.inlineString",
    ]),
  );
});

test.each(["kuma:Mesh", "kuma:MeshPatch"])(
  "the key of a provided CA is a secret of %s, its certificate is none",
  (type) => {
    const backend = (conf: JsonObject) => ({ name: "ca", type: "provided", conf });
    const mtls = {
      backends: [
        { name: "builtin", type: "builtin" },
        backend({ cert: { inlineString: "a certificate" }, key: { inlineString: "a key" } }),
        backend({ cert: { secret: "cert" }, key: { inline: "YQ==" } }),
      ],
    };
    expect(secretPathsOf(kindOf(type).schema, { mtls }).map(formatPath)).toEqual([
      "mtls.backends[1].conf.key.inlineString",
      "mtls.backends[2].conf.key.inline",
    ]);
  },
);

describe("what was marked as secret is found again:", () => {
  const route = kindOf("apisix:Route").schema;
  const upstream = kindOf("apisix:Upstream").schema;
  const service = kindOf("kuma:ExternalService").schema;
  test.each<[what: string, schema: Schema, mark: Path, args: JsonObject, found: Path[]]>([
    ["where it was", route, ["host"], { host: "a" }, [["host"]]],
    ["in the field's other spelling", route, ["host"], { hosts: ["a", "b"] }, [["hosts"]]],
    ["in the field's first spelling", route, ["hosts", 0], { host: "a" }, [["host"]]],
    ["beside a null", route, ["host"], { host: null, hosts: ["a"] }, [["hosts"]]],
    [
      "inside an object",
      service,
      ["networking", "tls", "sni"],
      { networking: { tls: { serverName: "a" } } },
      [["networking", "tls", "serverName"]],
    ],
    ["in a list, whose elements change places", route, ["uris", 0], { uris: ["b", "a"] }, [["uris"]]],
    ["in a map", upstream, ["nodes", "b:80"], { nodes: { "a:80": 1, "b:80": 2 } }, [["nodes", "b:80"]]],
    [
      "in the list that a map has become",
      upstream,
      ["nodes", "b:80"],
      { nodes: [{ host: "b", port: 80, weight: 2 }] },
      [["nodes"]],
    ],
    [
      "in the map that a list has become",
      upstream,
      ["nodes", 0, "weight"],
      { nodes: { "b:80": 2 } },
      [["nodes"]],
    ],
    ["in the text that an object has become", upstream, ["type", "custom"], { type: "ewma" }, [["type"]]],
    ["nowhere, where it is no more", route, ["host"], { uri: "/a" }, []],
    [
      "not in what was around it",
      service,
      ["networking", "tls", "sni"],
      { networking: { tls: { enabled: true } } },
      [],
    ],
    [
      "as a whole that is not known yet",
      upstream,
      ["nodes", 0, "weight"],
      { nodes: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" },
      [["nodes"]],
    ],
  ])("%s", (_, schema, mark, args, found) => {
    expect(movedMarks(schema, [mark], args)).toEqual(found);
  });

  test("once, where several marks are in one list", () => {
    expect(
      movedMarks(
        route,
        [
          ["uris", 0],
          ["uris", 1],
        ],
        { uris: ["a", "b"] },
      ),
    ).toEqual([["uris"]]);
  });
});

describe("the walk over a schema and a value", () => {
  const schema = z.object({
    text: z.string().optional(),
    list: z.array(z.object({ a: z.int() })).default([]),
    map: z.record(z.string(), z.object({ b: z.int() })),
    either: z.union([z.array(z.object({ c: z.int() })), z.record(z.string(), z.int()), z.string()]),
    free: z.unknown(),
  });
  const value = { text: "t", list: [{ a: 1 }], map: { x: { b: 2 } }, either: [{ c: 3 }], free: { d: [4] } };
  const pathsOf = (given: JsonObject) => {
    const paths: string[] = [];
    visit(schema, given, ({ path }) => paths.push(formatPath(path)) > 0);
    return paths;
  };

  test("goes into objects, lists, maps and unions, and not into free data", () => {
    expect(pathsOf(value)).toEqual([
      ...["text", "list", "list[0]", "list[0].a", "map", "map.x", "map.x.b"],
      ...["either", "either[0]", "either[0].c", "free"],
    ]);
    expect(pathsOf({ either: { x: 1 } })).toEqual(["either", "either.x"]);
    expect([...described(schema, value)].map(({ path }) => formatPath(path))).toEqual([
      "",
      ...pathsOf(value),
    ]);
  });

  test("takes what has another form than its schema for free data", () => {
    expect(pathsOf({ text: { a: 1 }, list: { a: 1 }, map: ["b"], either: 5 })).toEqual([
      "text",
      "list",
      "map",
      "either",
    ]);
    expect(partsOf(schema, "text")).toBeUndefined();
  });

  test("knows no field by a name that every object has", () => {
    expect(partSchema(schema, {}, "constructor")).toBeUndefined();
    expect(spellingsOf(schema, {}, "constructor")).toBeUndefined();
    expect(partSchema(schema, {}, "text")).toBeDefined();
  });

  test("finds the schema of what stands at a path", () => {
    for (const path of [
      ["list", 0, "a"],
      ["map", "x", "b"],
      ["either", 0, "c"],
    ])
      expect(schemaAtPath(schema, value, path)?._zod.def.type, path.join(".")).toBe("number");
    expect(schemaAtPath(schema, value, ["free", "d"])).toBeUndefined();
    expect(schemasInside(schema)).toHaveLength(5);
  });

  test("changes parts, and leaves out of an object those that become undefined", () => {
    const changed = mapParts(schema, value, ({ key, value: inner }) => (key === "text" ? undefined : inner));
    const { text: _, ...rest } = value;
    expect(changed).toEqual(rest);
  });
});
