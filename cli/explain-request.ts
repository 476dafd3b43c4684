import type { Json } from "../provider/model/fields.ts";
import { collectionOf, type KnownGateway } from "../provider/model/inventory/gateways.ts";
import type { Resource } from "../provider/model/inventory/resource.ts";
import { matcher, type Serving } from "../provider/model/serving/matcher.ts";
import type { Field, Judged } from "../provider/model/serving/objects.ts";
import type { Plugin } from "../provider/model/serving/plugins.ts";
import type { Reason } from "../provider/model/serving/reason.ts";
import type { Target } from "../provider/model/serving/targets.ts";
import type { ExplainQuestion } from "./explain-options.ts";
import { type Owner, ownerOf } from "./ownership.ts";
import { fieldText, unclearTexts } from "./unclear.ts";
import { type SeenTarget, seenTarget } from "./upstreams.ts";

type Request = Extract<ExplainQuestion, { about: "request" }>;

/** A part of the answer: what it is, where it stands, and whose it is. */
export interface Part {
  collection: string;
  id: string;
  owner?: Owner;
}

/** A plugin that a request meets. */
export interface SeenPlugin {
  name: string;
  /** Where its configuration stands, as in `routes/r1 plugins.cors`. */
  field: string;
  runs: "yes" | "disabled" | "filter" | "too late" | "cannot be said";
  /** What switches it off, or keeps it from being said. */
  because: string[];
  /** The status with which it refuses a request beyond its limit, where it has one. */
  refuses?: number;
}

/** What becomes of a request at one gateway. */
export interface RequestAnswer {
  gateway: string;
  places: string[];
  router: string;
  outcome: "served" | "no route" | "refused" | "cannot be said";
  route?: Part;
  /** Routes that are equal in all: after a start of the gateway one of them may serve. */
  tied: Part[];
  /** Why it cannot be said, and which routes it may be. */
  because: string[];
  candidates: Part[];
  plugins: SeenPlugin[];
  /** The plugin that answers in place of the upstream. */
  answers?: { plugin: string; status: number } | { because: string[] };
  sent?: { method: Json; uri: Json };
  targets: SeenTarget[];
  /** Why the upstream cannot be said. */
  targetsBecause: string[];
  others: (Part & { reasons: string[] })[];
  /** How many more routes do not serve. */
  more: number;
}

/** Routes that do not serve and come nearest to it: so many are told. */
const NEAREST = 3;

/** Explains a request at one gateway. */
export function explainRequest(known: KnownGateway, request: Request): RequestAnswer {
  const { host, path, method, headers, address, scheme, port, router } = request;
  const asked = {
    ...{ host, path, method, headers, scheme },
    ...(address === undefined ? {} : { address }),
    ...(port === undefined ? {} : { port }),
  };
  const { choice, handling, others }: Serving = matcher(known.gateway, { router }).serve(asked);
  const part = partOf(known.resources);
  const route = (id: string) => part("routes", id);
  const chosen = choice.outcome === "served" ? [choice.route, ...choice.tied] : [];
  const near = others.filter((other) => !chosen.includes(other.route));
  const candidates = choice.outcome === "unclear" ? choice.candidates : [];
  const told = near.filter((other) => !candidates.includes(other.route));
  return {
    gateway: known.server ?? "not told by any source",
    places: known.places,
    router,
    outcome: choice.outcome === "unclear" ? "cannot be said" : choice.outcome,
    ...(choice.outcome === "served" ? { route: route(choice.route) } : {}),
    tied: choice.outcome === "served" ? choice.tied.map(route) : [],
    because: choice.outcome === "unclear" ? unclearTexts(choice.because) : [],
    candidates: candidates.map(route),
    plugins: (handling?.plugins ?? []).map(seenPlugin),
    ...(handling ? answeredBy(handling) : {}),
    ...(handling && choice.outcome === "served"
      ? { sent: { method: judged(handling.sent.method), uri: judged(handling.sent.uri) } }
      : {}),
    ...targetsOf(handling?.targets, handling?.sent.host, host, part),
    others: told.slice(0, NEAREST).map((other) => ({
      ...route(other.route),
      reasons: other.reasons.map((one) => reasonText(one, known)),
    })),
    more: Math.max(0, told.length - NEAREST),
  };
}

function judged<T extends Json>(value: Judged<T>): Json {
  return value.known ? value.value : { notKnown: unclearTexts(value.because) };
}

function answeredBy({ answers }: NonNullable<Serving["handling"]>): Pick<RequestAnswer, "answers"> {
  if (!answers.known) return { answers: { because: unclearTexts(answers.because) } };
  const { value } = answers;
  return value ? { answers: { plugin: fieldText(value.plugin.field), status: value.status } } : {};
}

function targetsOf(
  targets: Judged<Target[]> | undefined,
  host: Judged<string | undefined> | undefined,
  asked: string,
  part: (collection: string, id: string) => Part,
): Pick<RequestAnswer, "targets" | "targetsBecause"> {
  if (!targets) return { targets: [], targetsBecause: [] };
  if (!targets.known) return { targets: [], targetsBecause: unclearTexts(targets.because) };
  return {
    targets: targets.value.map((target) => ({
      ...seenTarget(target, host, asked),
      ...ownerIn(part(target.field.collection, target.field.id)),
    })),
    targetsBecause: [],
  };
}

function ownerIn({ owner }: Part): { owner?: Owner } {
  return owner ? { owner } : {};
}

/** Finds whose an object of a collection is. */
function partOf(resources: readonly Resource[]): (collection: string, id: string) => Part {
  const owners = new Map(resources.map((one) => [`${collectionOf(one)}/${one.id}`, one]));
  return (collection, id) => {
    const found = owners.get(`${collection}/${id}`);
    return { collection, id, ...(found ? { owner: ownerOf(found) } : {}) };
  };
}

/** Statuses by which these plugins refuse what is beyond their limit, where their configuration says no other. */
const LIMITS: Readonly<Record<string, number>> = {
  "limit-count": 503,
  "limit-req": 503,
  "limit-conn": 503,
  "api-breaker": 502,
};

function seenPlugin({ name, field, runs, configuration }: Plugin): SeenPlugin {
  const state = runs.state === "unclear" ? "cannot be said" : runs.state;
  const because =
    runs.state === "unclear" ? unclearTexts(runs.because) : "field" in runs ? [fieldText(runs.field)] : [];
  const own = (configuration as { rejected_code?: unknown; break_response_code?: unknown } | undefined) ?? {};
  const code = name === "api-breaker" ? own.break_response_code : own.rejected_code;
  const standard = LIMITS[name];
  return {
    name,
    field: fieldText(field),
    runs: state,
    because,
    ...(standard === undefined ? {} : { refuses: typeof code === "number" ? code : standard }),
  };
}

const REASONS: Readonly<Record<Exclude<Reason["kind"], "unclear">, string>> = {
  disabled: "it is switched off",
  host: "its host is another one",
  path: "its path is another one",
  method: "it does not take the method",
  address: "it does not take the client's address",
  condition: "a condition does not hold",
  "less specific host": "a route with a more specific host goes before it",
  "less specific path": "a route with a more specific path goes before it",
  "lower priority": "a route of a higher priority goes before it",
  "read later": "it is equal to a route that was read before it",
};

function reasonText(reason: Reason, known: KnownGateway): string {
  if (reason.kind === "unclear") return `cannot be said: ${unclearTexts(reason.because).join("; ")}`;
  const than = "than" in reason ? ` (${reason.than})` : "";
  return `${REASONS[reason.kind]}${than}: ${fieldText(reason.field)}${valueText(reason.field, known)}`;
}

/** The value of a field of a route or service where it is short and known. */
function valueText({ collection, id, path }: Field, { gateway }: KnownGateway): string {
  const list =
    collection === "routes" ? gateway.routes : collection === "services" ? gateway.services : undefined;
  const object = list?.find((one) => String(one.id) === id);
  const [, name = "", index] = /^(\w+)(?:\[(\d+)\])?$/.exec(path) ?? [];
  const field = object?.[name];
  const value = index !== undefined && Array.isArray(field) ? field[Number(index)] : field;
  if (typeof value === "string" || typeof value === "number") return ` is ${JSON.stringify(value)}`;
  if (value === undefined && object && (name === "hosts" || name === "priority")) return " is not set";
  const isPlainList = Array.isArray(value) && value.every((one) => typeof one === "string");
  return isPlainList ? ` is ${value.join(", ")}` : "";
}
