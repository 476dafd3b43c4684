import { randomBytes } from "node:crypto";
import type { ControlPlane } from "../control-plane.ts";
import { builtinSecrets } from "../kinds/authorities.ts";
import { completed } from "../labels.ts";
import { fields, list, text } from "../rules/checks.ts";
import type { StoredObject } from "../store.ts";
import { defaultPolicies } from "./default-policies.ts";

/**
 * Makes what a mesh has from the beginning: the key that signs its data planes' tokens and default policies; and,
 * whenever it changes, the certificate authorities that it asks for.
 */
export function makeMeshBelongings(controlPlane: ControlPlane, mesh: StoredObject, isNew: boolean): void {
  const { labelPlace, store } = controlPlane;
  // A zone gets all this from the global control plane.
  if (labelPlace.role.mode === "zone" || !labelPlace.release.hasDefaultPolicies) return;
  const secrets = [
    ...(isNew ? [`dataplane-token-signing-key-${mesh.name}-1`] : []),
    ...authorities(mesh).flatMap((backend) => Object.values(builtinSecrets(mesh.name, backend))),
  ];
  for (const name of secrets) makeSecret(controlPlane, mesh.name, name, mesh);
  if (!isNew) return;
  const skipped = list(mesh.skipCreatingInitialPolicies);
  if (skipped.includes("*")) return;
  for (const { type, prefix, spec } of defaultPolicies) {
    if (skipped.includes(type)) continue;
    const kind = controlPlane.kind(type);
    store.put({
      type,
      mesh: mesh.name,
      name: `${prefix}-${mesh.name}`,
      labels: completed({}, kind, mesh.name, spec, labelPlace),
      spec: structuredClone(spec),
    });
  }
}

/** Makes a secret that is not there yet; it goes with its owner. What is in it nobody can use. */
export function makeSecret({ store }: ControlPlane, mesh: string, name: string, owner: StoredObject): void {
  if (store.get("Secret", mesh, name)) return;
  store.put({ type: "Secret", mesh, name, data: randomBytes(48).toString("base64") }, owner);
}

function authorities(mesh: StoredObject): string[] {
  return list(fields(mesh.mtls).backends)
    .map(fields)
    .filter(({ type }) => type === "builtin")
    .map(({ name }) => text(name));
}
