import { isObject, type JsonObject } from "../fields.ts";
import { draftsOf, objectsBy, serversBy, writtenOf } from "./pulumi.ts";
import type { Reading } from "./resource.ts";

/** Whether a document is what `pulumi stack export` prints. */
export function isState(document: unknown): document is JsonObject {
  return isObject(document) && isObject(document.deployment);
}

/**
 * Reads what `pulumi stack export` prints.
 *
 * @param place undefined for PROJECT/STACK
 * @param source what the notes call it
 */
export function readState(document: JsonObject, place: string | undefined, source: string): Reading {
  const { resources: list } = document.deployment as JsonObject;
  // What is about to be deleted has a replacement already.
  const all = (Array.isArray(list) ? list : []).filter((one) => !(isObject(one) && one.delete === true));
  const written = all.flatMap((one) => writtenOf(one) ?? []);
  const reader = { place, source, serverOf: serversBy(written), objectsOf: objectsBy(written) };
  const found = written.flatMap((one) => draftsOf(one, reader));
  const drafts = found.filter((one) => typeof one === "object");
  const notes = found.filter((one) => typeof one === "string").map((text) => `${source}: ${text}`);
  const unread = all.length === written.length ? [] : [brokenNote(source, all.length - written.length)];
  notes.push(...unread);
  if (all.length === 0) notes.push(`${source}: the stack has no resources.`);
  else if (written.length > 0 && drafts.length === 0)
    notes.push(`${source}: no resource in it is of APISIX or Kuma.`);
  return { drafts, notes, unread };
}

function brokenNote(source: string, count: number): string {
  const these = count === 1 ? "1 resource in it is" : `${count} resources in it are`;
  return `${source}: ${these} not read: what stands there is not what Pulumi writes.`;
}
