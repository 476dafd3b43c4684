import type { JsonObject } from "../../provider/model/fields.ts";
import type { Intercept } from "../../sandbox/apisix/index.ts";
import { type FaultName, faults } from "../../sandbox/faults.ts";
import { CREDENTIAL, type FaultyServer } from "./fault-servers.ts";
import type { Provider } from "./provider-process.ts";

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

/** Under these a call waits for its deadline, and costs nothing but time. */
export const WAITS = /silence|without end|with Retry-After/;
/** Seconds that it may wait: less than three heeded Retry-Afters take, more than a busy machine needs for an answer. */
export const IMPATIENT = 8;

/** The name of an operation in the table. */
export type Operation = keyof typeof operations;
/** The name of a fault in the table. */
export type Fault = FaultName | "connection refused";
/** What an operation does. */
export type Verb = "create" | "read" | "update" | "delete";

/** A server, and the processes of the operations before, under and after a fault. */
export interface Place {
  server: FaultyServer;
  before: Provider;
  during(fault: Fault): Provider;
  after: Provider;
}

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

/** What the engine does with one resource. */
class Resource {
  state: { id: string; outs: JsonObject } | undefined;

  async up(provider: Provider, given: JsonObject): Promise<void> {
    const inputs = await checked(provider, given);
    if (!this.state) this.state = await provider.create(inputs);
    else if (await this.differs(provider, inputs)) {
      const { id, outs } = this.state;
      this.state = { id, ...(await provider.update(id, outs, inputs)) };
    }
  }

  async refresh(provider: Provider): Promise<void> {
    if (!this.state) return;
    const { id, props } = await provider.read(this.state.id, this.state.outs);
    this.state = id === "" ? undefined : { id, outs: props };
  }

  async destroy(provider: Provider): Promise<void> {
    if (this.state) await provider.delete(this.state.id, this.state.outs);
    this.state = undefined;
  }

  async differs(provider: Provider, inputs: JsonObject): Promise<boolean> {
    return !this.state || (await provider.diff(this.state.id, this.state.outs, inputs)).changes;
  }

  run(verb: Verb, provider: Provider, given: JsonObject): Promise<void> {
    if (verb === "read") return this.refresh(provider);
    return verb === "delete" ? this.destroy(provider) : this.up(provider, given);
  }
}

async function checked(provider: Provider, given: JsonObject): Promise<JsonObject> {
  const { inputs, failures } = await provider.check({}, given);
  if (failures.length > 0) throw new Error(failures.map(({ reason }) => reason).join("\n"));
  return inputs;
}

let count = 0;

/** All operations of one resource, so that what follows finds everything loaded. */
export async function warmUp(provider: Provider, server: FaultyServer): Promise<void> {
  const name = `object-${++count}`;
  const resource = new Resource();
  await resource.up(provider, server.given(name, 1));
  await resource.up(provider, server.given(name, 2));
  await resource.refresh(provider);
  await resource.destroy(provider);
}

/** Does one operation under one fault, then what the engine would do next without it. */
export async function runCase(place: Place, fault: Fault, operation: Operation): Promise<Outcome> {
  const { server, before, after } = place;
  const name = `object-${++count}`;
  const { verb, meets } = operations[operation];
  const taken = operation === "create over a foreign object";
  const foreign = taken ? [name, `${name}-foreign`] : [`${name}-foreign`];
  for (const each of foreign) server.placeForeign(each);
  const foreignObjects = () => JSON.stringify(foreign.map(server.stored));
  const untouched = foreignObjects();
  const resource = new Resource();
  if (verb !== "create") await resource.up(before, server.given(name, 1));
  const given = server.given(name, verb === "update" ? 2 : 1);
  const isTrue = async () => {
    if (verb === "delete") return server.stored(name) === undefined;
    const copy = Object.assign(new Resource(), { state: resource.state });
    await copy.refresh(after);
    return !(await copy.differs(after, await checked(after, given)));
  };

  const broken: string[] = [];
  if (fault !== "connection refused") server.break(name, only(faults[fault], meets));
  const error = await failureOf(resource.run(verb, place.during(fault), given));
  server.break(name, undefined);
  if (error) broken.push(...flawsOf(error, verb, name));
  if (verb === "read" && !resource.state) broken.push("a read called it gone");
  const said = error ? codeOf(error) : (await isTrue()) ? "done" : "believed";

  let end = "as declared";
  try {
    // What was believed shows at a refresh.
    if (said === "believed") await resource.refresh(after);
    const next = await failureOf(resource.run(verb, after, given));
    if (taken ? !next || codeOf(next) !== "ALREADY_EXISTS" : next) end = next?.details ?? "was taken over";
    else if (!taken && !(await isTrue())) end = "not as declared";
    if (!taken) {
      await resource.refresh(after);
      await resource.destroy(after);
      if (end === "as declared" && server.stored(name)) end = "left behind";
    }
  } catch (problem) {
    end = (problem as Error).message;
  }
  if (foreignObjects() !== untouched) broken.push("touched a foreign object");
  return { server: server.product, fault, operation, during: said, after: end, broken };
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

/** What the engine gets of an error, over gRPC. */
interface Failure {
  details: string;
}

async function failureOf(work: Promise<unknown>): Promise<Failure | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    const { details, message, stack } = error as Partial<Failure> & Error;
    return { details: details ?? stack ?? message };
  }
}

function codeOf({ details }: Failure): string {
  return /\[([A-Z_]+)\]$/.exec(details)?.[1] ?? `no error of ours: ${details}`;
}

/** What is wrong with an error that a person is to read. */
function flawsOf({ details }: Failure, verb: Verb, name: string): string[] {
  const flaws = [
    [
      new RegExp(`^Could not ${verb} .*${name}" at |^The .*${name}" `).test(details),
      "does not say what was done",
    ],
    [/ \[[A-Z_]+\]$/.test(details), "ends without its code"],
    [!/<|\n/.test(details), "shows markup, or more than a line"],
    [!details.includes(CREDENTIAL), "shows the credential"],
  ] as const;
  return flaws.filter(([holds]) => !holds).map(([, flaw]) => `${flaw}: ${details}`);
}
