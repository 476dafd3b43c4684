import type { ControlPlane } from "./control-plane.ts";
import { BrokenConnection, malformed, notValid, refuse, type Violation } from "./errors.ts";
import { DecodeError } from "./go/decode-error.ts";
import { jsonSyntaxError, jsonTypeName, parseJson } from "./go/json.ts";
import { textOf } from "./go/text.ts";
import type { Kind } from "./kinds/index.ts";
import { checkUnchanged, checkWrittenLabels, completed } from "./labels.ts";
import { type Fields, isFields } from "./message.ts";
import { checkAddress, checkNames, decodeMeta, type Meta } from "./meta.ts";
import { complainIf } from "./rules/checks.ts";
import type { Circumstances } from "./rules/index.ts";
import type { StoredObject } from "./store.ts";

/** An object as its body says. */
interface Decoded {
  meta: Meta;
  spec: Fields;
}

/** What an answer to a PUT says. */
export interface Written {
  isNew: boolean;
  warnings: string[];
}

/**
 * Does what a PUT asks for, or refuses it. Everything that the body tells alone comes first, then who may do it,
 * then what it would change.
 */
export function write(
  controlPlane: ControlPlane,
  kind: Kind,
  address: { mesh: string | undefined; name: string },
  body: Buffer,
  checkAccess: () => void,
): Written {
  const { store } = controlPlane;
  const decoded = decode(controlPlane, kind, parse(kind, body));
  refuse(check(kind, decoded.spec, { name: "", mesh: "", labels: {} }));
  const before = store.get(kind.type, address.mesh, address.name);
  refuse(checkMeta(controlPlane, kind, decoded.meta, address));
  checkAccess();
  return before ? update(controlPlane, kind, before, decoded) : create(controlPlane, kind, decoded);
}

function create(controlPlane: ControlPlane, kind: Kind, decoded: Decoded): Written {
  const { store } = controlPlane;
  const object = stored(controlPlane, kind, decoded);
  const circumstances = circumstancesOf(decoded.meta);
  const says = check(kind, decoded.spec, circumstances);
  const title = "Failed to create a resource";
  refuse(says.length > 0 ? says : (kind.checkCreate?.(object, store) ?? []), title);
  store.put({ ...object, ...(kind.status && { status: structuredClone(kind.status) }) });
  return { isNew: true, warnings: warningsAbout(kind, decoded, object) };
}

function update(controlPlane: ControlPlane, kind: Kind, before: StoredObject, decoded: Decoded): Written {
  const { store } = controlPlane;
  const { mesh, labels: labelsBefore = {}, status } = before;
  const { labelPlace } = controlPlane;
  const object = stored(controlPlane, kind, decoded);
  // What is compared is complete on both sides: a label that is left out is added again as it was.
  const complete = completed(labelsBefore, kind, mesh, before, labelPlace);
  const unchanged = checkUnchanged(complete, object.labels ?? {});
  if (unchanged.length > 0) throw notValid(unchanged, "Could not update a resource");
  const circumstances = circumstancesOf({ ...decoded.meta, name: before.name, labels: labelsBefore });
  // What the control plane adds is there already when it checks an update.
  const says = check(kind, specOf(object), circumstances);
  const title = "Failed to update a resource";
  refuse(says.length > 0 ? says : (kind.checkUpdate?.(before, object, store) ?? []), title);
  store.put({ ...object, ...(status !== undefined && { status }) });
  return { isNew: false, warnings: warningsAbout(kind, decoded, object) };
}

/** What the answer warns of: the object as it is stored, with the labels that it has now. */
const warningsAbout = (kind: Kind, { meta, spec }: Decoded, { name, labels = {} }: StoredObject): string[] =>
  kind.warnings?.(spec, { name, mesh: meta.mesh, labels }) ?? [];

/** The object as it is stored, with all that the control plane adds. */
export function stored(controlPlane: ControlPlane, kind: Kind, { meta, spec }: Decoded): StoredObject {
  const { store, zone, labelPlace } = controlPlane;
  const mesh = kind.inMesh ? meta.mesh : undefined;
  const labels = completed(meta.labels, kind, mesh, spec, labelPlace);
  const surroundings = {
    zone,
    mesh: store.get("Mesh", undefined, meta.mesh),
    isNew: !store.get(kind.type, mesh, meta.name),
  };
  return {
    type: kind.type,
    ...(mesh !== undefined && { mesh }),
    name: meta.name,
    ...(Object.keys(labels).length > 0 && { labels: sorted(labels) }),
    ...(kind.complete?.(spec, surroundings) ?? spec),
  };
}

/** What an object has beside what every resource says about itself. */
function specOf({ type: _, mesh: __, name: ___, labels: ____, ...spec }: StoredObject): Fields {
  return spec;
}

const sorted = (labels: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

const circumstancesOf = ({ name, mesh, labels }: Meta): Circumstances => ({ name, mesh, labels });

const check = (kind: Kind, spec: Fields, circumstances: Circumstances): Violation[] =>
  kind.check?.(spec, circumstances) ?? [];

function checkMeta(
  controlPlane: ControlPlane,
  kind: Kind,
  meta: Meta,
  { mesh, name }: { mesh: string | undefined; name: string },
): Violation[] {
  const { role, labelPlace } = controlPlane;
  // The name has to have room for the zone's in front of it, as it once had on the global control plane.
  const isLong = role.mode === "zone" && `${role.zone}.${name}`.length >= 253;
  return [
    ...checkAddress(meta, { type: kind.type, mesh, name }),
    ...complainIf(isLong, "name", "the length of the name must be shorter"),
    ...checkWrittenLabels(meta.labels, kind, meta.mesh, labelPlace),
    ...checkNames(meta, kind.inMesh),
  ];
}

function parse(kind: Kind, body: Buffer): unknown {
  const problem = jsonSyntaxError(body);
  if (problem !== undefined) throw malformed(kind.type, problem);
  const text = textOf(body);
  if (kind.hasCrd) checkNumbers(kind, text);
  return parseJson(text);
}

/** Refuses a number that is too large for floating point, which a body is first read into where a schema checks it. */
function checkNumbers({ type }: Kind, text: string): void {
  if (!/[eE]\+?\d{3}|\d{309}/.test(text)) return;
  JSON.parse(text, (_key, value: unknown, { source }: { source?: string } = {}) => {
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    throw malformed(type, `json: cannot unmarshal number ${source} into Go value of type float64`);
  });
}

/** Reads a body without checking more than what its types say. */
export function decode(controlPlane: ControlPlane, kind: Kind, given: unknown): Decoded {
  const { keepsLabels } = controlPlane.labelPlace.release;
  const kept = isFields(given) && !keepsLabels ? withoutLabels(given) : given;
  try {
    if (kind.hasCrd) {
      const body = given === null && !kind.inMesh ? {} : kept;
      checkIsObject(body, kind.inMesh);
      const spec = kind.decode(body);
      return { meta: decodeMeta(asPassedOn(kind, body)), spec };
    }
    const meta = decodeMeta(kept);
    return { meta, spec: kind.decode(isFields(kept) ? kept : {}) };
  } catch (error) {
    throw error instanceof DecodeError ? malformed(kind.type, error.message) : error;
  }
}

/** A body that a schema has accepted as it is read again: with the standard mesh, and its fields sorted. */
function asPassedOn({ inMesh }: Kind, body: Fields): Fields {
  const whole = { ...body, ...(inMesh && { mesh: body.mesh ?? "default" }) };
  return Object.fromEntries(Object.entries(whole).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A release that knows no labels drops them as it drops any other unknown field. */
function withoutLabels({ labels: _, ...body }: Fields): Fields {
  return body;
}

function checkIsObject(body: unknown, inMesh: boolean): asserts body is Fields {
  if (body === null && inMesh) throw new BrokenConnection("the control plane has no defaults for null");
  if (!isFields(body)) {
    const what = `json: cannot unmarshal ${jsonTypeName(body)}`;
    throw new DecodeError(`${what} into Go value of type map[string]interface {}`);
  }
}
