import * as z from "zod";
import { type FieldMeta, isObject, type JsonObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { labels, origin, originSide, reference, resourceName, withOrigin } from "./fields.ts";

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
    .describe("The policy, as in Kuma's documentation. Checked by the server."),
});

/** Path of a kind of policy: `MeshTimeout` is at `meshtimeouts`. */
export function plural(type: string): string {
  const word = type.toLowerCase();
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}

const MADE_WITH_MESH = /^mesh-(gateways-)?(timeout|retry|circuit-breaker)-all-.+$/;

/** Any policy of Kuma. */
export const policy: Kind = {
  type: "kuma:Policy",
  title: "policy",
  doc: "Any policy of Kuma: `MeshTrafficPermission`, `MeshAccessLog`, `MeshTimeout` and the others. What stands in `spec` is checked by the server only.",
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
  madeByServer: ({ name }) =>
    MADE_WITH_MESH.test(String(name)) ? "is made by Kuma with the mesh" : undefined,
  collections: (named) => named.flatMap(({ path, isPolicy }) => (isPolicy ? [path] : [])),
};
