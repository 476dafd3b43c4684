import type { Violation } from "./errors.ts";
import { DecodeError } from "./go/decode-error.ts";
import { jsonTypeName } from "./go/json.ts";
import { checkTime } from "./go/time.ts";
import { isFields } from "./message.ts";

/** What every resource says about itself. */
export interface Meta {
  type: string;
  mesh: string;
  name: string;
  labels: Record<string, string>;
}

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const subdomainReason =
  "invalid characters. A lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, " +
  "'-' or '.', and must start and end with an alphanumeric character";
const olderReason =
  "invalid characters. Valid characters are numbers, lowercase latin letters and '-', '_', '.' symbols.";

/** Reads type, mesh, name, labels and times out of a body, with the messages of Go's decoder, which reads keys in any case. */
export function decodeMeta(body: unknown): Meta {
  if (body !== null && !isFields(body)) {
    throw new DecodeError(
      `json: cannot unmarshal ${jsonTypeName(body)} into Go value of type v1alpha1.ResourceMeta`,
    );
  }
  const meta: Meta = { type: "", mesh: "", name: "", labels: {} };
  const problems: DecodeError[] = [];
  for (const [key, value] of Object.entries(body ?? {})) {
    try {
      readField(meta, key.toLowerCase(), value);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      problems.push(error);
      // At a time that is none Go stops, at other mistakes it goes on.
      if (/time$/i.test(key)) throw error;
    }
  }
  if (problems[0]) throw problems[0];
  return meta;
}

function readField(meta: Meta, name: string, value: unknown): void {
  if (value === null) return;
  if (name === "type" || name === "mesh" || name === "name") meta[name] = stringField(value, name);
  else if (name === "labels") meta.labels = { ...meta.labels, ...labelsField(value) };
  else if (name === "creationtime" || name === "modificationtime") checkTime(value);
}

function labelsField(value: unknown): Record<string, string> {
  if (!isFields(value)) throw fieldMismatch(value, "labels", "map[string]string");
  return Object.fromEntries(
    Object.entries(value).map(([key, label]) => [key, stringField(label ?? "", "labels")]),
  );
}

function stringField(value: unknown, field: string): string {
  if (typeof value !== "string") throw fieldMismatch(value, field, "string");
  return value;
}

function fieldMismatch(value: unknown, field: string, goType: string): DecodeError {
  return new DecodeError(
    `json: cannot unmarshal ${jsonTypeName(value)} into Go struct field ResourceMeta.${field} of type ${goType}`,
  );
}

/** What the URL says that a resource is; `mesh` is undefined for kinds outside meshes. */
export interface Address {
  type: string;
  mesh: string | undefined;
  name: string;
}

/** Compares a body with the URL that it was sent to. */
export function checkAddress(meta: Meta, address: Address): Violation[] {
  const differs = (field: string) => ({
    field,
    reason: `${field} from the URL has to be the same as in body`,
  });
  return [
    ...(meta.name === address.name ? [] : [differs("name")]),
    ...(meta.type === address.type ? [] : [differs("type")]),
    ...(address.mesh === undefined || meta.mesh === address.mesh ? [] : [differs("mesh")]),
  ];
}

/** Checks the name and mesh of a resource. */
export function checkNames({ name, mesh }: Pick<Meta, "name" | "mesh">, inMesh: boolean): Violation[] {
  return [
    ...checkName("name", name, subdomain, subdomainReason),
    // A mesh may have a name from the time when underscores were legal.
    ...(inMesh ? checkName("mesh", mesh, /^[0-9a-z-_.]*$/, olderReason) : []),
  ];
}

function checkName(field: string, name: string, legal: RegExp, reason: string): Violation[] {
  if (name === "") return [{ field, reason: "cannot be empty" }];
  if (Buffer.byteLength(name) > 253) return [{ field, reason: "value length must less or equal 253" }];
  return legal.test(name) ? [] : [{ field, reason }];
}
