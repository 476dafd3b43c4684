import { Cursor } from "./cursor.ts";
import { type Expression, Expressions } from "./expressions.ts";
import { type KnownType, Scopes } from "./scopes.ts";

/** What a chunk returns: no value, a value of a type, or what cannot be told without running it. */
export type Returned = { values: 0 } | { values: 1; type: KnownType };

interface OpenFunction {
  /** Whether it takes `...`. */
  varargs: boolean;
  /** How many loops are open in it. */
  loops: number;
  strayBreak: boolean;
}

/** Reads a chunk of Lua and tells what it returns; throws {@link LuaSyntaxError} where LuaJIT refuses it. */
export function readChunk(source: string): Returned {
  return new Parser(source).chunk();
}

class Parser {
  readonly #cursor: Cursor;
  readonly #expressions: Expressions;
  readonly #scopes = new Scopes();
  /** The functions that are open, the chunk itself first. */
  readonly #functions: OpenFunction[] = [{ varargs: true, loops: 0, strayBreak: false }];
  #returned: Returned = { values: 0 };
  /** Whether the chunk returns from within a block. */
  #mayReturn = false;

  constructor(source: string) {
    this.#cursor = new Cursor(source);
    this.#expressions = new Expressions(
      this.#cursor,
      this.#scopes,
      () => this.#functions.at(-1)?.varargs === true,
      (line, method) => this.#function(line, method),
    );
  }

  chunk(): Returned {
    this.#block();
    if (!this.#cursor.is("<eof>")) this.#cursor.fail("'<eof>' expected");
    this.#checkBreaks();
    return this.#mayReturn ? { values: 1, type: undefined } : this.#returned;
  }

  // Statements

  #block(): void {
    while (!this.#cursor.is("else", "elseif", "end", "until", "<eof>")) {
      const last = this.#cursor.is("return");
      this.#statement();
      this.#cursor.skip(";");
      if (last) return;
    }
  }

  #body(): void {
    this.#scopes.within(() => this.#block());
  }

  #loop(inner: () => void): void {
    const open = this.#functions.at(-1);
    if (open) open.loops += 1;
    inner();
    if (open) open.loops -= 1;
  }

  #statement(): void {
    const { kind, line } = this.#cursor.token;
    const compound: Record<string, () => void> = {
      if: () => this.#if(line),
      while: () => this.#while(line),
      for: () => this.#loop(() => this.#for(line)),
      repeat: () => this.#repeat(line),
      function: () => this.#namedFunction(),
      do: () => this.#do(line),
      local: () => this.#local(),
      return: () => this.#return(),
    };
    if (Object.hasOwn(compound, kind)) compound[kind]?.();
    else if (this.#cursor.skip("break")) {
      const open = this.#functions.at(-1);
      if (open?.loops === 0) open.strayBreak = true;
    } else if (this.#cursor.skip("goto")) this.#cursor.take("<name>");
    else if (this.#cursor.skip("::")) {
      this.#cursor.take("<name>");
      this.#cursor.take("::");
    } else if (!this.#cursor.skip(";")) this.#callOrAssignment();
  }

  #do(line: number): void {
    this.#cursor.next();
    this.#body();
    this.#cursor.close("end", "do", line);
  }

  /** LuaJIT notices a `break` outside of a loop only where the function ends. */
  #checkBreaks(): void {
    if (this.#functions.at(-1)?.strayBreak) this.#cursor.failBefore("no loop to break");
  }

  #if(line: number): void {
    do {
      this.#cursor.next();
      this.#expressions.one();
      this.#cursor.take("then");
      this.#body();
    } while (this.#cursor.is("elseif"));
    if (this.#cursor.skip("else")) this.#body();
    this.#cursor.close("end", "if", line);
  }

  #while(line: number): void {
    this.#cursor.next();
    this.#expressions.one();
    this.#cursor.take("do");
    this.#loop(() => this.#body());
    this.#cursor.close("end", "while", line);
  }

  #repeat(line: number): void {
    this.#cursor.next();
    this.#scopes.within(() => {
      this.#loop(() => this.#block());
      this.#cursor.close("until", "repeat", line);
      this.#expressions.one();
    });
  }

  #for(line: number): void {
    this.#cursor.next();
    const names = [this.#cursor.take("<name>").text];
    if (this.#cursor.skip("=")) {
      this.#expressions.one();
      this.#cursor.take(",");
      this.#expressions.one();
      if (this.#cursor.skip(",")) this.#expressions.one();
    } else if (this.#cursor.is(",", "in")) {
      while (this.#cursor.skip(",")) names.push(this.#cursor.take("<name>").text);
      this.#cursor.take("in");
      this.#expressions.list();
    } else this.#cursor.fail("'=' or 'in' expected");
    this.#cursor.take("do");
    this.#scopes.within(() => {
      for (const name of names) this.#scopes.declare(name, undefined);
      this.#block();
    });
    this.#cursor.close("end", "for", line);
  }

  #namedFunction(): void {
    const { line } = this.#cursor.next();
    const name = this.#cursor.take("<name>").text;
    let plain = true;
    while (this.#cursor.skip(".")) {
      this.#cursor.take("<name>");
      plain = false;
    }
    const method = this.#cursor.skip(":");
    if (method) this.#cursor.take("<name>");
    if (plain && !method) this.#scopes.assign(name, "function");
    this.#function(line, method);
  }

  #local(): void {
    this.#cursor.next();
    if (this.#cursor.skip("function")) {
      this.#scopes.declare(this.#cursor.take("<name>").text, "function");
      this.#function(this.#cursor.token.line, false);
      return;
    }
    const names: string[] = [];
    do names.push(this.#cursor.take("<name>").text);
    while (this.#cursor.skip(","));
    const values = this.#cursor.skip("=") ? this.#expressions.list() : [];
    const open = values.at(-1)?.form === "call";
    for (const [index, name] of names.entries()) {
      const beyond: KnownType = open ? undefined : "nil";
      this.#scopes.declare(name, index < values.length ? values[index]?.type : beyond);
    }
  }

  #return(): void {
    this.#cursor.next();
    const values = this.#cursor.is("else", "elseif", "end", "until", "<eof>", ";")
      ? []
      : this.#expressions.list();
    if (this.#functions.length > 1) return;
    if (this.#scopes.depth > 1) this.#mayReturn = true;
    const [first] = values;
    this.#returned = first ? { values: 1, type: first.type } : { values: 0 };
  }

  #callOrAssignment(): void {
    const targets = [this.#expressions.suffixed()];
    if (targets[0]?.form === "call") return;
    while (this.#assignable(targets) && this.#cursor.skip(",")) targets.push(this.#expressions.suffixed());
    this.#cursor.take("=");
    const values = this.#expressions.list();
    for (const [index, { name }] of targets.entries()) {
      if (name !== undefined) this.#scopes.assign(name, values[index]?.type);
    }
  }

  #assignable(targets: Expression[]): true {
    if (targets.at(-1)?.form !== "variable") this.#cursor.fail("syntax error");
    return true;
  }

  #function(line: number, method: boolean): void {
    const open = { varargs: false, loops: 0, strayBreak: false };
    this.#functions.push(open);
    this.#scopes.within(() => {
      if (method) this.#scopes.declare("self", undefined);
      this.#cursor.take("(");
      while (!this.#cursor.is(")") || open.varargs) {
        if (this.#cursor.skip("...")) {
          open.varargs = true;
          break;
        }
        if (!this.#cursor.is("<name>")) this.#cursor.fail("<name> or '...' expected");
        this.#scopes.declare(this.#cursor.next().text, undefined);
        if (!this.#cursor.skip(",")) break;
        if (this.#cursor.is(")")) this.#cursor.fail("<name> or '...' expected");
      }
      this.#cursor.take(")");
      this.#block();
    });
    this.#cursor.close("end", "function", line);
    this.#checkBreaks();
    this.#functions.pop();
  }
}
