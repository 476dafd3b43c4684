import { displayName } from "./rules/names.ts";
import type { StoredObject } from "./store.ts";

const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/**
 * The name of an object on the other side of a federation: its own, at most 236 characters of it, and a hash of
 * mesh, name and, for what comes from a zone, the zone.
 */
export function synchronisedName({ mesh = "", name, labels = {} }: StoredObject, zone = ""): string {
  const own = displayName({ name, labels });
  const mask = (1n << 64n) - 1n;
  let hash = 0xcbf29ce484222325n; // FNV-1a, 64 bits
  for (const byte of Buffer.from(mesh + own + zone, "utf8")) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & mask;
  }
  const suffix = [...hash.toString(16).padStart(16, "0")].map((digit) => alphabet[digit.charCodeAt(0) % 27]);
  return `${own.slice(0, 236)}-${suffix.join("")}`;
}
