import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { parse } from "yaml";
import { repository } from "../../tools/repository.ts";

const require = createRequire(import.meta.url);
/** The built package and the same Pulumi that it uses. */
export const kubernetes: typeof import("pulumi-external-backends/kubernetes") = require("pulumi-external-backends/kubernetes");
export const pulumi: typeof import("@pulumi/pulumi") = require("@pulumi/pulumi");

/** An object as it would be sent to Kubernetes. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; namespace?: string; annotations?: Record<string, string>; labels?: object };
  [field: string]: unknown;
}

/** How {@link declare} runs a program. */
export interface DeclareOptions {
  config?: Record<string, string>;
  project?: string;
  preview?: boolean;
}

/** A resource, or what else is known when it is registered. */
export interface Registered {
  urn: import("@pulumi/pulumi").Output<string>;
}

/**
 * Runs a program with Pulumi's mocks and waits for every resource that it returns. Gives the objects that were
 * registered, and what was said about the others.
 */
export async function declare(
  program: () => Registered[] | Promise<Registered[]>,
  {
    config = { "apisix:ingressClassName": "apisix" },
    project = "test",
    preview = false,
  }: DeclareOptions = {},
): Promise<{ objects: KubernetesObject[]; errors: string[] }> {
  const objects: KubernetesObject[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        objects.push(inputs as KubernetesObject);
        return { id: name, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    project,
    "dev",
    preview,
  );
  pulumi.runtime.setAllConfig(config);
  const settled = await withoutUnhandledRejections(async () =>
    Promise.allSettled(
      (await program()).map(({ urn }) => (urn as unknown as { promise(): Promise<string> }).promise()),
    ),
  );
  return {
    objects: objects.map(plain),
    errors: settled.flatMap((result) =>
      result.status === "rejected" ? [String(result.reason.message)] : [],
    ),
  };
}

/** Pulumi rejects every output of a resource that cannot be registered; one of them is enough for a test. */
async function withoutUnhandledRejections<T>(action: () => Promise<T>): Promise<T> {
  const listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", () => undefined);
  try {
    const result = await action();
    await new Promise(setImmediate);
    return result;
  } finally {
    process.removeAllListeners("unhandledRejection");
    for (const listener of listeners) process.on("unhandledRejection", listener);
  }
}

const SECRET = "4dabf18193072939515e22adb298388d";

/** An object without the marks of secrets. */
function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, inner) =>
    typeof inner === "object" && inner !== null && SECRET in inner ? inner.value : inner,
  );
}

/** What is needed of a JSON schema in a CRD. */
export interface CrdSchema {
  type?: string;
  properties?: Record<string, CrdSchema>;
  items?: CrdSchema;
  additionalProperties?: boolean | CrdSchema;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
}

/** A CRD of the folder `test/schemas`. */
export interface Crd {
  kind: string;
  scope: "Cluster" | "Namespaced";
  schema: CrdSchema;
}

const folder = join(repository, "test", "schemas");

/** Every CRD that the tests have, by kind. */
export const crds: ReadonlyMap<string, Crd> = new Map(
  readdirSync(folder)
    .filter((file) => file.includes("-crd-"))
    .map((file) => {
      const { spec } = parse(readFileSync(join(folder, file), "utf8"));
      const crd = {
        kind: spec.names.kind,
        scope: spec.scope,
        schema: spec.versions[0].schema.openAPIV3Schema,
      };
      return [crd.kind, crd];
    }),
);

const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, useDefaults: true });
const validators = new Map<string, ValidateFunction>();

/** What the API server would say about an object; nothing when it takes it and drops no field. */
export function crdErrors(object: KubernetesObject): string[] {
  const crd = crds.get(object.kind);
  if (!crd) throw new Error(`There is no CRD of the kind ${object.kind}.`);
  const validator = validators.get(crd.kind) ?? ajv.compile(closed(crd.schema));
  validators.set(crd.kind, validator);
  validator(structuredClone(object));
  const errors = (validator.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
  const misplaced = crd.scope === "Cluster" && object.metadata.namespace !== undefined;
  return misplaced ? [...errors, "/metadata/namespace: the kind is cluster-scoped"] : errors;
}

/** The same schema in which a field that the API server would drop in silence is an error. */
function closed(schema: CrdSchema): CrdSchema {
  if (schema["x-kubernetes-preserve-unknown-fields"]) return schema;
  const { properties, items } = schema;
  const open = schema.additionalProperties !== undefined || properties === undefined;
  return {
    ...schema,
    ...(items ? { items: closed(items) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([key, inner]) => [key, closed(inner)]),
          ),
        }
      : {}),
    ...(open ? {} : { additionalProperties: false }),
  };
}
