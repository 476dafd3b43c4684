import { bytesValue, message } from "../message.ts";
import { complainIf, fields, list, text } from "../rules/checks.ts";
import type { Store, StoredObject } from "../store.ts";
import { builtinSecrets } from "./authorities.ts";
import type { Kind } from "./kind.ts";

/** Empty data are stored, but no answer has them. */
const decode = message({ data: (value) => bytesValue(value) || undefined });

/** A secret of one mesh. */
export const secret: Kind = {
  type: "Secret",
  path: "secrets",
  inMesh: true,
  adminOnly: true,
  writtenOn: "either",
  goesDown: true,
  keepsName: true,
  // What the control plane made for the mesh has no labels, and goes with it.
  outlivesMesh: ({ labels }) => labels !== undefined,
  decode,
  checkDelete: (object, store) =>
    usersOf(object, store).flatMap((backend) =>
      complainIf(
        true,
        "name",
        `The secret "${object.name}" that you are trying to remove is currently in use in Mesh "${object.mesh}" ` +
          `in mTLS backend "${backend}". Please remove the reference from the "${backend}" backend before ` +
          "removing the secret.",
      ),
    ),
};

/** The names of the mesh's certificate authorities that are in this secret. */
function usersOf({ name, mesh = "" }: StoredObject, store: Store): string[] {
  const { backends } = fields(store.get("Mesh", undefined, mesh)?.mtls);
  return list(backends).flatMap((each) => {
    const { type, name: backend, conf } = fields(each);
    const used =
      type === "builtin"
        ? Object.values(builtinSecrets(mesh, text(backend)))
        : ["cert", "key"].map((part) => fields(fields(conf)[part]).secret);
    return used.includes(name) ? [text(backend)] : [];
  });
}

/** A secret of the whole control plane. */
export const globalSecret: Kind = {
  type: "GlobalSecret",
  path: "globalsecrets",
  otherPath: "global-secrets",
  inMesh: false,
  adminOnly: true,
  writtenOn: "either",
  goesDown: true,
  keepsName: true,
  decode,
};
