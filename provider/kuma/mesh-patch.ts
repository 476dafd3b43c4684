import * as z from "zod";
import type { Kind } from "../kind.ts";
import { resourceName } from "./fields.ts";
import { meshRules, meshShape } from "./mesh.ts";

/** Some fields of a mesh that exists already. */
export const meshPatch: Kind = {
  type: "kuma:MeshPatch",
  title: "patch of mesh",
  dialect: "kuma",
  side: "global",
  identity: ["mesh"],
  identityDefaults: { mesh: "default" },
  patch: true,
  schema: z.strictObject({
    mesh: resourceName()
      .optional()
      .describe(
        "Mesh to change. Default: `default`. Another one puts the former values back in the old mesh.",
      ),
    ...meshShape,
  }),
  path: ([name]) => `meshes/${name}`,
  rules: (args, context) => meshRules(args, context, false),
  serverMade: ["creationTime", "modificationTime", "kri"],
};
