import { fail, type Piece, pieces, TemplateError, type Token } from "./lex.ts";

/** What an action computes with. */
export type Operand =
  | { kind: "field"; names: string[]; position: number; source: string }
  | { kind: "call"; name: string; arguments: Operand[]; position: number; source: string }
  | { kind: "constant"; value: unknown; position: number; source: string }
  | { kind: "variable"; name: string; position: number; source: string };

/** A part of a template. */
export type Node =
  | { kind: "text"; text: string }
  | { kind: "action"; pipeline: Operand; variable?: string }
  | { kind: "if" | "with"; condition: Operand; body: Node[]; otherwise: Node[] };

/** Reads a template that may call these functions; throws `TemplateError` with Go's words. */
export function parseTemplate(source: string, functions: string[]): Node[] {
  const parser = new Parser(source, functions);
  const { nodes, end } = parser.nodes();
  if (end) fail(source, end.position, `unexpected {{${end.word}}}`);
  return nodes;
}

class Parser {
  readonly #source: string;
  readonly #functions: string[];
  readonly #pieces: Piece[];
  #tokens: Token[] = [];

  constructor(source: string, functions: string[]) {
    this.#source = source;
    this.#functions = functions;
    this.#pieces = pieces(source);
  }

  /** Nodes up to the end, or up to an `end` or `else`, which is given back. */
  nodes(): { nodes: Node[]; end?: { word: string; position: number } } {
    const nodes: Node[] = [];
    for (let piece = this.#pieces.shift(); piece; piece = this.#pieces.shift()) {
      if ("text" in piece) {
        nodes.push({ kind: "text", text: piece.text });
        continue;
      }
      this.#tokens = piece.tokens;
      const [first] = this.#tokens;
      if (!first) fail(this.#source, piece.position, "missing value for command");
      if (first.kind === "word" && (first.value === "end" || first.value === "else")) {
        this.#tokens.shift();
        return { nodes, end: { word: first.value, position: piece.position } };
      }
      nodes.push(this.#action(first));
    }
    return { nodes };
  }

  #action(first: Token): Node {
    if (first.kind === "word" && (first.value === "if" || first.value === "with")) {
      this.#tokens.shift();
      return this.#branch(first.value);
    }
    const [, assignment] = this.#tokens;
    if (first.kind === "variable" && (assignment?.value === ":=" || assignment?.value === "=")) {
      this.#tokens.splice(0, 2);
      return { kind: "action", variable: first.value, pipeline: this.#whole("command") };
    }
    return { kind: "action", pipeline: this.#whole("command") };
  }

  #branch(kind: "if" | "with"): Node {
    const condition = this.#whole(kind);
    const body = this.nodes();
    if (!body.end) fail(this.#source, this.#source.length, "unexpected EOF");
    if (body.end.word === "end") return { kind, condition, body: body.nodes, otherwise: [] };
    const [next] = this.#tokens;
    if (next?.value === "if" || next?.value === "with") {
      this.#tokens.shift();
      return { kind, condition, body: body.nodes, otherwise: [this.#branch(next.value)] };
    }
    const otherwise = this.nodes();
    if (otherwise.end?.word !== "end") fail(this.#source, this.#source.length, "unexpected EOF");
    return { kind, condition, body: body.nodes, otherwise: otherwise.nodes };
  }

  #whole(place: string): Operand {
    const pipeline = this.#pipeline(place);
    const [left] = this.#tokens;
    checkProblem(left);
    if (left) fail(this.#source, left.position, `unexpected ${describe(left)} in operand`);
    return pipeline;
  }

  #pipeline(place: string): Operand {
    let result = this.#command(place);
    while (this.#tokens[0]?.value === "|") {
      const pipe = this.#tokens.shift();
      // A pipe into nothing is no mistake.
      const after = this.#tokens.at(0)?.value;
      if (after === undefined || after === ")") break;
      const next = this.#command(place);
      if (next.kind !== "call") {
        fail(this.#source, pipe?.position ?? 0, "non executable command in pipeline stage 2");
      }
      result = { ...next, arguments: [...next.arguments, result] };
    }
    return result;
  }

  #command(place: string): Operand {
    const first = this.#operand();
    const [wrong] = this.#tokens;
    checkProblem(wrong);
    if (!first && wrong) fail(this.#source, wrong.position, `unexpected ${describe(wrong)} in ${place}`);
    if (!first) fail(this.#source, this.#source.length, `missing value for ${place}`);
    const given: Operand[] = [];
    for (let next = this.#operand(); next; next = this.#operand()) given.push(next);
    if (given.length === 0) return first;
    if (first.kind !== "call") {
      fail(this.#source, first.position, `can't give argument to non-function ${first.source}`);
    }
    const source = [first, ...given].map((each) => each.source).join(" ");
    return { ...first, arguments: given, source };
  }

  #operand(): Operand | undefined {
    const [token] = this.#tokens;
    if (!token || token.kind === "problem" || (token.kind === "sign" && token.value !== "("))
      return undefined;
    this.#tokens.shift();
    const { value, position } = token;
    const source = value;
    if (token.kind === "field") {
      const names = value.split(".").slice(1).filter(Boolean);
      // Of several fields in a row the second is where they are told to be.
      const place = names.length > 1 ? position + 1 + (names[0] ?? "").length : position;
      return { kind: "field", names, position: place, source };
    }
    if (token.kind === "variable") return { kind: "variable", name: value, position, source };
    if (token.kind === "text") return { kind: "constant", value: unquoted(value), position, source };
    if (token.kind === "number") return { kind: "constant", value: Number(value), position, source };
    if (token.kind === "sign") return this.#parentheses(position);
    if (value === "true" || value === "false") {
      return { kind: "constant", value: value === "true", position, source };
    }
    if (!this.#functions.includes(value)) fail(this.#source, position, `function "${value}" not defined`);
    return { kind: "call", name: value, arguments: [], position, source };
  }

  #parentheses(position: number): Operand {
    const inside = this.#pipeline("parenthesized pipeline");
    if (this.#tokens.shift()?.value !== ")") fail(this.#source, position, "unclosed left paren");
    return { ...inside, source: `(${inside.source})` };
  }
}

/** Tells what was wrong where a token should be. */
function checkProblem(token: Token | undefined): void {
  if (token?.kind === "problem") throw new TemplateError(token.value);
}

const describe = ({ kind, value }: Token): string => (kind === "word" ? `<${value}>` : JSON.stringify(value));

function unquoted(text: string): string {
  return text.startsWith("`") ? text.slice(1, -1) : String(JSON.parse(text));
}
