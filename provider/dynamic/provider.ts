import * as pulumi from "@pulumi/pulumi";
import type { DialectName } from "../model/dialect.ts";

/** A credential: the text itself, or where the run finds it, which never stands in the state and may be rotated at any time. */
export type Credential = pulumi.Input<string> | { env: string } | { file: string };

/** TLS towards a server. Certificates and keys as PEM texts. */
export interface TlsArgs {
  /** CA that signs the server's certificate, instead of the system's. */
  caCert?: pulumi.Input<string> | undefined;
  /** Client certificate, with `clientKey`. */
  clientCert?: pulumi.Input<string> | undefined;
  /** Private key of the client certificate. Secret. */
  clientKey?: pulumi.Input<string> | undefined;
  /** Name in the server's certificate, if it is not the URL's host. */
  serverName?: pulumi.Input<string> | undefined;
  /** Believes whoever answers. Every run warns. */
  insecureSkipVerify?: pulumi.Input<boolean> | undefined;
}

/** What both providers take. */
export interface ConnectionArgs {
  /** TLS towards the server. */
  tls?: pulumi.Input<TlsArgs> | undefined;
  /** Further headers of every request, for a proxy in front. Secret. */
  headers?: pulumi.Input<{ [name: string]: pulumi.Input<string> }> | undefined;
  /** Seconds for one call with its repetitions. Default: 30. */
  requestTimeout?: pulumi.Input<number> | undefined;
  /** Connections at the same time. Default: 10. */
  maxConcurrency?: pulumi.Input<number> | undefined;
  /** Takes resources as deleted, with a warning, when the server cannot be reached any more (a deleted zone). Default: false. */
  deleteUnreachable?: pulumi.Input<boolean> | undefined;
  /** Goes before ids and names that are made from the resource's name, for several stacks on one server. */
  idPrefix?: pulumi.Input<string> | undefined;
  /**
   * What previews check with: `server` asks the server for its own schemas, for what is there and for what is referred to,
   * each once per operation, and goes on with a warning when it does not answer within 3 seconds; `local` makes no
   * request. Default: `server`.
   */
  validation?: pulumi.Input<"server" | "local"> | undefined;
}

/** A server's connection as a Pulumi provider. Both kinds are of Pulumi's package `pulumi-nodejs`, so each says its own. */
export abstract class ServerProvider extends pulumi.ProviderResource {
  protected constructor(
    dialect: DialectName,
    name: string,
    known: readonly string[],
    credential: string,
    args: Record<string, unknown>,
    options: pulumi.ResourceOptions = {},
  ) {
    for (const key of Object.keys(args)) {
      if (!known.includes(key))
        throw new Error(
          `${dialect}.Provider "${name}": "${key}" is no argument; known: ${known.join(", ")}.`,
        );
    }
    const { [credential]: given, tls, headers, ...plain } = args;
    super(
      "pulumi-nodejs",
      name,
      namespaced(dialect, {
        ...plain,
        ...credentialInput(credential, given),
        ...secretJson({ tls, headers }),
      }),
      options,
    );
  }

  /**
   * The name under which Pulumi files this provider in a component's `providers`. Pulumi's own answer would be
   * `pulumi-nodejs` for both servers, and the last one given would win in silence.
   */
  abstract getPackage(): DialectName;
}

/** Inputs of a provider must be namespaced, or the provider process cannot read them. */
function namespaced(
  dialect: DialectName,
  inputs: Record<string, unknown>,
): Record<string, pulumi.Input<unknown>> {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [`${dialect}:${key}`, value]));
}

function credentialInput(field: string, given: unknown): Record<string, unknown> {
  if (
    typeof given === "object" &&
    given !== null &&
    !pulumi.Output.isInstance(given) &&
    !(given instanceof Promise)
  ) {
    const reference = given as { env?: string; file?: string };
    return { [`${field}Env`]: reference.env, [`${field}File`]: reference.file };
  }
  return { [field]: given === undefined ? undefined : pulumi.secret(given) };
}

function secretJson(inputs: Record<string, unknown>): Record<string, unknown> {
  const given = Object.entries(inputs).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([key, value]) => [key, pulumi.secret(pulumi.jsonStringify(value))]));
}

/** What Pulumi files a provider under; its types leave the method out. */
function packageOf(provider: pulumi.ProviderResource): string {
  return (provider as pulumi.ProviderResource & { getPackage(): string }).getPackage();
}

/** The provider for a resource: its own, the fitting one of `providers`, or its parents'. One of the other kind is an error. */
export function providerFor(
  dialect: DialectName,
  what: string,
  options: pulumi.CustomResourceOptions,
): pulumi.CustomResourceOptions {
  const { provider, providers, ...rest } = options as pulumi.CustomResourceOptions &
    pulumi.ComponentResourceOptions;
  if (provider && packageOf(provider) !== dialect) {
    throw new Error(
      `${what}: the provider given is one of ${packageOf(provider)}; it needs one of ${dialect} (new ${dialect}.Provider).`,
    );
  }
  const offered = Array.isArray(providers) ? providers : Object.values(providers ?? {});
  const chosen =
    provider ??
    offered.find((candidate) => packageOf(candidate) === dialect) ??
    rest.parent?.getProvider(`${dialect}:x:y`);
  return chosen ? { ...rest, provider: chosen } : rest;
}
