import type { parse } from "yaml";
import { isObject, type JsonObject, UNKNOWN } from "../../fields.ts";
import type { Kind, Report } from "../../kind.ts";
import { once } from "../../once.ts";
import { type Entry, entriesOf, inside, textOf } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { isGiven, mayBeGiven, PROXIES } from "./target-refs.ts";

/** What can be changed, with the fields that Envoy asks of a new one. */
const RESOURCES: Record<string, readonly string[]> = {
  cluster: ["name"],
  listener: [],
  virtualHost: ["name", "domains"],
  networkFilter: ["name"],
  httpFilter: ["name"],
};
const FILTERS = ["networkFilter", "httpFilter"];

/** Loaded when the first resource of Envoy is judged. */
const reader = once(() => (require("yaml") as { parse: typeof parse }).parse);

function rules(spec: JsonObject, { report }: SpecContext): void {
  const changes = entriesOf(inside(spec, "default").appendModifications, "spec.default.appendModifications");
  for (const { object, at } of changes) {
    const given = Object.keys(RESOURCES).filter((name) => object[name] !== undefined);
    const [name = ""] = given;
    if (given.length !== 1) {
      const reason = given.length === 0 ? "is empty" : `has ${given.join(" and ")}`;
      report(at, reason, `give exactly one of ${Object.keys(RESOURCES).join(", ")}`);
    } else if (isObject(object[name]))
      changeRules({ object: object[name], at: `${at}.${name}` }, name, report);
  }
}

function changeRules({ object, at }: Entry, resource: string, report: Report): void {
  const { operation, value, jsonPatches, match } = object;
  const name = inside(object, "match").name;
  switch (operation) {
    case "Remove":
      if (value !== undefined) report(`${at}.value`, "does not go with Remove");
      return;
    case "Patch":
      if (FILTERS.includes(resource) && isAbsent(match, "name"))
        report(`${at}.match.name`, "is missing", "it says which filter is meant");
      patchRules({ object, at }, resource, report);
      return;
    case "AddBefore":
    case "AddAfter":
      if (isAbsent(match, "name"))
        report(`${at}.match.name`, "is missing", "it says beside which filter the new one comes");
      break;
    case "Add":
      if (resource === "virtualHost" ? name !== undefined : match !== undefined)
        report(resource === "virtualHost" ? `${at}.match.name` : `${at}.match`, "does not go with Add");
  }
  if (!["Add", "AddFirst", "AddLast", "AddBefore", "AddAfter"].includes(String(operation))) return;
  if (value === undefined) report(`${at}.value`, "is missing", `${String(operation)} needs it`);
  resourceRules(value, `${at}.value`, RESOURCES[resource] ?? [], report);
  if (isGiven(jsonPatches)) report(`${at}.jsonPatches`, "has no effect", "it goes with Patch");
}

/** Whether an object is known to lack a field. */
function isAbsent(object: unknown, name: string): boolean {
  return object === undefined || (isObject(object) && object[name] === undefined);
}

function patchRules({ object, at }: Entry, resource: string, report: Report): void {
  const { value, jsonPatches } = object;
  if (value !== undefined && isGiven(jsonPatches))
    report(`${at}.value`, "does not go with jsonPatches", "keep one of the two");
  if (value === undefined && !mayBeGiven(jsonPatches))
    report(`${at}.value`, "is missing", "a Patch needs value or jsonPatches");
  if (resource !== "" && !isGiven(jsonPatches)) resourceRules(value, `${at}.value`, [], report);
  for (const { object: patch, at: where } of entriesOf(jsonPatches, `${at}.jsonPatches`)) {
    const { op, from, path } = patch;
    if (op === UNKNOWN) continue;
    const moves = op === "move" || op === "copy";
    const sets = op === "add" || op === "replace";
    if (moves && from === undefined) report(`${where}.from`, "is missing", `${op} needs it`);
    if (!moves && from !== undefined) report(`${where}.from`, "goes with move and copy only");
    if (sets && patch.value === undefined) report(`${where}.value`, "is missing", `${op} needs it`);
    if (!sets && patch.value !== undefined) report(`${where}.value`, "goes with add and replace only");
    if (op === "remove" && (path === "" || path === "/")) report(`${where}.path`, "is all there is");
  }
}

/** Judges a resource of Envoy in YAML, as far as that needs no Envoy. */
function resourceRules(value: unknown, at: string, needed: readonly string[], report: Report): void {
  const text = textOf(value as string | undefined);
  if (text === undefined) return;
  const read = readYaml(text);
  if (read === "wrong" || !(isObject(read) || read === null)) {
    report(at, "is no resource of Envoy in YAML");
    return;
  }
  const resource = read ?? {};
  for (const field of needed) {
    if (!mayBeGiven(resource[field])) report(at, `has no ${field}, which Envoy asks for`);
  }
}

function readYaml(text: string): JsonObject | null | "wrong" {
  try {
    const read: unknown = reader()(text);
    return read === undefined || read === null ? null : isObject(read) ? read : "wrong";
  } catch {
    return "wrong";
  }
}

/** Changes of what the control plane makes for Envoy. */
export const meshProxyPatch: Kind = specifiedKind({
  type: "MeshProxyPatch",
  doc: "Changes of what the control plane makes for Envoy.",
  docs: "policies/meshproxypatch",
  example: `
new kuma.MeshProxyPatch("larger-buffers", {
  spec: {
    default: {
      appendModifications: [
        { cluster: { operation: "Patch", jsonPatches: [{ op: "add", path: "/perConnectionBufferLimitBytes", value: 65536 }] } },
      ],
    },
  },
});
`,
  since: "2.1",
  instead: "ProxyTemplate",
  top: { kinds: PROXIES, systemOnly: ["MeshGateway"] },
  refinements: {
    "default.appendModifications": {
      required: true,
      check: (value) => (Array.isArray(value) && value.length === 0 ? { reason: "is empty" } : undefined),
    },
    "default.appendModifications[].*.value": { meta: { sensitive: true } },
  },
  rules,
});
