import { KumaError } from "./errors.ts";
import type { Fields } from "./message.ts";
import type { RequestUrl } from "./request-url.ts";

const TITLE = "Could not retrieve resources";

/** The number of objects on a page: 100 if not given and at most 1000. */
export function pageSize({ query }: RequestUrl): number {
  const text = query.get("size") ?? "";
  if (text === "") return 100;
  const refused = (reason: string) =>
    new KumaError(400, TITLE, "Invalid page size", [{ field: "size", reason }]);
  const size = wholeNumber(text);
  if (typeof size === "string") throw refused("invalid format");
  if (size <= 0n) throw refused("must be greater than 0");
  if (size > 1000n) throw refused(`invalid page size of ${size}. Maximum page size is 1000`);
  return Number(size);
}

const LARGEST = 2n ** 63n - 1n;

/** The number that a text is for Go's `strconv.Atoi`, or what is wrong with it. */
function wholeNumber(text: string): bigint | string {
  if (!/^[+-]?\d+$/.test(text)) return "invalid syntax";
  const number = BigInt(text.replace(/^\+/, ""));
  return number > LARGEST || number < -LARGEST - 1n ? "value out of range" : number;
}

/** One page of a list as the control plane answers it. */
export function page<T>(objects: T[], url: RequestUrl, size: number, render: (object: T) => unknown): Fields {
  const begin = offsetOf(url, size);
  const end = begin + size;
  return {
    total: objects.length,
    items: objects.slice(begin, end).map(render),
    next: end < objects.length ? nextPage(url, end) : null,
  };
}

function offsetOf({ query }: RequestUrl, size: number): number {
  const text = query.get("offset") || "0";
  const refused = (reason: string) => new KumaError(400, TITLE, `invalid: invalid offset: ${reason}`);
  const offset = wholeNumber(text);
  if (typeof offset === "string") throw refused(`strconv.Atoi: parsing ${JSON.stringify(text)}: ${offset}`);
  if (offset < 0n) throw refused("must be non-negative");
  if (offset > LARGEST - BigInt(size)) throw refused("exceeds maximum value");
  return Number(offset);
}

/** The link to the page that begins there; Go sorts the parameters by name. */
function nextPage({ path, query, host }: RequestUrl, begin: number): string {
  const parameters = new URLSearchParams(query);
  parameters.set("offset", String(begin));
  parameters.sort();
  return `http://${host}${encodeURI(path)}?${parameters}`;
}
