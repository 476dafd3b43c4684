import { createRequire } from "node:module";
import type { ExternalBackendArgs } from "pulumi-external-backends";

const require = createRequire(import.meta.url);
/** The built package and the same Pulumi that it uses. */
export const {
  ExternalBackend,
  ExternalBackendError,
  apisix,
  kuma,
}: typeof import("pulumi-external-backends") = require("pulumi-external-backends");
export const pulumi: typeof import("@pulumi/pulumi") = require("@pulumi/pulumi");

/** A resource as it was registered. */
export interface Registered {
  /** Without Pulumi's prefix, as in `apisix:Route`, and `apisix.apache.org/v2:ApisixRoute`. */
  type: string;
  name: string;
  /** Without the hidden ones; secrets as `{ secret: VALUE }`. */
  inputs: Record<string, unknown>;
  /** The name of the resource's explicit provider. */
  provider: string | undefined;
}

/** What a program has declared, by type and name, and what it said went wrong after its end. */
export interface Declared {
  resources: Registered[];
  errors: string[];
}

/** Runs a program with Pulumi's mocks until everything is registered. */
export async function declare(program: () => void, preview = false): Promise<Declared> {
  const resources: Registered[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        resources.push({
          type: type.replace(/^.*dynamic\//, ""),
          name,
          inputs: withoutHidden(inputs),
          provider: provider === "" ? undefined : provider?.split("::").at(-2),
        });
        return {
          id: `${name}-id`,
          state: type.endsWith("apisix:Upstream") ? { ...inputs, upstreamId: name } : inputs,
        };
      },
      call: ({ inputs }) => inputs,
    },
    "project",
    "stack",
    preview,
  );
  pulumi.runtime.setAllConfig({ "apisix:ingressClassName": "apisix" });
  const errors = new Set<string>();
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", (reason) => errors.add(String((reason as Error).message)));
  try {
    program();
    await allRegistered().catch((error: Error) => errors.add(error.message));
    await new Promise(setImmediate);
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
  const visible = resources.filter(({ type }) => !/^(external-backends:|pulumi:providers:)/.test(type));
  // Pulumi registers in the order in which inputs become known.
  const order = ({ type, name }: Registered) => `${type} ${name}`;
  return { resources: visible.sort((a, b) => order(a).localeCompare(order(b))), errors: [...errors] };
}

/** What an ExternalBackend called "payments" makes. Fails when something goes wrong. */
export async function made(
  args: ExternalBackendArgs,
  options?: import("@pulumi/pulumi").ComponentResourceOptions,
): Promise<Registered[]> {
  const { resources, errors } = await declare(() => void new ExternalBackend("payments", args, options));
  if (errors.length > 0) throw new Error(errors.join("\n"));
  return resources;
}

/** `made`, as `{ "TYPE NAME": inputs }`. */
export async function madeByName(args: ExternalBackendArgs): Promise<Record<string, Registered["inputs"]>> {
  const resources = await made(args);
  return Object.fromEntries(resources.map(({ type, name, inputs }) => [`${type} ${name}`, inputs]));
}

/** Why an ExternalBackend called "payments" is refused at once. Fails when it is not, or when it registers something. */
export async function refusal(args: ExternalBackendArgs): Promise<string> {
  let message = "";
  const { resources } = await declare(() => {
    try {
      new ExternalBackend("payments", args);
    } catch (error) {
      if (!(error instanceof ExternalBackendError)) throw error;
      message = error.message;
    }
  });
  if (message === "" || resources.length > 0)
    throw new Error(`not refused; registered: ${JSON.stringify(resources)}`);
  return message;
}

/** What an output comes to. */
export function comesTo<T>(output: import("@pulumi/pulumi").Output<T>): Promise<T> {
  return (output as unknown as { promise(): Promise<T> }).promise();
}

/** Waits for every registration; a function that Pulumi's own runner calls and its types leave out. */
function allRegistered(): Promise<void> {
  return (pulumi.runtime as unknown as { waitForRPCs(): Promise<void> }).waitForRPCs();
}

const SECRET = "4dabf18193072939515e22adb298388d";

function withoutHidden(inputs: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(inputs), (key, value) => {
    if (key.startsWith("__")) return undefined;
    return typeof value === "object" && value !== null && SECRET in value ? { secret: value.value } : value;
  });
}
