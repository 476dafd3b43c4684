import * as z from "zod";
import { isObject, type JsonObject } from "../fields.ts";
import type { Kind } from "../kind.ts";
import { reference } from "./fields.ts";
import { meshRules, meshShape } from "./mesh.ts";

/** An object without fields sets nothing. */
function withoutEmpty(args: JsonObject): JsonObject {
  const fields = Object.entries(args).map(([key, value]) => [
    key,
    isObject(value) ? withoutEmpty(value) : value,
  ]);
  return Object.fromEntries(
    fields.filter(([, value]) => !isObject(value) || Object.keys(value).length > 0),
  ) as JsonObject;
}

/** Some fields of a mesh that exists already. */
export const meshPatch: Kind = {
  type: "kuma:MeshPatch",
  title: "patch of mesh",
  doc: "Some fields of a mesh that exists already. Deleting it puts the former values back, unless somebody changed them since. Two patches of one field in a stack are an error.",
  docs: "https://kuma.io/docs/latest/production/mesh/",
  examples: [
    `
new kuma.MeshPatch("locality", { mesh: "default", routing: { localityAwareLoadBalancing: true } });
`,
  ],
  dialect: "kuma",
  side: "global",
  identity: ["mesh"],
  identityDefaults: { mesh: "default" },
  patch: true,
  schema: z.strictObject({
    mesh: reference("kuma:Mesh")
      .optional()
      .describe(
        "Mesh to change. Default: `default`. Another one puts the former values back in the old mesh.",
      ),
    ...meshShape,
  }),
  path: ([name]) => `meshes/${name}`,
  rules: (args, context) => meshRules(args, context, false),
  canonical: withoutEmpty,
  serverMade: ["creationTime", "modificationTime", "kri"],
};
