import { readFileSync } from "node:fs";
import { isObject, type Json, type JsonObject } from "../../provider/model/fields.ts";
import type { Kind } from "../../provider/model/kind.ts";
import type { Place } from "../../provider/model/kuma/labels.ts";

/** One request of a recording, and its answer. */
export interface Exchange {
  note?: string;
  request: { method: string; path: string; body?: Json };
  response: { status: number; body?: Json };
}

/** A write of an object of one of the kinds, and how the server has taken it. */
export interface RecordedWrite {
  /** Where it stands in the recordings, for messages. */
  title: string;
  /** The control plane that was asked. */
  place: Place;
  kind: Kind;
  body: Json;
  /** The mesh and the name in the URL. */
  identity: JsonObject;
  status: number;
  /** What the answer says. */
  answer: Json;
  /** What the server has afterwards, if it was asked. */
  stored: JsonObject | undefined;
}

/** The recordings with the control plane that each is of. */
const RECORDINGS: Record<string, Place> = {
  "kuma-2.14.3-policies": { zone: "default" },
  "kuma-2.14.3-more": { zone: "default" },
  "kuma-2.14.3-global-more": { side: "global" },
  "kuma-2.14.3-zone-more": { side: "zone", zone: "zone-1" },
};

interface Recording {
  scenarios: { name: string; exchanges: Exchange[] }[];
}

/** Every recorded write of these kinds. */
export function recordedWrites(kinds: readonly Kind[]): RecordedWrite[] {
  return Object.entries(RECORDINGS).flatMap(([recording, place]) => {
    const url = new URL(`../recordings/${recording}.json`, import.meta.url);
    const { scenarios } = JSON.parse(readFileSync(url, "utf8")) as Recording;
    return scenarios.flatMap(({ name: scenario, exchanges }) =>
      exchanges.flatMap(({ note, request, response }, index) => {
        const [, mesh, name = ""] = /^(?:\/meshes\/([^/]+))?\/[^/]+\/([^/]+)$/.exec(request.path) ?? [];
        const inUrl: JsonObject = { ...(mesh !== undefined && { mesh }), name };
        const kind = kinds.find((one) => pathOf(one, inUrl) === request.path);
        if (request.method !== "PUT" || !kind) return [];
        return {
          title: `${recording}: ${scenario}: ${note ?? request.path}`,
          place,
          kind,
          body: request.body ?? null,
          identity: { ...inUrl, name: decodeURIComponent(name) },
          status: response.status,
          answer: response.body ?? null,
          stored: storedAfter(exchanges[index + 1], request.path),
        };
      }),
    );
  });
}

function pathOf(kind: Kind, identity: JsonObject): string | undefined {
  const isNamed = kind.identity.every((field) => field in identity);
  return isNamed ? `/${kind.path(kind.identity.map((field) => String(identity[field])))}` : undefined;
}

function storedAfter(next: Exchange | undefined, path: string): JsonObject | undefined {
  const isRead = next?.request.method === "GET" && next.request.path === path && next.response.status === 200;
  return isRead && isObject(next.response.body) ? next.response.body : undefined;
}
