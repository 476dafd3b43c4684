import { isObject } from "../provider/model/fields.ts";

/** An expression of TypeScript in the place of a value, and what a comment behind it says. */
export class Code {
  readonly text: string;
  readonly comment: string | undefined;

  constructor(text: string, comment?: string) {
    this.text = text;
    this.comment = comment;
  }
}

/** A value that is given another type than the compiler finds. */
export class Cast {
  readonly tree: { [key: string]: Tree };
  readonly type: string;

  constructor(tree: { [key: string]: Tree }, type: string) {
    this.tree = tree;
    this.type = type;
  }
}

/** What the program says: JSON with expressions in it. */
export type Tree = null | boolean | number | string | Code | Cast | Tree[] | { [key: string]: Tree };

const WIDTH = 110;
/** A longer object is easier to read with a line for each field. */
const SHORT = 80;
/** Behind a key of that many characters a text stays on the key's line, however long it is. */
const SHORT_KEY = 4;

/** Where a value stands: how deep its line is indented, and how much of it is taken before and behind the value. */
export interface Place {
  indent: number;
  before: number;
  behind: number;
}

/** TypeScript for a value, as a formatter with lines of 110 characters leaves it. */
export function print(tree: Tree, { indent, before, behind }: Place): string {
  const flat = onOneLine(tree);
  const fits = flat !== undefined && indent + before + flat.length + behind <= WIDTH;
  if (fits && !hasComment(tree)) return flat;
  if (tree instanceof Cast) return `${object(tree.tree, indent)} as ${tree.type}`;
  if (Array.isArray(tree)) return list(tree, indent);
  if (typeof tree === "string" && isLongText(tree)) return `${list(tree.split("\n"), indent)}.join("\\n")`;
  if (isTreeObject(tree)) return object(tree, indent);
  if (tree instanceof Code && !fits) return broken(tree.text, indent);
  return flat ?? "";
}

/** The value on one line; nothing for one that a formatter would not leave there. */
export function onOneLine(tree: Tree): string | undefined {
  if (tree instanceof Code) return tree.text;
  if (tree instanceof Cast) return undefined;
  if (typeof tree === "string") {
    if (!isLongText(tree)) return quote(tree);
    const lines = tree.split("\n").map(quote);
    return `[${lines.join(", ")}].join("\\n")`;
  }
  if (Array.isArray(tree)) {
    if (isTable(tree)) return undefined;
    const items = tree.map(onOneLine);
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  if (!isTreeObject(tree)) return String(tree).replace("e+", "e");
  const fields = Object.entries(tree).map(([key, value]) => {
    const inner = onOneLine(value);
    return inner === undefined ? undefined : `${keyText(key)}: ${inner}`;
  });
  if (fields.length === 0) return "{}";
  const text = `{ ${fields.join(", ")} }`;
  return fields.includes(undefined) || text.length > SHORT ? undefined : text;
}

function object(tree: { [key: string]: Tree }, indent: number): string {
  const pad = " ".repeat(indent + 2);
  const lines = Object.entries(tree).map(([key, value]) => {
    const name = keyText(key);
    return `${pad}${name}:${field(name, value, indent + 2)},${commentOf(value)}`;
  });
  return `{\n${lines.join("\n")}\n${" ".repeat(indent)}}`;
}

/** What stands behind a key: the value, on the next line where it is a long text. */
function field(name: string, value: Tree, indent: number): string {
  const text = print(value, { indent, before: name.length + 2, behind: 1 });
  const goesDown = typeof value === "string" && !isLongText(value) && name.length > SHORT_KEY;
  const isLong = goesDown && indent + name.length + 2 + text.length + 1 > WIDTH;
  return isLong ? `\n${" ".repeat(indent + 2)}${text}` : ` ${text}`;
}

function list(items: Tree[], indent: number): string {
  const pad = " ".repeat(indent + 2);
  const end = `\n${" ".repeat(indent)}]`;
  if (items.length > 1 && items.every((item) => typeof item === "number")) {
    return `[\n${filled(items.map(String), pad)}${end}`;
  }
  const lines = items.map(
    (item) => `${pad}${print(item, { indent: indent + 2, before: 0, behind: 1 })},${commentOf(item)}`,
  );
  return `[\n${lines.join("\n")}${end}`;
}

/** A call of one argument, which gets a line of its own. */
function broken(text: string, indent: number): string {
  const [, head, argument] = /^(.*)\((.+)\)$/s.exec(text) ?? [];
  const pad = " ".repeat(indent);
  return argument === undefined ? text : `${head}(\n${pad}  ${argument},\n${pad})`;
}

/** Numbers, as many on a line as there is room for. */
function filled(numbers: string[], pad: string): string {
  const lines: string[] = [];
  for (const number of numbers) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${number},`.length <= WIDTH)
      lines[lines.length - 1] = `${last} ${number},`;
    else lines.push(`${pad}${number},`);
  }
  return lines.join("\n");
}

/** Several objects, or several lists, of more than one element each; a formatter gives each its own line. */
function isTable(items: readonly Tree[]): boolean {
  if (items.length < 2) return false;
  return (
    items.every((item) => Array.isArray(item) && item.length > 1) ||
    items.every((item) => isTreeObject(item) && Object.keys(item).length > 1)
  );
}

/** A text of several lines is written as a list of them. */
function isLongText(text: string): boolean {
  return text.length > 40 && text.includes("\n");
}

/** Whether an expression in it has a comment, so that its line must end behind it. */
export function hasComment(tree: Tree): boolean {
  if (tree instanceof Cast) return hasComment(tree.tree);
  if (tree instanceof Code) return tree.comment !== undefined;
  if (Array.isArray(tree)) return tree.some(hasComment);
  return isTreeObject(tree) && Object.values(tree).some(hasComment);
}

function commentOf(tree: Tree): string {
  return tree instanceof Code && tree.comment !== undefined ? ` ${comment(tree.comment)}` : "";
}

/** An object of fields, and no expression. */
export function isTreeObject(tree: Tree): tree is { [key: string]: Tree } {
  const value: unknown = tree;
  return isObject(value) && !(tree instanceof Code) && !(tree instanceof Cast);
}

function keyText(key: string): string {
  if (key === "__proto__") return '["__proto__"]';
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** What a reader does not see as it is, or where a line would end: controls, changes of direction, line ends. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A text as a literal, in those quotes that need less escaping. */
export function quote(text: string): string {
  const double = text.split('"').length - 1;
  const single = text.split("'").length - 1;
  const mark = double > single ? "'" : '"';
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll(mark, `\\${mark}`);
  return `${mark}${escaped.replace(INVISIBLE, escapeCharacter)}${mark}`;
}

/** A comment of one line, whatever the text holds. */
export function comment(text: string): string {
  return `// ${visible(text)}`;
}

/** A text for people, with what cannot be seen written as an escape. */
export function visible(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, escapeCharacter);
}

/** The same of every text in a value. */
export function visibleIn<T>(value: T): T;
export function visibleIn(value: unknown): unknown {
  if (typeof value === "string") return visible(value);
  if (Array.isArray(value)) return value.map((item) => visibleIn(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, visibleIn(inner)]));
}

function escapeCharacter(character: string): string {
  return character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
