import { isObject, type JsonObject } from "../provider/model/fields.ts";
import type { Skipped } from "./adopt.ts";
import type { LiveDraft } from "./live-server.ts";

/** Why an object that is there is none for a program at this place; `named` ones are wanted although the server made them. */
export function notImportable(draft: LiveDraft, named: boolean): Omit<Skipped, "what"> | undefined {
  const { kind, id, stored } = draft;
  const from = kind.dialect === "kuma" ? originOf(draft) : undefined;
  if (from !== undefined) {
    const { "kuma.io/display-name": own = stored.name } = labelsOf(stored);
    const ownId = id.replace(/[^/]*$/, () => String(own));
    return { reason: `comes from ${from}; it is imported there`, copyOf: placeOf({ ...draft, id: ownId }) };
  }
  const made = named ? undefined : kind.madeByServer?.(stored);
  return made === undefined ? undefined : { reason: `${made}; --id ${id} imports it` };
}

/** Tells an object from those of other zones that have its id. */
export function placeOf({ type, id, stored }: LiveDraft): string {
  return JSON.stringify([type, labelsOf(stored)["kuma.io/zone"] ?? "", id]);
}

/** The labels that an object has at its server, the server's own among them. */
export function labelsOf({ labels }: JsonObject): JsonObject {
  return isObject(labels) ? labels : {};
}

/** From where a control plane has an object that is not its own. */
function originOf({ kind, side, stored }: LiveDraft): string | undefined {
  const said = labelsOf(stored);
  const { name } = stored;
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
