import { subdomainReasons } from "./names.ts";

const name = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const nameReason =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const keyReason =
  "a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is " +
  "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. " +
  "'example.com/MyName')";
const valueReason =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must " +
  "start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for " +
  "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

/** Why a text is no key of a label by the rules of Kubernetes. */
export function labelKeyReasons(key: string): string[] {
  const parts = key.split("/");
  if (parts.length > 2) return [keyReason];
  const last = parts.at(-1) ?? "";
  const [prefix] = parts.length === 2 ? parts : [];
  const reasons: string[] = [];
  if (prefix === "") reasons.push("prefix part must be non-empty");
  else if (prefix !== undefined)
    reasons.push(...subdomainReasons(prefix).map((reason) => `prefix part ${reason}`));
  if (last === "") reasons.push("name part must be non-empty");
  else if (last.length > 63) reasons.push("name part must be no more than 63 bytes");
  if (!name.test(last)) reasons.push(nameReason);
  return reasons;
}

/** Why a text is no value of a label by the rules of Kubernetes. */
export function labelValueReasons(value: string): string[] {
  const reasons: string[] = [];
  if (value.length > 63) reasons.push("must be no more than 63 bytes");
  if (value !== "" && !name.test(value)) reasons.push(valueReason);
  return reasons;
}
