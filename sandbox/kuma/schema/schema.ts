import { readFileSync } from "node:fs";

/** The keywords of OpenAPI that Kuma's definitions use. */
export interface Schema {
  type?: "array" | "boolean" | "integer" | "object" | "string";
  format?: string;
  enum?: unknown[];
  default?: unknown;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  "x-kubernetes-int-or-string"?: true;
  "x-kubernetes-preserve-unknown-fields"?: true;
}

/** One kind that is defined by a custom resource definition. */
export interface Definition {
  /** The plural in paths. */
  plural: string;
  /** As in Kuma resource identifiers. */
  shortName: string;
  spec: Schema;
  status?: Schema;
}

/** Every kind that has a custom resource definition; `npm run generate:crds` makes the file from Kuma's own. */
export const definitions: Readonly<Record<string, Definition>> = read();

function read(): Record<string, Definition> {
  const text = readFileSync(new URL("./crds.json", import.meta.url), "utf8");
  const { parts, kinds } = JSON.parse(text) as { parts: unknown[]; kinds: unknown };
  const whole = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(whole);
    if (value === null || typeof value !== "object") return value;
    if ("$part" in value) return whole(parts[Number(value.$part)]);
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, whole(inside)]));
  };
  return whole(kinds) as Record<string, Definition>;
}

/** The schema of the whole body of a kind: its spec and what surrounds it. */
export function envelope(
  type: string,
  { spec, status }: Definition,
  inMesh: boolean,
  hasSnis: boolean,
): Schema {
  const time: Schema = { type: "string", format: "date-time" };
  const sni: Schema = {
    type: "object",
    required: ["port", "sni"],
    properties: { port: { type: "integer", format: "int32" }, sni: { type: "string" } },
  };
  return {
    type: "object",
    required: ["type", "name", "spec"],
    properties: {
      type: { type: "string", enum: [type] },
      ...(inMesh && { mesh: { type: "string", default: "default" } }),
      kri: { type: "string" },
      ...(hasSnis && { snis: { type: "array", items: sni } }),
      name: { type: "string" },
      labels: { type: "object", additionalProperties: { type: "string" } },
      creationTime: time,
      modificationTime: time,
      spec,
      ...(status && { status }),
    },
  };
}
