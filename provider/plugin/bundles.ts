import type { AsyncLocalStorage } from "node:async_hooks";
import { leftIn, leftKey } from "../lifecycle/bundle/left.ts";
import { BundleLifecycle } from "../lifecycle/bundle/lifecycle.ts";
import type { BundleOutcome, DeclaredBundle, SavedBundle } from "../lifecycle/bundle/requests.ts";
import { isTooLarge, leftOut } from "../lifecycle/bundle/size.ts";
import type { Session } from "../lifecycle/session.ts";
import { type Entry, entriesIn, entriesTextIn, textOf } from "../model/bundle/entries.ts";
import { repeatedKeys } from "../model/bundle/repeated-keys.ts";
import { type BundleType, bundleOf } from "../model/bundle/types.ts";
import { hasUnknown, type Json, type JsonObject, UNKNOWN } from "../model/fields.ts";
import { markedPaths, withoutMarks, wrapSecret } from "../model/marks.ts";
import { BackendError } from "../server/errors.ts";
import type { Resources } from "./door.ts";
import type { Lints } from "./lints.ts";
import type { Call } from "./provider.ts";
import { identityOfResource, type ResourceIdentity } from "./resource.ts";
import { madeIn, madeKey } from "./state.ts";

/** What a bundle's inputs are, beside hidden ones. */
const ARGUMENTS = new Set(["entries", "adopt", "ignore", "summary"]);
/** What `ignoreChanges` can name: an input as a whole. */
const WHOLE_INPUTS = new Set([...ARGUMENTS, "*"]);

/** What the engine asks about bundles; what it asks about all else is passed on. */
export function withBundles(
  session: Session,
  calls: AsyncLocalStorage<Call>,
  lints: Lints,
  others: Resources,
): Resources {
  const lifecycleFor = (urn: string): [BundleLifecycle, ResourceIdentity] | undefined => {
    const resource = identityOfResource(urn);
    const bundle = bundleOf(resource.type.replace(":index:", ":"));
    return bundle && [new BundleLifecycle(bundle, session), resource];
  };

  return {
    ...others,

    async check(request, call) {
      const found = lifecycleFor(request.urn);
      if (!found) return others.check(request, call);
      const [lifecycle, { owner, stack, name }] = found;
      const { olds } = request;
      const news = withIgnoredSecrets(request.news, olds);
      const given = withoutMarks(news) as JsonObject;
      if (hasUnknown([given.entries ?? null, given.ignore ?? null])) {
        return { inputs: { ...news, summary: UNKNOWN } };
      }
      const { entries, problems } = declaredEntries(lifecycle.bundle, news);
      for (const key of Object.keys(given).filter((name) => !ARGUMENTS.has(name) && !name.startsWith("__")))
        problems.push({ path: key, reason: "is no argument of a bundle; its objects stand in entries" });
      const answer = await calls.run(call, async () =>
        problems.length > 0
          ? { entries, summary: "", problems: problems.map(({ path, reason }) => `${path}: ${reason}`) }
          : await lifecycle.check({
              owner,
              stack,
              old: olds && isKnown(olds) ? savedIn(lifecycle.bundle, olds) : undefined,
              entries,
              adopt: given.adopt,
              ignore: given.ignore,
            }),
      );
      if (answer.problems.length > 0)
        return { inputs: news, failures: answer.problems.map((reason) => ({ property: "", reason })) };
      calls.run(call, () => {
        for (const found of lints.entries(request.urn, name, answer.entries)) session.warn(found);
      });
      return { inputs: { ...textsOf(answer.entries), ...options(given), summary: answer.summary } };
    },

    async diff(request, call) {
      const found = lifecycleFor(request.urn);
      if (!found) return others.diff(request, call);
      const [lifecycle, resource] = found;
      refuseIgnored(request.ignoreChanges);
      // With the entries listed here, each line of the whole text would show as removed.
      if (!isKnown(request.news)) return { changes: "some", detailedDiff: { summary: "update" } };
      const { bundle } = lifecycle;
      const changed = await calls.run(call, async () =>
        lifecycle.diff(savedIn(bundle, request.olds), declaredIn(bundle, request.news, resource)),
      );
      return changed
        ? { changes: "some", detailedDiff: { summary: "update" } }
        : { changes: "none", detailedDiff: {} };
    },

    async create(request, call) {
      const found = lifecycleFor(request.urn);
      if (!found) return others.create(request, call);
      const [lifecycle, resource] = found;
      const { properties, preview } = request;
      if (!isKnown(properties)) return { id: "", properties };
      const wanted = declaredIn(lifecycle.bundle, properties, resource);
      return calls.run(call, async () => {
        if (preview) {
          lifecycle.tell(undefined, wanted);
          return { id: resource.owner, properties };
        }
        const outcome = await lifecycle.create(wanted);
        return { id: resource.owner, ...whole(session, properties, outcome) };
      });
    },

    async read(request, call) {
      const found = lifecycleFor(request.urn);
      if (!found) return others.read(request, call);
      const [lifecycle] = found;
      const state = request.properties ?? {};
      if (!isKnown(state)) throw notImported();
      const answer = await calls.run(call, () => lifecycle.read(savedIn(lifecycle.bundle, state)));
      if (!answer) return undefined;
      const given = withoutMarks(request.inputs ?? state) as JsonObject;
      const inputs = { ...textsOf(answer.entries), ...options(given), summary: given.summary ?? "" };
      return {
        id: request.id,
        properties: { ...inputs, ...madeKey(answer.made), ...leftKey(answer.left) },
        inputs,
      };
    },

    async update(request, call) {
      const found = lifecycleFor(request.urn);
      if (!found) return others.update(request, call);
      const [lifecycle, resource] = found;
      const { news, olds, preview } = request;
      if (!isKnown(news)) return { properties: news };
      const { bundle } = lifecycle;
      const [saved, wanted] = [savedIn(bundle, olds), declaredIn(bundle, news, resource)];
      return calls.run(call, async () => {
        if (preview) {
          lifecycle.tell(saved, wanted);
          return { properties: news };
        }
        return whole(session, news, await lifecycle.update(saved, wanted));
      });
    },

    async delete(request, call) {
      const found = lifecycleFor(request.urn);
      if (!found) return others.delete(request, call);
      const [lifecycle] = found;
      await calls.run(call, () => lifecycle.delete(savedIn(lifecycle.bundle, request.properties)));
    },
  };
}

/** The outputs, and the reasons why they are not whole. */
function whole(
  session: Session,
  inputs: JsonObject,
  { entries, made, left, failures }: BundleOutcome,
): { properties: JsonObject; reasons?: string[] } {
  const given = withoutMarks(inputs) as JsonObject;
  const properties = {
    ...textsOf(entries),
    ...options(given),
    summary: given.summary ?? "",
    ...madeKey(made),
    ...leftKey(left),
  };
  if (failures.length === 0) return { properties };
  if (!isTooLarge(entries)) return { properties, reasons: [...failures] };
  session.say("error", leftOut(failures));
  return { properties };
}

/**
 * With `ignoreChanges: ["entries"]` the engine puts the text of the state in the place of the program's. What was taken out of
 * that text goes with it.
 */
function withIgnoredSecrets(news: JsonObject, olds: JsonObject | undefined): JsonObject {
  const [given, saved] = [news, olds ?? {}].map((inputs) => withoutMarks(inputs) as JsonObject);
  const isOfState = given?.__secrets === undefined && given?.entries === saved?.entries;
  return isOfState && olds?.__secrets !== undefined ? { ...news, __secrets: olds.__secrets } : news;
}

/** Refuses paths into the entries, which the engine finds nowhere and so ignores nothing at. */
function refuseIgnored(paths: readonly string[]): void {
  const inside = paths.filter((path) => !WHOLE_INPUTS.has(path) && !path.startsWith("__"));
  if (inside.length === 0) return;
  throw new BackendError(
    "INVALID_CONFIGURATION",
    `ignoreChanges knows nothing of entries; use the argument ignore: ${JSON.stringify(inside)}.`,
  );
}

/** What a program gives. A text that is marked as secret is so as a whole. */
function declaredEntries(bundle: BundleType, news: JsonObject) {
  const given = withoutMarks(news) as JsonObject;
  const entries = typeof given.entries === "string" ? given.entries : JSON.stringify(given.entries ?? {});
  const found = entriesIn(bundle, { entries, secrets: secretsIn(given) });
  for (const path of repeatedKeys(entries))
    found.problems.push({
      path,
      reason: "stands there more than once; of two entries of one key only one would be made",
    });
  const isSecret = markedPaths({ entries: news.entries ?? null }).length > 0;
  if (!isSecret) return found;
  const whole = (entry: Entry): Entry => ({
    ...entry,
    secrets: Object.keys(entry.args).map((key) => [key]),
  });
  return { ...found, entries: found.entries.map(whole) };
}

/** Reads inputs or outputs, those of the door of dynamic resources as well. */
function savedIn(bundle: BundleType, state: JsonObject): SavedBundle {
  const plain = withoutMarks(state) as JsonObject;
  const { summary } = plain;
  const { entries } = entriesIn(bundle, {
    entries: entriesTextIn(plain) ?? "{}",
    secrets: secretsIn(plain),
  });
  const made = { made: madeIn(plain), left: leftIn(plain) };
  return { entries, ...made, ...(typeof summary === "string" ? { summary } : {}) };
}

function declaredIn(
  bundle: BundleType,
  inputs: JsonObject,
  { owner, stack }: ResourceIdentity,
): DeclaredBundle {
  const { adopt } = withoutMarks(inputs) as JsonObject;
  return { entries: savedIn(bundle, inputs).entries, owner, stack, adopt: adopt === true };
}

function isKnown(state: JsonObject): boolean {
  const text = entriesTextIn(withoutMarks(state) as JsonObject);
  return text !== undefined && !hasUnknown(text);
}

function secretsIn({ __secrets: secrets }: JsonObject): string | undefined {
  return typeof secrets === "string" ? secrets : undefined;
}

function textsOf(entries: readonly Entry[]): JsonObject {
  const { entries: text, secrets } = textOf(entries);
  return { entries: text, ...(secrets === undefined ? {} : { __secrets: wrapSecret(secrets) as Json }) };
}

function options({ adopt, ignore }: JsonObject): JsonObject {
  return { ...(adopt ? { adopt } : {}), ...(ignore ? { ignore } : {}) };
}

function notImported(): BackendError {
  return new BackendError(
    "INVALID_CONFIGURATION",
    "A bundle is not imported by an id: declare its objects, and take over what exists with adopt: true.",
  );
}
