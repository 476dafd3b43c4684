import { onTestFinished, vi } from "vitest";
import { handler } from "../../provider/index.ts";
import type { JsonObject } from "../../provider/model/fields.ts";
import type { KumaSandbox } from "../../sandbox/kuma/index.ts";

/** What a state keeps of a resource. */
interface Saved {
  id: string;
  state: JsonObject;
}

/** One resource of a program, with the engine's part played by the test. */
export interface KumaResource {
  /** What is printed at the terminal from now on. */
  warnings: string[];
  /** The resource as its state has it. */
  saved(): Saved;
  /** Takes the place of `create`: a state of an older version or of another type. */
  startWith(saved: Partial<Saved>): void;
  /** The program's arguments from now on, or why they are refused. */
  check(args: JsonObject): Promise<string[]>;
  /** Makes the object. */
  create(): Promise<void>;
  /** Whether the next update would do something, and what it would replace. */
  diff(): Promise<{ changes: boolean; replaces: string[] }>;
  update(): Promise<void>;
  /** Removes the object. */
  remove(): Promise<void>;
  /** What a refresh finds: arguments that differ from the declared ones, if they do. */
  refresh(): Promise<JsonObject | undefined>;
}

/** A resource of a type such as `kuma:MeshTimeout` that is called `a`, at this control plane. */
export function kumaResource(
  type: string,
  kuma: KumaSandbox,
  config: Record<string, string> = {},
): KumaResource {
  const warnings: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => warnings.push(String(line)));
  onTestFinished(() => log.mockRestore());
  const configured = { "kuma:url": kuma.url, ...config };
  const lifecycle = () => {
    const made = handler(type);
    made.configure({ config: { get: (key) => configured[key as keyof typeof configured] } });
    return made;
  };
  let inputs: JsonObject = {};
  let id = "";
  let state: JsonObject = {};
  return {
    warnings,
    saved: () => ({ id, state }),
    startWith(saved) {
      ({ id = "", state = {} } = saved);
    },
    async check(args) {
      const __context = { name: "a", stack: "ours.prod", owner: "0123456789abcdef" };
      const checked = await lifecycle().check(state, { ...args, __context });
      if (checked.failures.length === 0) inputs = checked.inputs;
      return checked.failures.map(({ reason }) => reason);
    },
    async create() {
      const made = await lifecycle().create(inputs);
      id = made.id;
      state = made.outs;
    },
    async diff() {
      const { changes, replaces } = await lifecycle().diff(id, state, inputs);
      return { changes, replaces };
    },
    async update() {
      state = (await lifecycle().update(id, state, inputs)).outs;
    },
    remove: () => lifecycle().delete(id, state),
    async refresh() {
      const read = await lifecycle().read(id, state);
      state = read.props;
      return read.inputs;
    },
  };
}
