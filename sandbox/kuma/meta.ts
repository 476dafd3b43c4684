import type { Violation } from "./errors.ts";
import { jsonTypeName } from "./go.ts";
import { DecodeError, type Fields, isFields } from "./message.ts";

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
const labelName = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const labelNameReason =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const labelValueReason =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must " +
  "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
  "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Reads type, mesh, name and labels out of a body, with the messages of Go's decoder. */
export function decodeMeta(body: unknown): Meta {
  if (body !== null && !isFields(body)) {
    throw new DecodeError(
      `json: cannot unmarshal ${jsonTypeName(body)} into Go value of type v1alpha1.ResourceMeta`,
    );
  }
  const fields = body ?? {};
  const read = (name: string): string => stringField(fields[name], name);
  const labels = fields.labels ?? {};
  if (!isFields(labels)) throw fieldMismatch(labels, "labels", "map[string]string");
  return {
    type: read("type"),
    mesh: read("mesh"),
    name: read("name"),
    labels: Object.fromEntries(
      Object.entries(labels).map(([key, value]) => [key, stringField(value, "labels")]),
    ),
  };
}

function stringField(value: unknown, field: string): string {
  if (value === undefined || value === null) return "";
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

/** Checks the name and mesh of a resource that does not exist yet. */
export function checkNames(meta: Meta, inMesh: boolean): Violation[] {
  return [...checkName("name", meta.name), ...(inMesh ? checkName("mesh", meta.mesh) : [])];
}

function checkName(field: string, name: string): Violation[] {
  if (name === "") return [{ field, reason: "cannot be empty" }];
  return [
    ...(name.length > 253 ? [{ field, reason: "value length must less or equal 253" }] : []),
    ...(subdomain.test(name) ? [] : [{ field, reason: subdomainReason }]),
  ];
}

/** Checks labels by the rules of Kubernetes. */
export function checkLabels(labels: Fields): Violation[] {
  return Object.entries(labels).flatMap(([key, value]) =>
    [...labelKeyReasons(key), ...labelValueReasons(String(value))].map((reason) => ({
      field: `labels[${JSON.stringify(key)}]`,
      reason,
    })),
  );
}

function labelKeyReasons(key: string): string[] {
  const slash = key.indexOf("/");
  const name = key.slice(slash + 1);
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const reasons: string[] = [];
  if (prefix === "") reasons.push("prefix part must be non-empty");
  else if (prefix !== undefined && !subdomain.test(prefix)) reasons.push(`prefix part ${subdomainReason}`);
  if (name === "") reasons.push("name part must be non-empty");
  else if (name.length > 63) reasons.push("name part must be no more than 63 characters");
  if (!labelName.test(name)) reasons.push(labelNameReason);
  return reasons;
}

function labelValueReasons(value: string): string[] {
  const reasons: string[] = [];
  if (value.length > 63) reasons.push("must be no more than 63 characters");
  if (value !== "" && !labelName.test(value)) reasons.push(labelValueReason);
  return reasons;
}
