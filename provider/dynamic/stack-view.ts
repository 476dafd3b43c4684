import * as pulumi from "@pulumi/pulumi";
import { canonical } from "../model/canonical.ts";
import { isObject, type Json, type JsonObject, UNKNOWN } from "../model/fields.ts";
import { fromKubernetes } from "../model/inventory/kubernetes.ts";
import { withUnknownTexts } from "../model/inventory/values.ts";
import { kindOf } from "../model/kinds.ts";
import type { Declared } from "../model/lints/facts.ts";
import { LINTS, lint } from "../model/lints/lints.ts";
import { markedPaths, withoutMarks } from "../model/marks.ts";
import { isEventual, isPlain } from "./eventual.ts";

/** What only a look at the running program tells of a resource. */
export interface Looked {
  /** Why it cannot work together with others, if so. */
  lint?: string;
  /** Where the program has marked something as secret. */
  secrets?: (string | number)[][];
  /** The arguments as they were written, as JSON text. */
  written: pulumi.Input<string>;
}

/** A run of a program, by its stack's resource: several may go on in one process. */
const views = new WeakMap<pulumi.Resource, StackView>();

/** Looks at a resource of the running program, once its arguments are there; nothing where it is not needed. */
export function look(
  type: string,
  name: string,
  provider: unknown,
  args: Record<string, unknown>,
  options: pulumi.CustomResourceOptions,
): Promise<Looked | undefined> | undefined {
  const stack = pulumi.runtime.getStackResource();
  // A program's own tests run without a stack.
  if (!stack) return undefined;
  const view = views.get(stack) ?? new StackView(stack);
  views.set(stack, view);
  const literal = options.dependsOn === undefined ? (literalPart(args) as JsonObject) : {};
  const arrival = view.add({ type, name, provider, literal }, args);
  // The errors are about the mesh, and what stands in the program as it is can be no secret.
  return type.startsWith("kuma:") || !isPlain(args) ? arrival : undefined;
}

/** An object of Kubernetes as lints see it: what it is called, whose it is, and its arguments without what is secret. */
export interface LookedObject {
  kind: string;
  title: string;
  name: string;
  provider: unknown;
  args: Promise<JsonObject>;
}

/** Looks at an object of the running program. Gives why it cannot work together with others, if so. */
export function lookAtObject(object: LookedObject): Promise<string | undefined> {
  const stack = pulumi.runtime.getStackResource();
  if (!stack) return Promise.resolve(undefined);
  const view = views.get(stack) ?? new StackView(stack);
  views.set(stack, view);
  return view.addObject(object);
}

/** The connection of all objects that say none; it is another one than that of the APIs' resources. */
const CLUSTER = {};

/**
 * Looks at the entries of a bundle, once they are there. Answers why they cannot work together with other resources, if so;
 * nothing is asked where no stack runs, as in a program's own tests.
 */
export async function lookAtEntries(arriving: Promise<Declared[]>): Promise<string | undefined> {
  const stack = pulumi.runtime.getStackResource();
  if (!stack) return undefined;
  const view = views.get(stack) ?? new StackView(stack);
  views.set(stack, view);
  return view.addEntries(arriving);
}

/** The resources of one run, and the lints over them. */
class StackView {
  /** In the order of the program; a place is empty until all of a resource's arguments have come. */
  readonly #declared: Declared[] = [];
  readonly #entries: Declared[] = [];
  readonly #arrivals: Promise<Looked | undefined>[] = [];
  readonly #ignored = ignoredLints();
  #turn: Promise<ReturnType<typeof lint>> | undefined;

  constructor(stack: pulumi.Resource) {
    // The run must not end before the warnings are out.
    const release = pulumi.runtime.rpcKeepAlive();
    this.#warnAtEnd(stack).catch(ignoreFailedProgram).finally(release);
  }

  add(what: Omit<Declared, "args">, args: Record<string, unknown>): Promise<Looked | undefined> {
    const place = this.#arrivals.length;
    const arrival = this.#arrive(place, what, args).catch(ignoreFailedInput);
    this.#arrivals.push(arrival);
    return arrival;
  }

  addObject({ kind, title, name, provider = CLUSTER, args }: LookedObject): Promise<string | undefined> {
    const place = this.#arrivals.length;
    const arrival = args.then((known) => {
      const [resource] = fromKubernetes(kind, known, name, () => undefined);
      if (!resource) return undefined;
      const { type } = resource;
      const said = withUnknownTexts(resource.args) as JsonObject;
      return this.#judge(place, { type, title, name, provider, args: canonical(kindOf(type), said) });
    });
    const quiet = arrival.catch(ignoreFailedInput);
    this.#arrivals.push(quiet.then(() => undefined));
    return quiet;
  }

  addEntries(arriving: Promise<Declared[]>): Promise<string | undefined> {
    const arrival = arriving.then(async (entries) => {
      const canonicals = entries.map((entry) => ({
        ...entry,
        args: canonical(kindOf(entry.type), entry.args),
      }));
      this.#entries.push(...canonicals);
      const own = new Set(canonicals);
      this.#turn ??= this.#errors();
      const found = (await this.#turn).filter(({ resources }) => resources.some((one) => own.has(one)));
      return found.length > 0 ? found.map(({ message }) => message).join("\n") : undefined;
    });
    this.#arrivals.push(arrival.then(() => undefined, ignoreFailedInput));
    return arrival.catch(ignoreFailedInput);
  }

  /** Waits for the arguments, as Pulumi does before it registers the resource. */
  async #arrive(place: number, what: Omit<Declared, "args">, args: Record<string, unknown>): Promise<Looked> {
    const wire = await pulumi.runtime.serializeProperties(what.name, args);
    const known = disclosed(wire) as JsonObject;
    const marked = markedPaths(wire);
    const text = JSON.stringify(withoutMarks(wire));
    const secrets = marked.length > 0 ? { secrets: marked, written: pulumi.secret(text) } : { written: text };
    const wrong = await this.#judge(place, { ...what, args: canonical(kindOf(what.type), known) });
    return wrong === undefined ? secrets : { ...secrets, lint: wrong };
  }

  /** Enters a resource, and gives why it cannot work together with others. */
  async #judge(place: number, declared: Declared): Promise<string | undefined> {
    this.#declared[place] = declared;
    if (!declared.type.startsWith("kuma:")) return undefined;
    this.#turn ??= this.#errors();
    const found = (await this.#turn).filter(({ resources }) => resources.includes(declared));
    return found.length > 0 ? found.map(({ message }) => message).join("\n") : undefined;
  }

  /** Once for all that arrive in the same turn of the event loop. */
  async #errors() {
    await new Promise((resolve) => setImmediate(resolve));
    this.#turn = undefined;
    return lint([...Object.values(this.#declared), ...this.#entries], "error", { ignored: this.#ignored });
  }

  /** What is missing shows only when the program has come to its end and all that it declared is known. */
  async #warnAtEnd(stack: pulumi.Resource): Promise<void> {
    const { outputs } = stack as pulumi.Resource & { outputs: pulumi.Output<unknown> };
    await pulumi.runtime.serializeProperties("stack", { outputs });
    for (let seen = 0; seen < this.#arrivals.length; ) {
      seen = this.#arrivals.length;
      await Promise.all(this.#arrivals);
    }
    for (const name of this.#ignored.filter((one) => !LINTS.some((known) => known.name === one))) {
      const known = LINTS.map((one) => one.name).join(", ");
      void pulumi.log.warn(`external-backends:ignoreLints: there is no lint "${name}"; there are ${known}.`);
    }
    const all = [...Object.values(this.#declared), ...this.#entries];
    const found = lint(all, "warning", { ignored: this.#ignored });
    for (const { message } of found) void pulumi.log.warn(message);
  }
}

/** The stack's configuration `external-backends:ignoreLints`: names as a list or with commas between them. */
function ignoredLints(): string[] {
  const given = new pulumi.Config("external-backends").get("ignoreLints") ?? "";
  return given.split(/[\s,[\]"]+/).filter((name) => name !== "");
}

/** Secrets, and references to resources, become unknown: a lint must not tell them. */
function disclosed(value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => disclosed(item));
  if (!isObject(value)) return value;
  if (pulumi.runtime.specialSigKey in value) return UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, disclosed(inner)]));
}

/** The arguments less all that is, or may be, made by another resource. */
function literalPart(value: unknown): Json {
  if (isEventual(value)) return null;
  if (Array.isArray(value)) return value.map(literalPart);
  if (!isObject(value))
    return ["string", "number", "boolean"].includes(typeof value) ? (value as Json) : null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, literalPart(inner)]));
}

/** Pulumi reports it, or the check of the resource does. */
function ignoreFailedInput(): undefined {
  return undefined;
}

/** Pulumi reports it. */
function ignoreFailedProgram(): void {}
