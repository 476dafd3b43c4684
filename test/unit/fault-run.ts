import { BackendError } from "../../provider/errors.ts";
import type { JsonObject } from "../../provider/fields.ts";
import type { Lifecycle } from "../../provider/lifecycle.ts";
import type { Intercept } from "../../sandbox/apisix/index.ts";
import { type FaultName, faults } from "../../sandbox/faults.ts";
import { CREDENTIAL, type FaultyServer, REQUEST_TIMEOUT } from "./fault-servers.ts";

type Method = string | undefined;
const isWrite = (method: Method) => method !== "GET";
const always = () => true;

/** What is done while the fault lasts, and which of its requests meet the fault. */
export const operations = {
  create: { verb: "create", meets: always },
  "create, writes only": { verb: "create", meets: isWrite },
  "create, from the write on": {
    verb: "create",
    meets: (method: Method, before: readonly Method[]) => [...before, method].some(isWrite),
  },
  "create over a foreign object": { verb: "create", meets: always },
  read: { verb: "read", meets: always },
  update: { verb: "update", meets: always },
  "update, writes only": { verb: "update", meets: isWrite },
  delete: { verb: "delete", meets: always },
  "delete, writes only": { verb: "delete", meets: isWrite },
} as const;

/** The name of an operation in the table. */
export type Operation = keyof typeof operations;
/** The name of a fault in the table. */
export type Fault = FaultName | "connection refused";
type Verb = "create" | "read" | "update" | "delete";

/** A case of the table. */
export interface Outcome {
  server: string;
  fault: Fault;
  operation: Operation;
  /** While the fault lasted: `done`, the code of our error, or `believed`: called done, and it was not. */
  during: string;
  /** When the fault was gone and the engine had gone on: `as declared`, or what is wrong. */
  after: string;
  /** The promises that did not hold. */
  broken: string[];
}

/** What the engine does with one resource, in as many processes as there are calls. */
class Resource {
  state: { id: string; outs: JsonObject } | undefined;

  async up(lifecycle: Lifecycle, inputs: JsonObject): Promise<void> {
    if (!this.state) this.state = await lifecycle.create(inputs);
    else if (await this.differs(lifecycle, inputs)) {
      const { id, outs } = this.state;
      this.state = { id, ...(await lifecycle.update(id, outs, inputs)) };
    }
  }

  async refresh(lifecycle: Lifecycle): Promise<void> {
    if (!this.state) return;
    const { id, props } = await lifecycle.read(this.state.id, this.state.outs);
    this.state = id === "" ? undefined : { id, outs: props };
  }

  async destroy(lifecycle: Lifecycle): Promise<void> {
    if (this.state) await lifecycle.delete(this.state.id, this.state.outs);
    this.state = undefined;
  }

  async differs(lifecycle: Lifecycle, inputs: JsonObject): Promise<boolean> {
    return !this.state || (await lifecycle.diff(this.state.id, this.state.outs, inputs)).changes;
  }

  run(verb: Verb, lifecycle: Lifecycle, inputs: JsonObject): Promise<void> {
    if (verb === "read") return this.refresh(lifecycle);
    return verb === "delete" ? this.destroy(lifecycle) : this.up(lifecycle, inputs);
  }
}

let count = 0;

/** Does one operation under one fault, then what the engine would do next without it. */
export async function runCase(
  server: FaultyServer,
  fault: Fault,
  operation: Operation,
  closedUrl: string,
): Promise<Outcome> {
  const name = `object-${++count}`;
  const { verb, meets } = operations[operation];
  const taken = operation === "create over a foreign object";
  const foreign = taken ? [name, `${name}-foreign`] : [`${name}-foreign`];
  for (const each of foreign) server.placeForeign(each);
  const foreignObjects = () => JSON.stringify(foreign.map(server.stored));
  const before = foreignObjects();
  const resource = new Resource();
  if (verb !== "create") await resource.up(server.lifecycle(), await server.inputs(name, 1));
  const inputs = await server.inputs(name, verb === "update" ? 2 : 1);
  const isTrue = async () => {
    if (verb === "delete") return server.stored(name) === undefined;
    const copy = Object.assign(new Resource(), { state: resource.state });
    await copy.refresh(server.lifecycle());
    return !(await copy.differs(server.lifecycle(), inputs));
  };

  const broken: string[] = [];
  const lifecycle = server.lifecycle(fault === "connection refused" ? closedUrl : undefined);
  if (fault !== "connection refused") server.break(name, only(faults[fault], meets));
  const begin = performance.now();
  const error = await failureOf(resource.run(verb, lifecycle, inputs));
  const seconds = (performance.now() - begin) / 1000;
  server.break(name, undefined);
  // An operation is three calls at most: the look, the write, and the look after a lost answer.
  if (seconds > 3 * REQUEST_TIMEOUT + 1) broken.push(`took ${seconds.toFixed(1)} s`);
  if (error) broken.push(...flawsOf(error, verb, name));
  if (verb === "read" && !resource.state) broken.push("a read called it gone");
  const during = error ? codeOf(error) : (await isTrue()) ? "done" : "believed";

  let after = "as declared";
  try {
    // What was believed shows at a refresh.
    if (during === "believed") await resource.refresh(server.lifecycle());
    const next = await failureOf(resource.run(verb, server.lifecycle(), inputs));
    if (taken ? codeOf(next) !== "ALREADY_EXISTS" : next) after = String(next?.message ?? "was taken over");
    else if (!taken && !(await isTrue())) after = "not as declared";
    if (!taken) {
      await resource.refresh(server.lifecycle());
      await resource.destroy(server.lifecycle());
      if (after === "as declared" && server.stored(name)) after = "left behind";
    }
  } catch (problem) {
    after = (problem as Error).message;
  }
  if (foreignObjects() !== before) broken.push("touched a foreign object");
  return { server: server.product, fault, operation, during, after, broken };
}

/** The fault for those requests of an object that are to meet it. */
function only(fault: Intercept, meets: (method: Method, before: readonly Method[]) => boolean): Intercept {
  const before: Method[] = [];
  return (request, response) => {
    const met = meets(request.method, before);
    before.push(request.method);
    return met && fault(request, response);
  };
}

async function failureOf(work: Promise<unknown>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function codeOf(error: Error | undefined): string {
  return error instanceof BackendError ? error.kind : String(error);
}

/** What is wrong with an error that a person is to read. */
function flawsOf(error: Error, verb: Verb, name: string): string[] {
  if (!(error instanceof BackendError)) return [`is no error of ours: ${error.stack}`];
  const { message, stack } = error;
  const flaws = [
    [
      new RegExp(`^Could not ${verb} .*${name}" at |^The .*${name}" `).test(message),
      "does not say what was done",
    ],
    [message.endsWith(`[${error.kind}]`), "ends without its code"],
    [!/<|\n/.test(message), "shows markup or lines"],
    [!message.includes(CREDENTIAL), "shows the credential"],
    [stack === "", "has a stack"],
  ] as const;
  return flaws.filter(([holds]) => !holds).map(([, flaw]) => `${flaw}: ${message}`);
}
