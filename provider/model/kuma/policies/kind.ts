import * as z from "zod";
import { withoutNothing } from "../../canonical.ts";
import { isObject, type JsonObject, UNKNOWN } from "../../fields.ts";
import type { Kind, Report, RuleContext, Side } from "../../kind.ts";
import { once } from "../../once.ts";
import { type Path, parsePath } from "../../paths.ts";
import { labels, origin, originSide, reference, resourceName, withOrigin } from "../fields.ts";
import { kindDefinition } from "./definitions.ts";
import { type Refinements, specSchema } from "./spec-schema.ts";
import { type Targets, targetRefRules } from "./target-refs.ts";

/** What is special about a kind whose spec is defined by a CRD. */
export interface SpecifiedKind {
  /** As Kuma calls it. */
  type: string;
  /** What it is, in one sentence. */
  doc: string;
  /** Its page of Kuma's documentation, as in `policies/meshtimeout`. */
  docs: string;
  /** A program with one. */
  example: string;
  /** The sides of a federation that take it. Default: both. */
  side?: Side;
  /** Whether it is in a mesh. Default: true. */
  inMesh?: boolean;
  /** Why an object is Kuma's own making, if it is. Default: what is made with a mesh is. */
  madeByServer?(object: JsonObject): string | undefined;
  /** Of the name, in characters. Default: 253. */
  longestName?: number;
  refinements?: Refinements;
  /** What the policy may be for, at its top. */
  top?: Targets & {
    /** Not for policies with a role of their own (`kuma.io/policy-role`). */
    systemOnly?: readonly string[];
    /** The server does not mind targets that it calls deprecated elsewhere. */
    quiet?: boolean;
  };
  /** Rules between the fields of the spec. */
  rules?(spec: JsonObject, context: SpecContext): void;
  /** The first version that has the kind. */
  since: string;
  /** What older versions have instead. */
  instead?: string;
}

/** What the rules of a spec may ask. */
export interface SpecContext {
  /** Reports a violation at a path such as `spec.to[0].default`. */
  report: Report;
  /** Tells what the server would warn of. */
  warn(text: string): void;
  /** Kind of the target at the top; undefined when it is not known. */
  topKind: string | undefined;
  args: JsonObject;
}

const ROLE = "kuma.io/policy-role";
const REPLACED_BY_DATAPLANE = ["MeshService", "MeshServiceSubset", "MeshSubset"];

/** A kind of Kuma that has a CRD. Its schema is made when it is first asked for. */
export function specifiedKind(own: SpecifiedKind): Kind {
  const { type, side, inMesh = true, since, instead = "an older kind of policy" } = own;
  const schema = once(() => schemaOf(own));
  const serverMade = Object.entries(own.refinements ?? {}).flatMap(([field, refinement]) =>
    refinement.serverMade ? [field] : [],
  );
  return {
    type: `kuma:${type}`,
    title: type,
    get doc() {
      return `${own.doc} ${kindDefinition(type).description}`;
    },
    docs: `https://kuma.io/docs/latest/${own.docs}/`,
    examples: [own.example],
    dialect: "kuma",
    side: side ?? originSide,
    identity: inMesh ? ["mesh", "name"] : ["name"],
    ...(inMesh && { identityDefaults: { mesh: "default" } }),
    get schema() {
      return schema();
    },
    path: (identity) => {
      const [mesh, name] = inMesh ? identity : [undefined, ...identity];
      return `${mesh === undefined ? "" : `meshes/${mesh}/`}${kindDefinition(type).plural}/${name}`;
    },
    rules: (args, context) => rulesOf(own, args, context),
    toServer: withOrigin((body) => ({ type, ...body }), side),
    fromServer: ({ spec, ...body }) => ({ ...body, spec: isObject(spec) ? less(spec, serverMade) : {} }),
    releases: { since, instead },
    serverMade: ["type", "creationTime", "modificationTime", "kri", "snis", "status"],
    madeByServer: own.madeByServer ?? madeByServer,
    ...(inMesh && { former: { id: (id) => formerId(id, type), args: ({ type: _, ...args }) => args } }),
  };
}

/** An id of `kuma.Policy`, `MESH/TYPE/NAME`, without its type. */
function formerId(id: string, type: string): string {
  const [mesh, middle, name] = id.split("/");
  return middle === type && name !== undefined ? `${mesh}/${name}` : id;
}

const MADE_WITH_MESH = /^mesh-(gateways-)?(timeout|retry|circuit-breaker)-all-.+$/;

/** Why a policy is Kuma's own making. */
export function madeByServer({ name }: JsonObject): string | undefined {
  return MADE_WITH_MESH.test(String(name)) ? "is made by Kuma with the mesh" : undefined;
}

function schemaOf({ type, side, inMesh = true, longestName, refinements }: SpecifiedKind): z.ZodObject {
  const mesh = reference("kuma:Mesh")
    .optional()
    .describe(`Mesh of the ${type}. Default: \`default\`. Another one replaces it.`);
  return z.strictObject({
    ...(inMesh && { mesh }),
    name: resourceName(longestName)
      .optional()
      .describe(
        `Name at the control plane: an RFC 1123 subdomain of at most ${longestName ?? 253} characters. Default: the resource's name. A new one replaces it.`,
      ),
    labels,
    origin: originOf(side),
    spec: specSchema(type, refinements).describe(kindDefinition(type).description),
  });
}

function originOf(side: Side | undefined): z.ZodType {
  if (side === undefined) return origin;
  const where = side === "zone" ? "a zone's" : "the global";
  return z
    .enum([side])
    .default(side)
    .meta({ local: true })
    .describe(`It is always written at ${where} control plane. Default: \`${side}\`.`);
}

function rulesOf(own: SpecifiedKind, args: JsonObject, { report, warn }: RuleContext): void {
  const { type, top, rules } = own;
  const id = [args.mesh, args.name].filter((part) => part !== undefined).join("/");
  // Where null is legal, it says nothing.
  const spec = withoutNothing(args.spec);
  if (!isObject(spec)) return;
  const tell = (text: string) => warn(`The ${type} "${id}": ${text}`);
  const certain: Report = (path, reason, hint) => {
    if (!isUnknownAt(args, parsePath(path))) report(path, reason, hint);
  };
  const target = spec.targetRef;
  if (top) {
    const inbound = ["rules", "from"].some((list) => Array.isArray(spec[list]) && spec[list].length > 0);
    const kinds = top.kinds.filter((kind) => isSystem(args) || !top.systemOnly?.includes(kind));
    targetRefRules(target, "spec.targetRef", { ...top, kinds, inbound }, certain);
    if (!top.quiet) deprecatedTarget(target, tell);
  }
  const topKind = isObject(target) ? target.kind : target === undefined ? "Mesh" : undefined;
  const known = typeof topKind === "string" && topKind !== UNKNOWN ? topKind : undefined;
  rules?.(spec, { report: certain, warn: tell, topKind: known, args });
}

/** Whether what stands at a path, or around it, is not known yet. */
function isUnknownAt(value: unknown, [key, ...rest]: Path): boolean {
  if (value === UNKNOWN) return true;
  if (key === undefined || typeof value !== "object" || value === null) return false;
  return isUnknownAt((value as Record<string | number, unknown>)[key], rest);
}

/** Whether the policy has no role, or the system's; a role that is not known may be any. */
function isSystem({ labels: given }: JsonObject): boolean {
  const role = isObject(given) ? given[ROLE] : undefined;
  return role === undefined || role === "" || role === "system" || role === UNKNOWN;
}

function deprecatedTarget(target: unknown, tell: (text: string) => void): void {
  const kind = isObject(target) ? target.kind : undefined;
  if (REPLACED_BY_DATAPLANE.includes(String(kind)))
    tell(`the kind ${String(kind)} of spec.targetRef is deprecated; use Dataplane with labels.`);
  if (kind === "MeshHTTPRoute")
    tell("the kind MeshHTTPRoute of spec.targetRef is deprecated; use it in spec.to[].targetRef.");
}

function less(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}
