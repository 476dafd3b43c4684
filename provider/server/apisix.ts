import { isObject } from "../model/fields.ts";
import type { Kind } from "../model/kind.ts";
import { isOlder } from "../model/releases.ts";
import type { Api, Dialect } from "./api.ts";
import type { Answer } from "./http.ts";
import { withoutPluginDefaults } from "./stored-defaults.ts";

/** APISIX's Admin API. */
export const apisixDialect: Dialect = {
  name: "apisix",
  product: "APISIX Admin API",
  root: "/apisix/admin",
  authorization: (credential) => ({ "x-api-key": credential }),
  object: ({ json }) =>
    isObject(json) && typeof json.key === "string" && isObject(json.value) ? json.value : undefined,
  // Without a page's number the server gives all of them.
  firstPage: "",
  objects({ json }, collection) {
    if (!isObject(json) || typeof json.total !== "number") return undefined;
    // An empty list may come as an empty object.
    const entries = Array.isArray(json.list) ? json.list.filter(isObject) : [];
    return {
      objects: entries.flatMap(({ key, value }) => {
        // The key begins with what the gateway calls its part of etcd.
        const name = String(key).slice(String(key).lastIndexOf(`/${collection}/`) + collection.length + 2);
        return isObject(value) ? [{ name, object: value }] : [];
      }),
    };
  },
  isAbsent: ({ status, json }) => status === 404 && isObject(json) && json.message === "Key not found",
  // The Admin API of 3.11 fails at metadata that is not there.
  toldByCollection: ({ status }, path) =>
    status === 500 && path.startsWith("plugin_metadata/") ? "plugin_metadata" : undefined,
  isDone: ({ json }) => isObject(json) && typeof json.key === "string",
  provesWrite: ({ json }) =>
    isObject(json) && (json.deleted !== undefined || (isObject(json.value) && "update_time" in json.value)),
  isInUse: (answer) => answer.status === 400 && /is still using it now/.test(messageOf(answer) ?? ""),
  reason: (answer) => (isStranger(answer) ? undefined : messageOf(answer)),
  advice(answer, credentialGiven) {
    // In other words than the Admin API's it is somebody in front who refuses.
    if (answer.status === 401 && messageOf(answer) !== undefined) {
      if (/invalid method for role/.test(answer.text))
        return "The key has the role viewer; writing needs one with the role admin.";
      return credentialGiven
        ? "The admin key is wrong: check apisix:adminKey, the provider's adminKey or APISIX_ADMIN_KEY. After a rotation run `pulumi refresh` or `destroy` with --run-program."
        : "No admin key is given: set apisix:adminKey (--secret), the provider's adminKey or APISIX_ADMIN_KEY.";
    }
    if (/is still using it now/.test(answer.text))
      return "Remove the reference first, or let the same stack declare both.";
    if (answer.status === 404 && /Unsupported resource type/.test(answer.text))
      return "This APISIX does not know the kind, so it is too old for it: credentials came with 3.11, secrets with 3.1, consumer groups with 3.0.";
    if (/additional properties forbidden, found labels/.test(answer.text))
      return "This version of APISIX has no labels for such an object: leave out those that you declare. If you declare none, upgrade: this package marks such objects by labels.";
    if (/additional properties forbidden/.test(answer.text))
      return "This version of APISIX does not know the field: leave it out, or upgrade.";
    if (/consumer not found/.test(answer.text))
      return "Declare the consumer in the same program and pass its name (username: consumer.username), or check the name.";
    if (/^duplicate \S+ of plugin /.test(messageOf(answer) ?? ""))
      return 'Give it another one, or take it from the other first. If the resource was renamed, add aliases: [{ name: "OLD-NAME" }] to its options.';
    if (/already exists in global rule/.test(answer.text))
      return "A plugin may stand in one global rule only: let one rule have it.";
    const [, missing] =
      /failed to fetch ([\w ]+?)(?: info by |\[).*response code: 404/.exec(answer.text) ?? [];
    if (missing !== undefined) {
      const id = IDS[missing];
      return `Declare it in the same program and pass its id${id ? ` (${id})` : ""}, or check the id.`;
    }
    return undefined;
  },
  release: ({ headers }) => /^APISIX\/(\d+\.\d+\S*)/.exec(String(headers.server))?.[1],
  hasLabels,
  // The names of all plugins for requests.
  probe: "plugins/list",
  withoutStoredDefaults: withoutPluginDefaults,
};

/** How an id is passed on, by what APISIX calls the object. */
const IDS: Record<string, string> = {
  upstream: "upstreamId: upstream.upstreamId",
  service: "serviceId: service.serviceId",
  "plugin config": "pluginConfigId: pluginConfig.pluginConfigId",
  "consumer group": "groupId: group.consumerGroupId",
  ssl: "clientCertId: ssl.sslId",
  "stream routes": "superiorId: route.streamRouteId",
};

/** An APISIX that does not say its version, as behind some proxies, is asked for its schema of the kind. */
async function hasLabels(api: Api, { labelsSince, serverSchema, title }: Kind): Promise<boolean> {
  if (labelsSince === undefined) return true;
  if (api.release !== undefined) return !isOlder(api.release, labelsSince);
  const path = `schema/${serverSchema}`;
  const ask = () => api.document({ doing: `read the schema of a ${title}`, path, secrets: [] });
  const schema = await api.once(path, ask).catch(() => undefined);
  return !isObject(schema) || !isObject(schema.properties) || "labels" in schema.properties;
}

function messageOf({ json }: Answer): string | undefined {
  if (!isObject(json)) return undefined;
  const parts = [json.error_msg, json.description, json.message].filter((part) => typeof part === "string");
  return parts.length > 0 ? parts.join(": ") : undefined;
}

/** A 404 in other words than the Admin API's: the gateway's own port and other APIs answer in JSON, too. */
function isStranger(answer: Answer): boolean {
  return (
    answer.status === 404 &&
    !/^(Unsupported resource type|consumer not found|plugin not found)/.test(messageOf(answer) ?? "")
  );
}
