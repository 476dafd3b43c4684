import { randomBytes } from "node:crypto";
import type { ControlPlane } from "../control-plane.ts";
import { TemplateError } from "../go/template/lex.ts";
import { renderTemplate } from "../go/template/render.ts";
import { fields, text } from "../rules/checks.ts";
import { spiffeReason } from "../rules/matches.ts";
import { displayName } from "../rules/names.ts";
import type { StoredObject } from "../store.ts";
import { type Condition, matches } from "./conditions.ts";
import { makeSecret } from "./mesh-belongings.ts";

/** The identity with the conditions that tell how far it is; makes what it asks for. */
export function withInitialisation(controlPlane: ControlPlane, identity: StoredObject): StoredObject {
  const steps = initialise(controlPlane, identity);
  const [failed] = steps.filter(({ status }) => status === "False");
  const isPartial = steps.some(({ type }) => type === "SpiffeIDProvider");
  const ready: Condition = {
    type: "Ready",
    status: failed || isPartial ? "False" : "True",
    reason: isPartial ? "PartiallyReady" : failed ? "Failure" : "Ready",
    message: isPartial
      ? "Running in SpiffeID providing only mode."
      : failed
        ? "One of initialization steps failed"
        : "Successfully initialized",
  };
  return { ...identity, status: { ...fields(identity.status), conditions: [...steps, ready] } };
}

function initialise(controlPlane: ControlPlane, identity: StoredObject): Condition[] {
  const { provider } = fields(identity.spec);
  const { meshServices } = fields(controlPlane.store.get("Mesh", undefined, identity.mesh ?? ""));
  if (fields(meshServices).mode !== "Exclusive") {
    const message =
      "MeshIdentity requires MeshServices to be enabled on the mesh. To enable, set " +
      "`spec.meshServices.mode: Exclusive` on the mesh.";
    return [{ type: "DependenciesReady", status: "False", reason: "MeshServicesDisabled", message }];
  }
  if (provider === undefined) {
    const message = "Providing only SpiffeIDs for services.";
    return [{ type: "SpiffeIDProvider", status: "True", reason: "SpiffeIDProvided", message }];
  }
  const initialised: Condition = {
    type: "Provider",
    status: "True",
    reason: "ProviderInitialized",
    message: "Provider successfully initialized",
  };
  if (fields(provider).type !== "Bundled") return [initialised];
  makeTrust(controlPlane, identity);
  const message = "MeshTrust has been successfully created";
  return [initialised, { type: "MeshTrustCreated", status: "True", reason: "MeshTrustCreated", message }];
}

function makeTrust(controlPlane: ControlPlane, identity: StoredObject): void {
  const { store } = controlPlane;
  const { mesh = "", name, labels = {} } = identity;
  const { provider } = fields(identity.spec);
  if (fields(fields(fields(provider).bundled).autogenerate).enabled === true) {
    const shown = displayName({ name, labels });
    for (const part of ["root-ca", "private-key"]) {
      makeSecret(controlPlane, mesh, `${shown}-${part}`, identity);
    }
  }
  if (store.get("MeshTrust", mesh, name)) return;
  store.put({
    type: "MeshTrust",
    mesh,
    name,
    spec: {
      trustDomain: trustDomain(identity, identity, controlPlane.zone) ?? "",
      caBundles: [{ type: "Pem", pem: { value: madeUpCertificate() } }],
    },
    status: { origin: { kri: String(controlPlane.render(identity).kri) } },
  });
}

/** Text that looks like a certificate and is none. */
function madeUpCertificate(): string {
  const lines =
    randomBytes(576)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}

/** Whether an identity has come so far that data planes have it. */
export function isUsable({ status }: StoredObject): boolean {
  const conditions = fields(status).conditions as Condition[] | undefined;
  const ready = conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" || ready?.reason === "PartiallyReady";
}

/** The identities of its mesh that select a data plane. */
export const identitiesOf = (dataplane: StoredObject, identities: StoredObject[]): StoredObject[] =>
  identities.filter(({ mesh, spec }) => {
    const { dataplane: chosen } = fields(fields(spec).selector);
    return mesh === dataplane.mesh && chosen !== undefined && matches(chosen, dataplane.labels);
  });

/** The domain in which an identity is given to an object; undefined where its template fails. */
export function trustDomain(
  identity: StoredObject,
  { mesh = "", labels = {} }: StoredObject,
  zone: string,
): string | undefined {
  const { trustDomain: template = "{{ .Mesh }}.{{ .Zone }}.mesh.local" } = fields(
    fields(identity.spec).spiffeID,
  );
  return rendered(text(template), { Mesh: mesh, Zone: labels["kuma.io/zone"] || zone }, labels);
}

/** The SPIFFE ID that an identity gives to a data plane; undefined where that makes none. */
export function spiffeId(identity: StoredObject, dataplane: StoredObject, zone: string): string | undefined {
  const { labels = {} } = dataplane;
  const { path = "/workload/{{ .Workload }}" } = fields(fields(identity.spec).spiffeID);
  const data = {
    TrustDomain: trustDomain(identity, dataplane, zone),
    Namespace: labels["k8s.kuma.io/namespace"] ?? "",
    ServiceAccount: labels["k8s.kuma.io/service-account"] ?? "",
    Workload: labels["kuma.io/workload"] ?? "",
  };
  const id = rendered(`spiffe://{{ .TrustDomain }}${text(path)}`, data, labels);
  return id === undefined || spiffeReason(id) ? undefined : id;
}

function rendered(
  template: string,
  data: Record<string, unknown>,
  labels: Record<string, string>,
): string | undefined {
  const label = (key: unknown) => {
    const value = labels[String(key)];
    if (value === undefined) throw new Error(`label ${String(key)} not found`);
    return value;
  };
  try {
    return renderTemplate(template, { fields: data, type: "struct" }, { label });
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}
