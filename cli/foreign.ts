import { isObject, type JsonObject } from "../provider/model/fields.ts";
import type { Kind, Side } from "../provider/model/kind.ts";

/** An object that is none for a program at this place. */
export interface Foreign {
  reason: string;
  /** Where it comes from the other side of a federation: what {@link placeOf} says of it there. */
  copyOf?: string;
}

/** Why an object that is there is none for a program at this place; `named` ones are wanted although the server made them. */
export function notImportable(
  kind: Kind,
  id: string,
  object: JsonObject,
  side: Side | undefined,
  named: boolean,
): Foreign | undefined {
  const from = kind.dialect === "kuma" ? originOf(kind, object, side) : undefined;
  if (from !== undefined) {
    const { "kuma.io/display-name": own = object.name } = labelsOf(object);
    const ownId = id.replace(/[^/]*$/, () => String(own));
    return { reason: `comes from ${from}; it is imported there`, copyOf: placeOf(kind, ownId, object) };
  }
  const made = named ? undefined : kind.madeByServer?.(object);
  return made === undefined ? undefined : { reason: `${made}; --id ${id} imports it` };
}

/** Tells an object from those of other zones that have its id. */
export function placeOf({ type }: Kind, id: string, object: JsonObject): string {
  return JSON.stringify([type, labelsOf(object)["kuma.io/zone"] ?? "", id]);
}

function labelsOf({ labels }: JsonObject): JsonObject {
  return isObject(labels) ? labels : {};
}

/** From where a control plane has an object that is not its own. */
function originOf(kind: Kind, object: JsonObject, side: Side | undefined): string | undefined {
  const said = labelsOf(object);
  const { name } = object;
  const displayed = said["kuma.io/display-name"];
  // Of a kind that zones only may write, nothing comes from there, whatever somebody has put into the label.
  const mayBeGlobal = side === "zone" && kind.side !== "zone";
  if (mayBeGlobal && said["kuma.io/origin"] === "global") return "the global control plane";
  if (typeof displayed !== "string" || !isCopyOf(String(name), displayed)) return undefined;
  const zone = said["kuma.io/zone"];
  return `${zone ? `the zone ${zone}` : "another control plane"}, where it is called "${displayed}"`;
}

/** The other side of a federation has an object under its name, cut where it is long, and 16 characters. */
function isCopyOf(name: string, displayed: string): boolean {
  const [, start] = /^(.*)-[a-z0-9]{16}$/.exec(name) ?? [];
  return start !== undefined && displayed.startsWith(start);
}
