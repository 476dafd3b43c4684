import { AsyncLocalStorage } from "node:async_hooks";
import { importedObject, sidesOf } from "../lifecycle/imported.ts";
import { lifecycleOf } from "../lifecycle/index.ts";
import type { Declared, Outcome } from "../lifecycle/requests.ts";
import { Session } from "../lifecycle/session.ts";
import type { Lifecycle } from "../lifecycle/single.ts";
import { hasUnknown, type JsonObject, UNKNOWN } from "../model/fields.ts";
import { idOf, type Kind, outputNames, type Side } from "../model/kind.ts";
import { markedPaths, withMarks, withoutMarks } from "../model/marks.ts";
import { formatPath, type Path } from "../model/paths.ts";
import { movedMarks, secretPathsOf } from "../model/secret-fields.ts";
import { withBundles } from "./bundles.ts";
import { ignoredBefore } from "./ignored.ts";
import { Lints } from "./lints.ts";
import { Lists } from "./lists.ts";
import type {
  CheckRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ListRequest,
  ReadRequest,
  UpdateRequest,
} from "./messages.ts";
import type {
  Call,
  CheckAnswer,
  CreateAnswer,
  DiffAnswer,
  ListItem,
  ReadAnswer,
  UpdateAnswer,
} from "./provider.ts";
import { identityOfResource, type ResourceIdentity } from "./resource.ts";
import { argumentsIn, formerKey, keptKeys, madeKey, savedIn } from "./state.ts";

/** What can be done with resources once the settings are there. */
export interface Resources {
  check(request: CheckRequest, call: Call): Promise<CheckAnswer>;
  diff(request: DiffRequest, call: Call): Promise<DiffAnswer>;
  create(request: CreateRequest, call: Call): Promise<CreateAnswer>;
  read(request: ReadRequest, call: Call): Promise<ReadAnswer>;
  update(request: UpdateRequest, call: Call): Promise<UpdateAnswer>;
  delete(request: DeleteRequest, call: Call): Promise<void>;
  list(request: ListRequest, call: Call): Promise<ListItem[]>;
}

/** Turns the engine's requests about resources into typed ones, and the typed answers back. */
export function resourcesOf(settings: JsonObject, kindOf: (type: string) => Kind, prefix: string): Resources {
  // What a session says or asks belongs to the call that is being answered.
  const calls = new AsyncLocalStorage<Call>();
  const isUnconfigured = hasUnknown(settings);
  const known = (name: string) => {
    const value = settings[name.slice(prefix.length + 1)];
    if (!isUnconfigured) return value;
    if (name.endsWith(":validation")) return "local";
    return hasUnknown(value) ? (/url$/i.test(name) ? "http://unknown.invalid" : undefined) : value;
  };
  const session = new Session(known, {
    print: (text) => calls.getStore()?.log("warning", text),
    say: (severity, text) => calls.getStore()?.log(severity, text),
    progress: (text) => calls.getStore()?.progress(text),
    signal: () => calls.getStore()?.signal,
    isUnconfigured,
  });

  const isFederation = settings.zoneUrl !== undefined;
  const lists = new Lists(session);
  const lints = new Lints();

  /** Runs the work of a call on the lifecycle of the resource's kind. */
  function inCall<T>(
    urn: string,
    call: Call,
    work: (lifecycle: Lifecycle, kind: Kind, resource: ResourceIdentity) => Promise<T>,
  ): Promise<T> {
    const resource = identityOfResource(urn);
    const kind = kindOf(resource.type);
    return calls.run(call, () => work(lifecycleOf(kind, session), kind, resource));
  }

  return withBundles(session, calls, lints, {
    check: ({ urn, news, olds, name }, call) =>
      inCall(urn, call, async (lifecycle, kind, resource) => {
        const marks = markedPaths(argumentsIn(news));
        const given = withoutMarks(news) as JsonObject;
        const answer = await lifecycle.check({
          name: name || resource.name,
          owner: resource.owner,
          stack: resource.stack,
          old: olds && Object.keys(olds).length > 0 ? savedIn(kind, {}, olds) : undefined,
          args: argumentsIn(given),
          adopt: given.adopt,
          marks,
        });
        if (answer.problems.length > 0) {
          // The engine prints the value of a named property in clear, also where it is a secret.
          return { inputs: news, failures: answer.problems.map((reason) => ({ property: "", reason })) };
        }
        const secret = [...answer.secrets, ...marks];
        const checked = { kind, name: resource.name, args: answer.args, secret };
        for (const found of lints.resource(urn, checked)) session.warn(found);
        const inputs = withMarks(answer.args, secret) as JsonObject;
        return { inputs: given.adopt ? { ...inputs, adopt: true } : inputs };
      }),

    diff: ({ urn, olds, oldInputs, news, ignoreChanges }, call) =>
      inCall(urn, call, async (lifecycle, kind, resource) => {
        const saved = savedIn(kind, olds, oldInputs);
        const wanted = declaredIn(news, resource);
        if (!saved.asWritten) ignoredBefore(kind, saved.args, wanted.args, ignoreChanges);
        const { changed, replaces, deleteBeforeReplace } = lifecycle.diff(saved, wanted);
        const detailedDiff: DiffAnswer["detailedDiff"] = {};
        for (const { path, change } of changed ? lifecycle.differences(saved, wanted) : []) {
          const isReplaced = replaces.includes(String(path[0]));
          detailedDiff[formatPath(path)] = isReplaced ? `${change}Replace` : change;
        }
        return { changes: changed ? "some" : "none", replaces, deleteBeforeReplace, detailedDiff };
      }),

    create: ({ urn, properties, preview }, call) =>
      inCall(urn, call, async (lifecycle, kind, resource) => {
        const wanted = declaredIn(properties, resource);
        const marks = markedPaths(properties);
        if (preview) return { id: previewedId(kind, wanted), properties: previewed(kind, wanted, marks) };
        const outcome = await lifecycle.create(wanted);
        return { id: outcome.id, properties: outputsOf(outcome, marks) };
      }),

    read: ({ id, urn, properties, inputs }, call) =>
      inCall(urn, call, async (lifecycle, kind) => {
        if (!inputs && !(properties && Object.keys(properties).length > 0))
          return imported(kind, session, id, sidesOf(kind, isFederation));
        const saved = savedIn(kind, properties ?? {}, inputs ?? {});
        const found = await lifecycle.read(id, saved);
        if (!found) return undefined;
        const marks = movedMarks(kind.schema, saved.marks, found.args);
        return {
          id,
          properties: { ...outputsOf(found, marks), ...keptKeys(properties ?? {}) },
          inputs: withMarks(found.args, [...found.secrets, ...marks]) as JsonObject,
        };
      }),

    update: ({ id, urn, olds, oldInputs, news, preview }, call) =>
      inCall(urn, call, async (lifecycle, kind, resource) => {
        const wanted = declaredIn(news, resource);
        const marks = markedPaths(news);
        if (preview) return { properties: previewed(kind, wanted, marks) };
        const outcome = await lifecycle.update(id, savedIn(kind, olds, oldInputs), wanted);
        return { properties: { ...outputsOf(outcome, marks), ...keptKeys(olds) } };
      }),

    delete: ({ id, urn, properties, oldInputs }, call) =>
      inCall(urn, call, async (lifecycle, kind) => {
        await lifecycle.delete(id, savedIn(kind, properties, oldInputs));
      }),

    list: (request, call) => {
      const kind = kindOf(request.token);
      return calls.run(call, () => lists.page(kind, sidesOf(kind, isFederation), request));
    },
  });
}

function declaredIn(inputs: JsonObject, { owner, stack }: ResourceIdentity): Declared {
  const plain = withoutMarks(inputs) as JsonObject;
  return { args: argumentsIn(plain), owner, stack, adopt: plain.adopt === true };
}

function outputsOf(outcome: Outcome, marks: readonly Path[]): JsonObject {
  return {
    ...(withMarks(outcome.args, [...outcome.secrets, ...marks]) as JsonObject),
    ...outcome.derived,
    ...madeKey(outcome.made),
    ...formerKey(outcome.former),
  };
}

/** What will be known of the outputs; what the server or an unknown input decides is unknown. */
function previewed(kind: Kind, { args }: Declared, marks: readonly Path[]): JsonObject {
  const known = hasUnknown(args) ? {} : (kind.derived?.(args) ?? {});
  const derived = outputNames(kind, args).map((key) => [key, known[key] ?? UNKNOWN]);
  const marked = withMarks(args, [...secretPathsOf(kind.schema, args), ...marks]) as JsonObject;
  return { ...marked, ...(Object.fromEntries(derived) as JsonObject) };
}

function previewedId(kind: Kind, { args }: Declared): string {
  return hasUnknown(kind.identity.map((field) => args[field] ?? null)) ? "" : idOf(kind, args);
}

/** A resource without a state is imported: what is there becomes its inputs. */
async function imported(
  kind: Kind,
  session: Session,
  id: string,
  sides: readonly (Side | undefined)[],
): Promise<ReadAnswer> {
  for (const side of sides) {
    const found = await importedObject(kind, session, id, side);
    if (!found) continue;
    return {
      id: found.id,
      properties: outputsOf(found, []),
      inputs: withMarks(found.args, found.secrets) as JsonObject,
    };
  }
  return undefined;
}
