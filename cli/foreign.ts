import { isObject, type JsonObject } from "../provider/model/fields.ts";
import type { Kind, Side } from "../provider/model/kind.ts";

/** Why an object that is there is none for a program at this place; `named` ones are wanted although the server made them. */
export function notImportable(
  kind: Kind,
  id: string,
  object: JsonObject,
  side: Side | undefined,
  named: boolean,
): string | undefined {
  const from = kind.dialect === "kuma" ? originOf(object, side) : undefined;
  if (from !== undefined) return `comes from ${from}; it is imported there`;
  const made = named ? undefined : kind.madeByServer?.(object);
  return made === undefined ? undefined : `${made}; --id ${id} imports it`;
}

/** From where a control plane has an object that is not its own. */
function originOf({ name, labels }: JsonObject, side: Side | undefined): string | undefined {
  const said = isObject(labels) ? labels : {};
  const displayed = said["kuma.io/display-name"];
  if (side === "zone" && said["kuma.io/origin"] === "global") return "the global control plane";
  if (typeof displayed !== "string" || !isCopyOf(String(name), displayed)) return undefined;
  const zone = said["kuma.io/zone"];
  return `${zone ? `the zone ${zone}` : "another control plane"}, where it is called "${displayed}"`;
}

/** The other side of a federation has an object under its name, cut where it is long, and 16 characters. */
function isCopyOf(name: string, displayed: string): boolean {
  const [, start] = /^(.*)-[a-z0-9]{16}$/.exec(name) ?? [];
  return start !== undefined && displayed.startsWith(start);
}
