import { quote } from "../quote.ts";
import { TemplateError } from "./lex.ts";
import { type Node, type Operand, parseTemplate } from "./parse.ts";

/** What a template sees. */
export interface TemplateData {
  fields: Record<string, unknown>;
  /** The name of its type in Go, for a struct, where an unknown field is an error; a map has none. */
  type?: string;
}

/** A function that a template may call; it may throw. */
export type TemplateFunction = (...values: unknown[]) => unknown;

/** Reads and executes a template of Go's package text/template; throws `TemplateError` with its words. */
export function renderTemplate(
  source: string,
  data: TemplateData,
  functions: Record<string, TemplateFunction> = {},
): string {
  const all = { ...builtin, ...functions };
  return new Renderer(source, data, all).render(parseTemplate(source, Object.keys(all)));
}

/** Whether a template can be read; throws `TemplateError` if not. */
export function checkTemplate(source: string, functions: string[]): void {
  parseTemplate(source, [...Object.keys(builtin), ...functions]);
}

const isTrue = (value: unknown): boolean => Boolean(value) && value !== "";

const builtin: Record<string, TemplateFunction> = {
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.includes(first),
  ne: (first, second) => first !== second,
  lt: (first, second) => Number(first) < Number(second),
  gt: (first, second) => Number(first) > Number(second),
  len: (value) => Buffer.byteLength(String(value)),
  print: (...values) => values.map(shown).join(""),
  println: (...values) => `${values.map(shown).join(" ")}\n`,
  printf: (format, ...values) => formatted(String(format), values),
  html: (...values) => values.map(shown).join(""),
  js: (...values) => values.map(shown).join(""),
  urlquery: (...values) => encodeURIComponent(values.map(shown).join("")),
  slice: (text, from = 0, to) => String(text).slice(Number(from), to === undefined ? undefined : Number(to)),
};

const shown = (value: unknown): string => (value === undefined ? "<no value>" : String(value));

function formatted(format: string, values: unknown[]): string {
  const left = [...values];
  return format.replaceAll(/%[-+ 0#]*\d*(?:\.\d+)?([a-zA-Z%])/g, (_all, verb: string) => {
    if (verb === "%") return "%";
    const value = left.shift();
    return verb === "q" ? quote(String(value)) : shown(value);
  });
}

class Renderer {
  readonly #source: string;
  readonly #data: TemplateData;
  readonly #functions: Record<string, TemplateFunction>;
  readonly #variables = new Map<string, unknown>();

  constructor(source: string, data: TemplateData, functions: Record<string, TemplateFunction>) {
    this.#source = source;
    this.#data = data;
    this.#functions = functions;
  }

  render(nodes: Node[]): string {
    return nodes.map((node) => this.#node(node)).join("");
  }

  #node(node: Node): string {
    if (node.kind === "text") return node.text;
    if (node.kind === "action") {
      const value = this.#value(node.pipeline);
      if (node.variable === undefined) return shown(value);
      this.#variables.set(node.variable, value);
      return "";
    }
    return this.render(isTrue(this.#value(node.condition)) ? node.body : node.otherwise);
  }

  #value(operand: Operand): unknown {
    switch (operand.kind) {
      case "constant":
        return operand.value;
      case "variable":
        return this.#variables.get(operand.name);
      case "field":
        return this.#field(operand);
      case "call":
        return this.#call(operand);
    }
  }

  #field(operand: Operand & { kind: "field" }): unknown {
    const [name, ...rest] = operand.names;
    const { fields, type } = this.#data;
    if (name === undefined) return fields;
    if (!Object.hasOwn(fields, name) && type !== undefined) {
      this.#fail(operand, `can't evaluate field ${name} in type ${type}`);
    }
    if (rest.length > 0) this.#fail(operand, `can't evaluate field ${rest[0]} in type string`);
    return fields[name];
  }

  #call(operand: Operand & { kind: "call" }): unknown {
    const values = operand.arguments.map((argument) => this.#value(argument));
    try {
      return this.#functions[operand.name]?.(...values);
    } catch (error) {
      if (error instanceof TemplateError || !(error instanceof Error)) throw error;
      this.#fail(operand, `error calling ${operand.name}: ${error.message}`);
    }
  }

  #fail({ position, source }: Operand, problem: string): never {
    const before = this.#source.slice(0, position);
    const line = before.split("\n").length;
    const column = position - (before.lastIndexOf("\n") + 1);
    throw new TemplateError(`template: :${line}:${column}: executing "" at <${source}>: ${problem}`);
  }
}
