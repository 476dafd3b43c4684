import { BundleHandler } from "../../provider/dynamic/bundle-handler.ts";
import {
  type Entry,
  entriesOf,
  entriesTextIn,
  specificKind,
  textOf,
} from "../../provider/model/bundle/entries.ts";
import { bundleOf } from "../../provider/model/bundle/types.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import { markedPaths, withoutMarks } from "../../provider/model/marks.ts";
import { secretPathsOf } from "../../provider/model/secret-fields.ts";
import type { ApisixSandbox, Intercept } from "../../sandbox/apisix/index.ts";

/** What an operation did. */
export interface Run {
  /** What was refused by the check. */
  problems: string[];
  /** `same`, `create` or `update`. */
  what: string;
  /** The reasons of a failure that left something in the state. */
  reasons: string[];
}

/** A stack with one bundle, whose engine is played here; the state is what an engine would keep. */
export class BundleStack {
  state: { id: string; inputs: JsonObject; outputs: JsonObject } | undefined;
  readonly #type: string;
  readonly #config: Record<string, unknown>;
  readonly #owner: string;

  constructor(type: string, config: Record<string, unknown>, owner = "0123456789abcdef") {
    this.#type = type;
    this.#config = config;
    this.#owner = owner;
  }

  /** A process of its own for each operation. */
  #process(): BundleHandler {
    const bundle = bundleOf(this.#type);
    if (!bundle) throw new Error(`no bundle ${this.#type}`);
    const handler = new BundleHandler(bundle);
    handler.configure({ config: { get: (key) => this.#config[key] } });
    return handler;
  }

  /** What the class hands over; secrets are marked as in Pulumi's wire format. */
  given(tables: object, isPreview: boolean, more: JsonObject & { ignore?: string[] } = {}): JsonObject {
    const { ignore, ...inputs } = more;
    const bundle = bundleOf(this.#type);
    if (!bundle) throw new Error(`no bundle ${this.#type}`);
    const { entries, problems } = entriesOf(bundle, withoutMarks(tables), markedPaths(tables));
    const apart = entries.map(
      (entry): Entry => ({
        ...entry,
        secrets: [...entry.secrets, ...secretPathsOf(specificKind(entry).schema, entry.args)],
      }),
    );
    const text = textOf(apart);
    return {
      ...inputs,
      __entries: problems.length > 0 ? JSON.stringify(tables) : text.entries,
      ...(text.secrets === undefined ? {} : { __secrets: text.secrets }),
      __context: { owner: this.#owner, stack: "ours.prod", isPreview, ...(ignore ? { ignore } : {}) },
    };
  }

  /** `pulumi preview` of a program with these entries. */
  async preview(tables: object, more: JsonObject & { ignore?: string[] } = {}): Promise<Run> {
    const process = this.#process();
    const given = this.given(tables, true, more);
    const { inputs, failures } = await process.check(this.state?.inputs ?? {}, given);
    if (failures.length > 0)
      return { problems: failures.map(({ reason }) => reason), what: "refused", reasons: [] };
    const what = await this.#what(process, inputs);
    return { problems: [], what, reasons: [] };
  }

  /** `pulumi up` of a program with these entries. */
  async up(tables: object, more: JsonObject & { ignore?: string[] } = {}): Promise<Run> {
    const process = this.#process();
    const given = this.given(tables, false, more);
    const { inputs: checked, failures } = await process.check(this.state?.inputs ?? {}, given);
    if (failures.length > 0)
      return { problems: failures.map(({ reason }) => reason), what: "refused", reasons: [] };
    const inputs = unmarked(checked);
    const what = await this.#what(process, inputs);
    try {
      if (what === "same") {
        if (this.state) this.state = { ...this.state, inputs };
      } else if (this.state) {
        const { outs } = await process.update(this.state.id, this.state.outputs, inputs);
        this.state = { ...this.state, inputs, outputs: unmarked(outs) };
      } else {
        const { id, outs } = await process.create(inputs);
        this.state = { id, inputs, outputs: unmarked(outs) };
      }
      this.#isFailed = false;
    } catch (error) {
      const failure = error as { id?: string; properties?: JsonObject; reasons?: string[] };
      if (failure.id === undefined || !failure.properties) throw error;
      this.state = { id: failure.id, inputs, outputs: unmarked(failure.properties) };
      this.#isFailed = true;
      return { problems: [], what, reasons: failure.reasons ?? [] };
    }
    return { problems: [], what, reasons: [] };
  }

  #isFailed = false;

  async #what(process: BundleHandler, inputs: JsonObject): Promise<string> {
    if (!this.state) return "create";
    const { changes } = await process.diff(this.state.id, this.state.outputs, unmarked(inputs));
    // What failed is written again, whatever differs.
    return changes || this.#isFailed ? "update" : "same";
  }

  /** `pulumi refresh`. */
  async refresh(): Promise<void> {
    if (!this.state) return;
    const { id, inputs, outputs } = this.state;
    const found = await this.#process().read(id, outputs);
    this.state =
      found.id === ""
        ? undefined
        : { id, outputs: unmarked(found.props), inputs: found.inputs ? unmarked(found.inputs) : inputs };
  }

  /** `pulumi destroy`. */
  async destroy(): Promise<void> {
    if (!this.state) return;
    await this.#process().delete(this.state.id, this.state.outputs);
    this.state = undefined;
  }

  /** The entries of the state, as they can be read there. */
  entries(from: "inputs" | "outputs" = "outputs"): Record<string, Record<string, JsonObject>> {
    return JSON.parse(entriesTextIn(this.state?.[from] ?? {}) ?? "{}");
  }
}

/** As the engine hands secrets over: in clear. */
function unmarked(values: JsonObject): JsonObject {
  return withoutMarks(values) as JsonObject;
}

/** So many upstreams, services and routes that refer to each other by their keys. */
export function tables(count: number, route: (n: number) => object = () => ({}), name = "x") {
  const each = (make: (n: number) => object) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, make(n)]));
  return {
    routes: each((n) => ({ uri: "/*", serviceId: `${name}${n}`, ...route(n) })),
    services: each((n) => ({ hosts: [`${name}${n}.example`], upstreamId: `${name}${n}` })),
    upstreams: each(() => ({ nodes: [{ host: "b.example", port: 80, weight: 1 }] })),
  };
}

/** What was sent to a gateway while `action` ran, as `PUT routes/x0`. */
export async function requestsDuring(
  { requests }: ApisixSandbox,
  action: () => Promise<unknown>,
): Promise<string[]> {
  const from = requests.length;
  await action();
  return requests.slice(from).map(({ method, path }) => `${method} ${path.replace("/apisix/admin/", "")}`);
}

/** Refuses the writes of these objects as a server would. */
export const refusing =
  (...names: string[]): Intercept =>
  (request, response) => {
    if (request.method === "GET" || !names.some((name) => request.url?.endsWith(`/${name}`))) return false;
    response.writeHead(400, { "content-type": "application/json" });
    response.end(JSON.stringify({ error_msg: "not on a Friday" }));
    return true;
  };
