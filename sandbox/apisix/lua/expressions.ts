import type { Cursor } from "./cursor.ts";
import type { KnownType, Scopes } from "./scopes.ts";

const priorities: Record<string, [left: number, right: number]> = {
  "+": [6, 6],
  "-": [6, 6],
  "*": [7, 7],
  "/": [7, 7],
  "%": [7, 7],
  "^": [10, 9],
  "..": [5, 4],
  "==": [3, 3],
  "~=": [3, 3],
  "<": [3, 3],
  "<=": [3, 3],
  ">": [3, 3],
  ">=": [3, 3],
  and: [2, 2],
  or: [1, 1],
};

/** What an expression is, for what may follow it. */
export interface Expression {
  type: KnownType;
  /** Whether something can be assigned to it, or it is a call. */
  form: "variable" | "call" | "value";
  /** The name, of a plain variable. */
  name?: string;
}

/** Reads expressions. */
export class Expressions {
  readonly #cursor: Cursor;
  readonly #scopes: Scopes;
  readonly #varargs: () => boolean;
  readonly #body: (line: number, method: boolean) => void;

  /** @param varargs Whether `...` has a meaning here. @param body Reads a function from its parameters on. */
  constructor(
    cursor: Cursor,
    scopes: Scopes,
    varargs: () => boolean,
    body: (line: number, method: boolean) => void,
  ) {
    this.#cursor = cursor;
    this.#scopes = scopes;
    this.#varargs = varargs;
    this.#body = body;
  }

  /** Reads expressions with commas between. */
  list(): Expression[] {
    const list = [this.one()];
    while (this.#cursor.skip(",")) list.push(this.one());
    return list;
  }

  /** Reads an expression of operators that bind more than the limit. */
  one(limit = 0): Expression {
    const unary = this.#cursor.is("not", "-", "#") ? this.#cursor.next().kind : undefined;
    let left = unary === undefined ? this.#simple() : this.one(8);
    if (unary !== undefined) left = value(unary === "not" ? "boolean" : undefined);
    for (;;) {
      const operator = this.#cursor.token.kind;
      const priority = Object.hasOwn(priorities, operator) ? priorities[operator] : undefined;
      if (!priority || priority[0] <= limit) return left;
      this.#cursor.next();
      this.one(priority[1]);
      left = value(/^[=~<>]/.test(operator) ? "boolean" : undefined);
    }
  }

  #simple(): Expression {
    const { kind, line } = this.#cursor.token;
    if (kind === "{") return this.#table();
    if (kind === "function") {
      this.#cursor.next();
      this.#body(this.#cursor.token.line, false);
      return value("function");
    }
    const literal: Record<string, KnownType> = {
      "<number>": "number",
      "<string>": "string",
      nil: "nil",
      true: "boolean",
      false: "boolean",
    };
    if (Object.hasOwn(literal, kind)) {
      this.#cursor.next();
      return value(literal[kind]);
    }
    if (kind !== "...") return this.suffixed();
    if (!this.#varargs()) this.#cursor.fail("cannot use '...' outside a vararg function");
    this.#cursor.next();
    return { type: line > 0 ? undefined : "nil", form: "call" };
  }

  /** Reads a variable or a call. */
  suffixed(): Expression {
    let left = this.#primary();
    for (;;) {
      if (this.#cursor.skip(".")) {
        this.#cursor.take("<name>");
        left = { type: undefined, form: "variable" };
      } else if (this.#cursor.skip("[")) {
        this.one();
        this.#cursor.take("]");
        left = { type: undefined, form: "variable" };
      } else if (this.#cursor.skip(":")) {
        this.#cursor.take("<name>");
        this.#arguments();
        left = { type: undefined, form: "call" };
      } else if (this.#cursor.is("(", "{", "<string>")) {
        this.#arguments();
        left = { type: undefined, form: "call" };
      } else return left;
    }
  }

  #primary(): Expression {
    const { kind, text, line } = this.#cursor.token;
    if (this.#cursor.skip("(")) {
      const { type } = this.one();
      this.#cursor.close(")", "(", line);
      return value(type);
    }
    if (kind !== "<name>") this.#cursor.fail("unexpected symbol");
    this.#cursor.next();
    return { type: this.#scopes.typeOf(text), form: "variable", name: text };
  }

  #arguments(): void {
    const { line } = this.#cursor.token;
    if (this.#cursor.skip("<string>")) return;
    if (this.#cursor.is("{")) return void this.#table();
    if (!this.#cursor.skip("(")) this.#cursor.fail("function arguments expected");
    if (!this.#cursor.is(")")) this.list();
    this.#cursor.close(")", "(", line);
  }

  #table(): Expression {
    const { line } = this.#cursor.next();
    while (!this.#cursor.is("}")) {
      if (this.#cursor.skip("[")) {
        this.one();
        this.#cursor.take("]");
        this.#cursor.take("=");
      } else if (this.#cursor.is("<name>") && this.#cursor.look().kind === "=") {
        this.#cursor.next();
        this.#cursor.next();
      }
      this.one();
      if (!this.#cursor.skip(",") && !this.#cursor.skip(";")) break;
    }
    this.#cursor.close("}", "{", line);
    return value("table");
  }
}

function value(type: KnownType): Expression {
  return { type, form: "value" };
}
