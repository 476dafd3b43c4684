import { toBytes } from "./bytes.ts";
import {
  below,
  type Field,
  fieldOf,
  type Gateway,
  idOf,
  isMap,
  type Judged,
  type Stored,
  type Unclear,
  unclearValue,
} from "./objects.ts";
import type { Plugin } from "./plugins.ts";
import type { Seen } from "./request.ts";
import { queryArguments } from "./variables.ts";

/** Who a request comes from, or that it is refused with 401. */
export type Identity =
  | { consumer: Stored; credential?: string }
  | { refused: 401; why: "no credential" | "wrong credential" };

/** Judges what an authentication plugin makes of a request. Only key-auth and basic-auth can be judged. */
export function identify(plugin: Plugin, request: Seen, gateway: Gateway): Judged<Identity> {
  const { configuration, field } = plugin;
  if (!isMap(configuration)) return { known: false, because: unclearValue(configuration, field) };
  const found = credentialOf(plugin, configuration, request, gateway);
  if (!found.known || "consumer" in found.value || configuration.anonymous_consumer === undefined)
    return found;
  const place = below(field, "anonymous_consumer");
  const unclear = unclearValue(configuration.anonymous_consumer, place);
  if (unclear.length > 0) return { known: false, because: unclear };
  const consumer = gateway.consumers?.find((one) => idOf(one) === String(configuration.anonymous_consumer));
  if (!consumer) return { known: false, because: [{ field: place, why: "not there" }] };
  return { known: true, value: { consumer } };
}

function credentialOf(
  plugin: Plugin,
  configuration: Stored,
  request: Seen,
  gateway: Gateway,
): Judged<Identity> {
  if (plugin.name === "key-auth") {
    const names = [configuration.header, configuration.query];
    const unclear = [
      ...unclearValue(names[0], below(plugin.field, "header")),
      ...unclearValue(names[1], below(plugin.field, "query")),
    ];
    if (unclear.length > 0) return { known: false, because: unclear };
    const [header, query] = names.map((name) => toBytes(String(name ?? "apikey")));
    const key =
      firstOf(request.headers.get((header ?? "").toLowerCase())) ??
      queryArguments(request.query ?? "").get(query ?? "");
    return lookUp(plugin, gateway, key === true ? "" : key, { key });
  }
  if (plugin.name === "basic-auth") {
    const header = request.headers.get("authorization");
    const [, encoded] = /^Basic\s+(.+)$/i.exec(header ?? "") ?? [];
    const [username, password] = (decodeBase64(encoded ?? "") ?? "").replaceAll(/\s/g, "").split(":");
    if (header !== undefined && password === undefined) return refused("wrong credential");
    return lookUp(plugin, gateway, header, { username, password });
  }
  return { known: false, because: [{ field: plugin.field, why: "program" }] };
}

function firstOf(header: string | undefined): string | undefined {
  return header?.split(", ")[0];
}

function decodeBase64(text: string): string | undefined {
  try {
    return atob(text);
  } catch {
    return undefined;
  }
}

function refused(why: "no credential" | "wrong credential"): Judged<Identity> {
  return { known: true, value: { refused: 401, why } };
}

/** Finds the consumer whose credential has these values. Of two with the same the last counts. */
function lookUp(
  plugin: Plugin,
  gateway: Gateway,
  given: string | undefined,
  wanted: Readonly<Record<string, string | true | undefined>>,
): Judged<Identity> {
  if (given === undefined) return refused("no credential");
  let found: Identity | undefined;
  const because: Unclear[] = [];
  for (const { plugins, field, ...identity } of credentials(gateway)) {
    const own = below(field, `plugins.${plugin.name}`);
    const unclear = [
      ...unclearValue(plugins, below(field, "plugins")),
      ...(isMap(plugins) ? unclearValue(plugins[plugin.name], own) : []),
    ];
    because.push(...unclear);
    const values = isMap(plugins) ? plugins[plugin.name] : undefined;
    if (!isMap(values)) continue;
    const parts = Object.entries(wanted).map(([name, value]) =>
      agrees(values[name], value, below(own, name)),
    );
    if (parts.includes(false)) continue;
    const unclearParts = parts.flatMap((part) => (typeof part === "object" ? part : []));
    if (unclearParts.length > 0) because.push(...unclearParts);
    else found = identity;
  }
  if (found) return { known: true, value: found };
  return because.length > 0 ? { known: false, because } : refused("wrong credential");
}

function agrees(stored: unknown, given: string | true | undefined, field: Field): boolean | Unclear[] {
  const unclear = unclearValue(stored, field);
  if (unclear.length > 0) return unclear;
  if (typeof stored === "string" && /^\$(secret|env|ENV):\/\//.test(stored))
    return [{ field, why: "reference" }];
  return typeof stored === "string" && toBytes(stored) === given;
}

function* credentials(
  gateway: Gateway,
): Generator<{ consumer: Stored; credential?: string; plugins: unknown; field: Field }> {
  for (const consumer of gateway.consumers ?? []) {
    yield { consumer, plugins: consumer.plugins, field: fieldOf("consumers", consumer, "") };
  }
  for (const { consumer: name, credential } of gateway.credentials ?? []) {
    const consumer = gateway.consumers?.find((one) => idOf(one) === name);
    const id = idOf(credential);
    const field: Field = { collection: "credentials", id: `${name}/credentials/${id}`, path: "" };
    if (consumer) yield { consumer, credential: id, plugins: credential.plugins, field };
  }
}
