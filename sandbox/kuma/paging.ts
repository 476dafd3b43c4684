import { KumaError } from "./errors.ts";
import type { Fields } from "./message.ts";

const invalid = (detail: string, field: string, reason: string): KumaError =>
  new KumaError(400, "Could not retrieve resources", detail, [{ field, reason }]);

/** One page of a list as Kuma answers it: `size` is 100 if not given and at most 1000. */
export function page<T>(objects: T[], url: URL, render: (object: T) => unknown): Fields {
  const size = url.searchParams.get("size") ?? "100";
  const offset = url.searchParams.get("offset") ?? "0";
  if (!/^[+-]?\d+$/.test(size)) throw invalid("Invalid page size", "size", "invalid format");
  if (Number(size) > 1000) {
    const reason = `invalid page size of ${Number(size)}. Maximum page size is 1000`;
    throw invalid("Invalid page size", "size", reason);
  }
  if (!/^\d+$/.test(offset)) throw invalid("Invalid offset", "offset", "Invalid format");
  const begin = Number(offset);
  const end = begin + Number(size);
  const next = new URL(url);
  next.search = String(new URLSearchParams({ offset: String(end), size }));
  return {
    total: objects.length,
    items: objects.slice(begin, end).map(render),
    next: end < objects.length ? next.href : null,
  };
}
