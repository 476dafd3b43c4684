import type { Kind } from "../model/kind.ts";
import type { Ownership } from "../model/owner.ts";
import { shortened } from "../model/text.ts";
import type { Call } from "../server/api.ts";
import type { Connection } from "../server/connection.ts";
import { BackendError } from "../server/errors.ts";

/** The state was written for another server. */
export function wrongServer(kind: Kind, before: string, connection: Connection): BackendError {
  const setting = kind.dialect === "apisix" ? "gatewayId" : "controlPlaneId";
  const { server, url } = connection;
  const now = server === url ? `"${url}"` : `"${server}" (${url})`;
  return new BackendError(
    "WRONG_SERVER",
    `This ${kind.title} was made at "${before}", and the configuration now names ${now}. ` +
      `If that is the same server under a new address, set ${kind.dialect}:${setting} (or the provider's ${setting}) to "${before}". ` +
      `If it is another server, run pulumi destroy with the old URL first, or keep the old one and use a second provider.`,
  );
}

/** There is an object already; `mine` when it was made for this very resource; `isEntry` when a bundle's entry is refused. */
export function alreadyExists(
  kind: Kind,
  id: string,
  url: string,
  current: Ownership | undefined,
  mine: boolean,
  stack: string | undefined,
  isEntry = false,
): BackendError {
  const owner = current && !mine ? ` and belongs to ${ownerText(current)}` : "";
  const unlabelled = " Nothing at the server says whose it is, and it is not what is declared.";
  const lost =
    " It was made for this very resource, but is not what is declared now (did a run die, or was the state lost, moved or restored?).";
  const why = mine ? (current ? lost : unlabelled) : "";
  const isOfStack = !mine && current?.stack !== undefined && current.stack === stack;
  const moved =
    " Another bundle or resource of this stack has it." +
    " To move it here, set adopt: true on this bundle and take it out of the other one, which needs dependsOn this bundle.";
  const renamedAlone = ` It belongs to this stack: if the resource was renamed, add aliases: [{ name: "OLD-NAME" }] to its options.`;
  const renamed = isOfStack ? (isEntry ? moved : renamedAlone) : "";
  return new BackendError(
    "ALREADY_EXISTS",
    `The ${kind.title} "${id}" exists already at ${url}${owner}.${why} Nothing was changed.${renamed} ` +
      `${current && mine ? "With --replace or --target-replace, run pulumi up without it first. " : ""}` +
      `To take it over, set adopt: true; or bring it into the state with an import file; ` +
      `or choose another ${kind.identity.at(-1)}${mine ? "" : proposal(kind, id, current?.stack, stack)}.`,
  );
}

/** Two resources of a program name the same object. */
export function declaredTwice(kind: Kind, id: string): BackendError {
  return new BackendError(
    "ALREADY_EXISTS",
    `The ${kind.title} "${id}" is declared by another resource of this program, too. Give one of them another ${kind.identity.at(-1)}.`,
  );
}

/** A legal id that is most likely free: it ends with what tells this stack from the owner's, as in `payments-dev`. */
function proposal(kind: Kind, id: string, theirs = "", stack = ""): string {
  const differing = stack.split(".").filter((part) => part !== "" && !theirs.split(".").includes(part));
  if (differing.length === 0) return "";
  const field = kind.identity.at(-1) ?? "";
  const end = `-${differing.join("-")}`.slice(0, 62);
  const plain = `${id
    .split("/")
    .at(-1)
    ?.slice(0, 63 - end.length)}${end}`;
  const careful = plain
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
  const legal = [plain, careful].find((text) => kind.schema.shape[field]?.safeParse(text).success);
  return legal
    ? `, for example ${field}: "${legal}", or set the provider's idPrefix for all ids that are made from names`
    : "";
}

/** There is nothing to read. */
export function absent(kind: Kind, id: string, url: string): BackendError {
  return new BackendError(
    "NOT_FOUND",
    `There is no ${kind.title} "${id}" at ${url}. Check the id; to make one, declare it with new.`,
  );
}

/** The answer to a write said that it was done. */
export function notDone({ doing }: Call, url: string, found: string): BackendError {
  return new BackendError(
    "NOT_THE_API",
    `Could not ${doing} at ${url}: it answered that it is done, and ${found}. ` +
      `Something stands in front of the server and answers in its place, or somebody else undid it at once.`,
  );
}

/** A resource that was renamed without an alias could not get this object, so its old name must not delete it. */
export function stillWanted(kind: Kind, id: string): BackendError {
  return new BackendError(
    "ALREADY_EXISTS",
    `The ${kind.title} "${id}" was not deleted: another resource of this run wants it and could not get it.`,
  );
}

/** What a delete says of an object that this run has made. Of a bundle's it is said once, without their names. */
export function madeInThisRun(title: string, isEntry: boolean): string {
  return isEntry
    ? "What this run has made in place of the old objects of a bundle, or for another resource, stays."
    : `The ${title} stays: this run has made it in place of the old one, or for another resource.`;
}

/** Somebody else has the object by now. */
export function ownedByAnother(kind: Kind, id: string, current: Ownership): BackendError {
  return new BackendError(
    "OWNED_BY_ANOTHER",
    `The ${kind.title} "${id}" belongs to ${ownerText(current)} by now, so it was not changed. ` +
      `To leave it there, remove it from this program and run pulumi state delete. ` +
      `To take it over, set adopt: true, run pulumi state delete and then pulumi up.`,
  );
}

/** What a refresh says of an object that carries another mark than the state; whose stack this is, it is not told. */
export function takenSince(kind: Kind, id: string, current: Ownership): string {
  return (
    `The ${kind.title} "${id}" was taken over by ${ownerText(current)} since this state was written. ` +
    "Where that is another stack, an update is refused, and a delete leaves it there."
  );
}

/** There is something in it that would go with it. */
export function notEmpty(kind: Kind, id: string, contents: string[]): BackendError {
  const shown = contents.slice(0, 5).join(", ");
  const more = contents.length > 5 ? ` and ${contents.length - 5} more` : "";
  return new BackendError(
    "STILL_IN_USE",
    `The ${kind.title} "${id}" was not deleted, since that would delete what is in it: ${shown}${more}. ` +
      `Remove that first, or set deleteContents: true and run pulumi up before you delete it.`,
  );
}

/** For people: whose an object is. */
export function ownerText({ owner, stack }: Ownership): string {
  return stack ? `the stack ${stack} (owner ${owner})` : `owner ${owner}`;
}

/** A text that names no object of the kind. */
export function noId(kind: Kind, id: string): BackendError {
  const article = /^[aeiou]/.test(kind.title) ? "an" : "a";
  return new BackendError(
    "INVALID_CONFIGURATION",
    `"${shortened(id, 100)}" is no id of ${article} ${kind.title}; an id is ${kind.identity.join("/")}.`,
  );
}

/** The state is of version 0.1 or 0.2, and what `ignoreChanges` did to the arguments cannot be seen. */
export function ignoredUnseen(kind: Kind, paths: readonly string[]): BackendError {
  return new BackendError(
    "INVALID_CONFIGURATION",
    `${paths.join(", ")}: a transform sets ignoreChanges for it, and the state is of version 0.2 or older, which stored ` +
      `the ${kind.title}'s arguments in another form. Pulumi has copied values between the two, so nothing is changed. ` +
      "Set ignoreChanges on the resource itself, or run once without ignoreChanges.",
  );
}

/** It cannot be told which element of a list in an old state an ignored path means. */
export function ignoredUnclear(kind: Kind, path: string): BackendError {
  return new BackendError(
    "INVALID_CONFIGURATION",
    `${path}: ignoreChanges names an element of a list whose order the state of the ${kind.title} does not keep (it is of ` +
      "version 0.2 or older), and it cannot be told which one is meant. Run once without ignoreChanges.",
  );
}
