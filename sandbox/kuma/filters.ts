import { KumaError, type Violation } from "./errors.ts";
import type { RequestUrl } from "./request-url.ts";
import { fields, list, text } from "./rules/checks.ts";
import type { StoredObject } from "./store.ts";

type Filter = (object: StoredObject) => boolean;

/** Whether an object is asked for by the query; throws for filters that there are not. */
export function filter({ query }: RequestUrl, type: string, path: string): Filter {
  const filters = [ofLabels(query, path), ofName(query.get("name") ?? "")];
  if (type === "Dataplane") filters.push(ofGateway(query.get("gateway") ?? "", path));
  if (type === "Dataplane" || type === "ExternalService") filters.push(ofTags(query.getAll("tag")));
  return (object) => filters.every((each) => each(object));
}

const ofName =
  (contained: string): Filter =>
  ({ name }) =>
    name.includes(contained);

function ofLabels(query: URLSearchParams, path: string): Filter {
  const wanted = new Map<string, string>();
  const violations: Violation[] = [];
  for (const [name, value] of query) {
    if (!name.startsWith("filter[")) continue;
    const refuse = (reason: string) => violations.push({ field: `${path}.${name}`, reason });
    if (!name.startsWith("filter[labels.")) refuse("filters are only supported on labels");
    else if (name.indexOf("]") !== name.length - 1) refuse("advanced filters are not supported");
    else wanted.set(name.slice("filter[labels.".length, -1), value);
  }
  refuseAll([...new Map(violations.map((each) => [each.field, each])).values()]);
  return ({ labels = {} }) => [...wanted].every(([label, value]) => labels[label] === value);
}

function ofGateway(asked: string, path: string): Filter {
  const mode = asked.toLowerCase();
  if (!["", "true", "false", "builtin", "delegated"].includes(mode)) {
    const reason = `shoud use \`true\`, \`false\`, 'builtin' or 'delegated' instead of ${mode}`;
    refuseAll([{ field: `${path}.gateway`, reason }]);
  }
  return ({ networking }) => {
    const { gateway } = fields(networking);
    if (mode === "") return true;
    if (mode === "true" || mode === "false") return (gateway !== undefined) === (mode === "true");
    return gateway !== undefined && (text(fields(gateway).type) || "DELEGATED") === mode.toUpperCase();
  };
}

function ofTags(given: string[]): Filter {
  const wanted = given.flatMap((each) => {
    const colon = each.indexOf(":");
    return colon < 0 ? [] : [[each.slice(0, colon), each.slice(colon + 1)] as const];
  });
  const fits = (tags: unknown) =>
    wanted.every(([name, value]) => {
      const found = fields(tags)[name];
      return found !== undefined && (value === "*" || text(found).includes(value));
    });
  return ({ type, tags, networking }) => {
    if (type === "ExternalService") return fits(tags);
    const { inbound, gateway } = fields(networking);
    return list(inbound).some((each) => fits(fields(each).tags)) || fits(fields(gateway).tags);
  };
}

function refuseAll(violations: Violation[]): void {
  if (violations.length > 0) throw new KumaError(400, TITLE, "Resource is not valid", violations);
}

const TITLE = "Could not retrieve resources";
