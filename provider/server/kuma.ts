import { isObject } from "../model/fields.ts";
import { isFixedLabel, isKumaLabel, isServerLabel } from "../model/kuma/labels.ts";
import { hasLabels, releaseOf } from "../model/kuma/releases.ts";
import type { Api, Dialect } from "./api.ts";
import type { Answer } from "./http.ts";

/** Kuma's REST API, for user tokens. */
export const kumaDialect: Dialect = {
  name: "kuma",
  product: "Kuma control plane",
  root: "",
  authorization: (credential) => ({ authorization: `Bearer ${credential}` }),
  object: ({ json }) =>
    isObject(json) && typeof json.type === "string" && typeof json.name === "string" ? json : undefined,
  firstPage: "?size=1000",
  objects({ json }) {
    if (!isObject(json) || !Array.isArray(json.items)) return undefined;
    const next = typeof json.next === "string" ? URL.parse(json.next)?.search : undefined;
    const objects = json.items.filter(isObject).map((object) => ({ name: String(object.name), object }));
    return { objects, ...(next ? { next } : {}) };
  },
  // Older and newer versions lack some. It is the text of every path that there is not, so a look at an object is an error.
  isUnknownKind: ({ status, text }) => status === 404 && text === "404: Page Not Found",
  isAbsent: (answer) => answer.status === 404 && ABSENT.includes(title(answer) ?? ""),
  isDone: ({ json }) => isObject(json) && Object.keys(json).every((key) => key === "warnings"),
  // The answer is `{}`, whatever was done, and unknown fields are dropped in silence.
  provesWrite: () => false,
  isInUse: () => false,
  reason(answer) {
    if (title(answer) === undefined || !isObject(answer.json)) return undefined;
    // A 404 in other words is another server's.
    if (answer.status === 404 && !kumaDialect.isAbsent(answer)) return undefined;
    const { detail, invalid_parameters: invalid } = answer.json;
    const fields = (Array.isArray(invalid) ? invalid : [])
      .filter(isObject)
      .map(({ field, reason }) => `${field} ${reason}`);
    return `${title(answer)}: ${fields.length > 0 ? fields.join("; ") : String(detail ?? "").trim()}`;
  },
  advice(answer, credentialGiven) {
    // In other words than Kuma's it is somebody in front who refuses.
    const isKuma = title(answer) !== undefined;
    if (answer.status === 401 && isKuma)
      return "The user token is wrong or has expired: check kuma:token, the provider's token or KUMA_TOKEN.";
    if (answer.status === 403 && isKuma) {
      return credentialGiven
        ? "The user of this token lacks the right: give the token of a user who has it, or the right to this one in Kuma's access configuration."
        : "Give a user token: kuma:token (--secret), the provider's token or KUMA_TOKEN.";
    }
    if (kumaDialect.isUnknownKind?.(answer))
      return "Either this Kuma does not know the kind (a policy's type may be misspelt, or have come with a later version), or the URL is no control plane; see kuma:url.";
    if (kumaDialect.isAbsent(answer)) return "The mesh does not exist; make it first.";
    if (answer.status === 405) {
      return "External services belong to the global control plane (kuma:globalUrl), zone egresses to their zone's (kuma:zoneUrl); a control plane that stores in Kubernetes takes Kubernetes objects only.";
    }
    return undefined;
  },
  // Product and version.
  probe: "",
  keepsLabels,
  labels: { isServers: isServerLabel, isFixed: isFixedLabel, isKept: isKumaLabel },
};

/** A control plane that does not tell its version is taken to be a newer one. */
async function keepsLabels(api: Api): Promise<boolean> {
  const ask = () => api.document({ doing: "ask for the version", path: "", secrets: [] });
  const index = await api.once("", ask).catch(() => undefined);
  const version = releaseOf(isObject(index) ? String(index.version) : "");
  return version === undefined || hasLabels(version);
}

const ABSENT = ["Could not retrieve a resource", "Failed to retrieve Mesh", "Could not delete a resource"];

function title({ json }: Answer): string | undefined {
  return isObject(json) && typeof json.title === "string" && typeof json.status === "number"
    ? json.title
    : undefined;
}
