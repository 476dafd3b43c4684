import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { handlerText, kindOf } from "../model/kinds.ts";
import { isPlain } from "./eventual.ts";
import { providerFor } from "./provider.ts";
import { type Looked, look } from "./stack-view.ts";

/**
 * What every resource of this package has in common: it hands its arguments and its type to the provider process,
 * together with hidden inputs: the line that loads the provider's code, the hash that says whose the object is, and, for
 * `check` only, the resource's name and the stack's, why it cannot work with the stack's other resources, and which
 * arguments are marked as secret.
 */
export abstract class ServerResource extends pulumi.CustomResource {
  protected constructor(
    type: string,
    name: string,
    args: Record<string, unknown> | undefined,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const kind = kindOf(type);
    const token = `pulumi-nodejs:dynamic/${type}`;
    const identity = kind.identity.at(-1) ?? "";
    for (const key of ["id", "urn"]) {
      if (args && key in args)
        throw new Error(`${type} "${name}": "${key}" is no argument; the id is given as ${identity}.`);
    }
    if (options.import !== undefined) throw new Error(importRefused(type, name));
    // The outputs that the classes declare. Each further one costs Pulumi time with every resource.
    const declared = kind.identity.map((field) => [field, undefined]);
    const get = options.id !== undefined;
    const connected = providerFor(kind.dialect, `${type} "${name}"`, options);
    super(
      token,
      name,
      {
        ...Object.fromEntries(declared),
        ...args,
        __provider: handlerText(type),
        ...(get
          ? {}
          : {
              __context: contextOf(
                ownerOf(token, name, options.parent),
                {
                  ...(args?.[identity] === undefined ? { name } : {}),
                  ...(options.ignoreChanges?.length ? { ignored: options.ignoreChanges } : {}),
                },
                args ?? {},
                look(type, name, connected.provider, args ?? {}, options),
              ),
            }),
      },
      connected,
    );
    warnOfOptions(`${type} "${name}"`, options);
  }
}

/** Says which options of a resource, such as `apisix:Route "payments"`, come to nothing. */
export function warnOfOptions(resource: string, options: pulumi.CustomResourceOptions): void {
  // Not at the resource: what is said there waits until it is registered, and is lost where that fails.
  if (options.replaceOnChanges?.length) {
    void pulumi.log.warn(
      `${resource}: replaceOnChanges has no effect on dynamic resources of Pulumi, which cannot say which fields change.`,
    );
  }
  if (options.customTimeouts) {
    void pulumi.log.warn(
      `${resource}: customTimeouts do not reach dynamic resources; set requestTimeout (seconds) on the provider instead.`,
    );
  }
}

/** What `check` is told beside the arguments, in one hidden input: Pulumi makes a dozen promises for each input. */
function contextOf(
  owner: string | Promise<string>,
  options: { name?: string; ignored?: string[] },
  args: Record<string, unknown>,
  looked: Promise<Looked | undefined> | undefined,
): pulumi.Input<object> {
  const context = { ...options, stack: stackLabel(pulumi.getProject(), pulumi.getStack()) };
  const written = isPlain(args) ? { written: JSON.stringify(args) } : {};
  if (typeof owner === "string" && looked === undefined) return { ...context, ...written, owner };
  return Promise.all([owner, looked]).then(([hash, found]) => ({
    ...context,
    ...written,
    ...found,
    owner: hash,
  }));
}

/** A hash over organisation and URN. With a parent a promise: an output would make the resource wait for itself. */
export function ownerOf(
  token: string,
  name: string,
  parent: pulumi.Resource | undefined,
): string | Promise<string> {
  const hash = (urn: string) =>
    createHash("sha256").update(`${organization()}/${urn}`).digest("hex").slice(0, 16);
  if (!parent) return hash(`urn:pulumi:${pulumi.getStack()}::${pulumi.getProject()}::${token}::${name}`);
  return new Promise((resolve) => pulumi.createUrn(name, token, parent).apply((urn) => resolve(hash(urn))));
}

/** The organisation; with the mocks of a program's tests there usually is none. */
function organization(): string {
  try {
    return pulumi.getOrganization();
  } catch {
    return "";
  }
}

/** PROJECT.STACK as a label's value: letters, digits, `-`, `_` and `.`, at most 63, first and last a letter or digit. */
export function stackLabel(project: string, stack: string): string {
  return `${project}.${stack}`
    .replace(/[^A-Za-z0-9\-_.]/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

export function importRefused(type: string, name: string): string {
  return (
    `${type} "${name}": the option import does not work for dynamic resources of Pulumi. ` +
    `To take over what exists at the server, declare it and set adopt: true; to read it only, use ${type.split(":")[1]}.get("${name}", id).`
  );
}
