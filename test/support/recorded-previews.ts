import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of what `pulumi stack export` and `pulumi preview --json` printed for the programs in test/support/previews. */
export const PREVIEWS: string = fileURLToPath(new URL("../recordings/previews/", import.meta.url));

/** A recorded document. `test/e2e/explain.test.ts` holds it to the real engine and, with `--update`, writes it. */
export function recorded(name: string): { [key: string]: never } {
  return JSON.parse(readFileSync(`${PREVIEWS}${name}.json`, "utf8"));
}

/** What differs from run to run. */
const CHANGING: Readonly<Record<string, unknown>> = {
  created: "2026-11-26T20:00:00Z",
  modified: "2026-11-26T20:00:00Z",
  time: "2026-11-26T20:00:00Z",
  ciphertext: "v1:AAAA:AAAA",
  magic: "0",
  version: 3,
  encryptedkey: "v1:AAAA:AAAA",
  salt: "v1:AAAA:AAAA",
  duration: 1,
};
/** Not that which stands for a value that is not known. */
const UUID = /(?!04da6b54)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/**
 * A document as a user's program would have given it at any time: without what differs from run to run, with the program in
 * `index.ts` and the package in `node_modules`.
 */
export function comparable(text: string, servers: { apisix: string; kuma: string }): string {
  const placed = text
    .replaceAll(servers.apisix, "http://127.0.0.1:9180")
    .replaceAll(servers.kuma, "http://127.0.0.1:5681")
    .replaceAll("../../../../test/support/previews/programs.ts", "index.ts")
    .replaceAll("../../../../dist/", "node_modules/pulumi-external-backends/dist/")
    .replaceAll("../../../../", "")
    .replaceAll(UUID, "00000000-0000-4000-8000-000000000000")
    .replaceAll(/(pulumi-external-backends\/dist\/[^"]*)#\d+,\d+/g, "$1#1,1")
    .replaceAll(/"[a-z0-9]{8}@http/g, '"aaaaaaaa@http');
  const document = JSON.parse(placed, (key, value: unknown) => {
    if (Object.hasOwn(CHANGING, key)) return CHANGING[key];
    // The lints' words are their own affair.
    if (key === "diagnostics") return [];
    // What stands below the program's own frame is the runtime's.
    if (key === "stackTrace" && Array.isArray(value)) return value.slice(0, 2);
    if (Array.isArray(value) && value.every((one) => String(one).startsWith("urn:")))
      return [...value].sort();
    if ((key === "resources" || key === "steps") && Array.isArray(value)) return sorted(value);
    return value;
  });
  return `${JSON.stringify(document, undefined, 1)}\n`;
}

/** Resources that do not need each other come in any order. */
function sorted(list: { urn: string; op?: string }[]): unknown[] {
  const key = ({ urn, op }: { urn: string; op?: string }) => `${urn} ${op === "refresh" ? 0 : 1}`;
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
