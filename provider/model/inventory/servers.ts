import type { Draft } from "./resource.ts";

/**
 * For each draft what all drafts at its server have in common. Two are at one server if that is called the same in one
 * place, if both belong to one provider of one dialect, or if an id of the configuration (which no place changes) is the same.
 */
export function groups(drafts: readonly Draft[]): string[] {
  const keys = drafts.map(keysOf);
  const leader = new Map<string, string>();
  const find = (key: string): string => {
    const next = leader.get(key) ?? key;
    return next === key ? key : find(next);
  };
  for (const [first = "", ...others] of keys) {
    for (const other of others) leader.set(find(other), find(first));
  }
  return keys.map(([first = ""]) => find(first));
}

function keysOf({ type, place, server, provider }: Draft): string[] {
  const [dialect = ""] = type.split(":");
  const isUrl = server?.includes("://") ?? true;
  const said = server === undefined ? [] : [isUrl ? `${dialect} ${place} ${server}` : `${dialect} ${server}`];
  const by = provider === undefined ? [] : [`${dialect} ${place} ${provider}`];
  const keys = [...said, ...by];
  return keys.length > 0 ? keys : [`${dialect} ${place}`];
}
