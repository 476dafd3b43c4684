import * as z from "zod";
import { type FieldMeta, isObject, type Json, type JsonObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { once } from "../once.ts";
import { mapParts, type Schema } from "../walk.ts";
import { labels, origin, originSide, reference, resourceName, withOrigin } from "./fields.ts";
import type * as ExternalServices from "./mesh-external-service.ts";
import { kindDefinition } from "./policies/definitions.ts";
import { SPECIFIED_KINDS } from "./policies/index.ts";
import { madeByServer } from "./policies/kind.ts";

const schema = z.strictObject({
  mesh: reference("kuma:Mesh")
    .optional()
    .describe("Mesh of the policy. Default: `default`. Another one replaces the policy."),
  type: z
    .string()
    .regex(/^Mesh[A-Za-z]+$/, 'is no kind of policy such as "MeshTrafficPermission"')
    .meta({ examples: ["MeshTimeout", "MeshTrafficPermission"] } satisfies FieldMeta)
    .describe(
      "Kind of policy, such as `MeshTrafficPermission` or `MeshTimeout`. Another one replaces the policy.",
    ),
  name: resourceName()
    .optional()
    .describe(
      "Name at the control plane: an RFC 1123 subdomain. Default: the resource's name. A new one replaces the policy.",
    ),
  labels,
  origin,
  spec: z
    .record(z.string(), z.unknown())
    .describe(
      "The policy, as in Kuma's documentation. Checked by the schema of its type, where this package knows it, else by the server.",
    ),
});

/** Path of a kind of policy: `MeshTimeout` is at `meshtimeouts`. */
export function plural(type: string): string {
  const word = type.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

/** Any policy of Kuma. */
export const policy: Kind = {
  type: "kuma:Policy",
  title: "policy",
  doc: `Any policy of Kuma, also one of a type that this package does not know, whose \`spec\` only the server checks. Those that it knows have classes of their own, such as {@link MeshTimeout}. An alias, \`aliases: [{ type: "pulumi-nodejs:dynamic/kuma:Policy" }]\`, turns a resource of this class into one of theirs; nothing changes at the server.`,
  docs: "https://kuma.io/docs/latest/policies/introduction/",
  examples: [
    `
new kuma.Policy("allow-all", {
  type: "MeshTrafficPermission",
  spec: { from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }] },
});
`,
  ],
  dialect: "kuma",
  side: originSide,
  identity: ["mesh", "type", "name"],
  identityDefaults: { mesh: "default" },
  schema,
  path: ([mesh, type = "", name]) => `meshes/${mesh}/${plural(type)}/${name}`,
  toServer: withOrigin((body: JsonObject) => body),
  fromServer: ({ spec, ...body }) => ({ ...body, spec: isObject(spec) ? spec : {} }),
  serverMade: ["creationTime", "modificationTime", "kri", "status"],
  madeByServer,
  collections(named) {
    const known = new Set([...SPECIFIED_KINDS.keys()].map((type) => kindDefinition(type.slice(5)).plural));
    return named.flatMap(({ path, isPolicy }) => (isPolicy && !known.has(path) ? [path] : []));
  },
  specific: ({ type }) => KNOWN.get(String(type))?.(),
};

/** The kinds by which the policies of a type are judged and compared, where a kind of its own is known. */
const KNOWN: ReadonlyMap<string, () => Kind> = new Map([
  ...[...SPECIFIED_KINDS].map(([type, load]) => {
    const known = once(() => ofKnownType(load(), () => load().schema.shape.spec));
    return [type.replace("kuma:", ""), known] as const;
  }),
  ["MeshExternalService", once(() => externalServicePolicy())] as const,
]);

/** What has a class without `spec`. */
function externalServicePolicy(): Kind {
  const { meshExternalService, meshExternalServiceShape, externalServiceRules }: typeof ExternalServices =
    require("./mesh-external-service.ts");
  const { fromServer } = policy;
  const kind: Kind = {
    ...meshExternalService,
    ...(fromServer && { fromServer }),
    rules(args, { report }) {
      if (isObject(args.spec)) externalServiceRules(args.spec, "spec.", report);
    },
  };
  return ofKnownType(kind, () => z.strictObject(meshExternalServiceShape));
}

/** A policy of a type that has a kind of its own. */
function ofKnownType(kind: Kind, spec: () => z.core.$ZodType | undefined): Kind {
  const own = once(() => schema.extend({ spec: spec() as z.ZodType }).strict());
  const { rules, fromServer, side, releases } = kind;
  const { specific: _, ...common } = policy;
  return {
    ...common,
    get schema() {
      return own();
    },
    ...(rules && { rules }),
    ...(fromServer && { fromServer }),
    ...(side && { side }),
    ...(releases && { releases }),
    toServer: withOrigin((body: JsonObject) => body, typeof side === "string" ? side : undefined),
    serverMade: [...policy.serverMade, "snis"],
    // An older version may have sent more.
    canonical: (args) => knownOf(own(), args) as JsonObject,
  };
}

/** What a control plane keeps of a value: it drops what it does not know. */
function knownOf(known: Schema, value: Json): Json {
  return mapParts(known, value, (part) => part.schema && knownOf(part.schema, part.value));
}
