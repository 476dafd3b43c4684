import { isObject, type Json } from "../../provider/model/fields.ts";

/** A line of a diff that begins a resource, as in `~ pulumi-nodejs:dynamic/apisix:Route: (update)`, or what follows the last. */
const HEAD = /^(?:Resources:|\s*(?:[~+-]\s+)?[\w-]+:[\w/.:-]+: \((\w+)\))/;

/** The lines that show a change of a value, by the resource's name and what is done with it (`refresh`, `update`). */
export function linesOf(output: string, name: string, operation: string): string[] {
  const lines = output.split("\n");
  const heads = lines.flatMap((line, index) => (HEAD.test(line) ? [index] : []));
  const blocks = heads.map((start, index) => lines.slice(start, heads[index + 1]));
  const own = blocks.find(
    ([head = "", ...rest]) =>
      HEAD.exec(head)?.[1] === operation && rest.some((line) => line.trim().endsWith(`::${name}]`)),
  );
  return (own ?? [])
    .slice(1)
    .filter((line) => /^\s*[~+-] /.test(line) && !/[[{]$/.test(line))
    .map((line) => line.trim().replace(/ +: /, ": "))
    .toSorted();
}

/** The lines with which Pulumi shows that one value becomes the other: lists are compared by place. */
export function changedLines(from: Json | undefined, to: Json | undefined, key = ""): string[] {
  return lines(from, to, key).toSorted();
}

function lines(from: Json | undefined, to: Json | undefined, key: string): string[] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (isObject(from) && isObject(to))
    return inEach({ ...from, ...to }, (name) => lines(from[name], to[name], name));
  if (Array.isArray(from) && Array.isArray(to)) {
    const longer = from.length > to.length ? from : to;
    return longer.flatMap((_, index) => lines(from[index], to[index], `[${index}]`));
  }
  if (from === undefined) return leaves(to, key).map((line) => `+ ${line}`);
  if (to === undefined) return leaves(from, key).map((line) => `- ${line}`);
  return [`~ ${key}: ${JSON.stringify(from)} => ${JSON.stringify(to)}`];
}

function inEach(object: object, of: (name: string) => string[]): string[] {
  return Object.keys(object).flatMap(of);
}

/** The lines of a value that comes or goes as a whole. */
function leaves(value: Json | undefined, key: string): string[] {
  if (isObject(value)) return Object.entries(value).flatMap(([name, inner]) => leaves(inner, name));
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, `[${index}]`));
  return [`${key}: ${JSON.stringify(value)}`];
}
