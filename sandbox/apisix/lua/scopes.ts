/** The type of a value as far as it can be told without running anything; undefined if it cannot. */
export type KnownType = "function" | "table" | "string" | "number" | "boolean" | "nil" | undefined;

const functions =
  "assert error getmetatable ipairs load loadstring next pairs pcall print rawequal rawget rawset require select setmetatable tonumber tostring type unpack xpcall";
const tables = "bit coroutine debug io jit math ndk ngx os package string table _G";

/** Variables that are always there, in OpenResty. */
const globals = new Map<string, KnownType>([
  ...functions.split(" ").map((name): [string, KnownType] => [name, "function"]),
  ...tables.split(" ").map((name): [string, KnownType] => [name, "table"]),
]);

/** The variables of a chunk of Lua, with what is known of their values. */
export class Scopes {
  readonly #open: Map<string, KnownType>[] = [new Map()];

  /** How many blocks are open, the chunk itself counted. */
  get depth(): number {
    return this.#open.length;
  }

  /** Does something with a block open. */
  within(inner: () => void): void {
    this.#open.push(new Map());
    inner();
    this.#open.pop();
  }

  /** Notes a new local variable. */
  declare(name: string, type: KnownType): void {
    this.#open.at(-1)?.set(name, type);
  }

  /** Notes that a variable gets a value. */
  assign(name: string, type: KnownType): void {
    const scope = this.#open.findLast((one) => one.has(name)) ?? this.#open[0];
    // What is assigned in a block or a function may never be, or later.
    scope?.set(name, this.depth === 1 ? type : undefined);
  }

  /** The type of a variable. A name that nobody has declared is nil. */
  typeOf(name: string): KnownType {
    const scope = this.#open.findLast((one) => one.has(name));
    if (scope) return scope.get(name);
    return globals.has(name) ? globals.get(name) : "nil";
  }
}
