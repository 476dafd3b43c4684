import type { Resource } from "../inventory/resource.ts";
import type { Declared } from "../lints/facts.ts";
import type { Finding } from "../lints/finding.ts";

/** What a rule looks at: resources as the inventory has them, and, at the same index, as lints see them. */
export interface Judged {
  /** PROJECT/STACK. */
  stack: string;
  resources: readonly Resource[];
  declared: readonly Declared[];
  /** Tells why a rule could not judge a resource, as in `nodes comes from service discovery`. Quotes no value. */
  unclear(resource: Declared, why: string): void;
  /** Tells that a rule could not judge a resource because this field of it is not known yet, or secret. */
  notKnown(resource: Declared, field: string): void;
}

/** A setting of a rule, with the JSON schema by which a policy pack's configuration is checked. */
export type SettingSchema =
  | { type: "array"; items: { type: "string" }; description: string; default: readonly string[] }
  | { type: "string"; enum: readonly string[]; description: string; default: string };

/** A rule that somebody sets for stacks: what is legal, works, and is not wanted there. */
export interface Rule<Settings extends object> {
  name: string;
  /** What it demands. */
  about: string;
  /** Whether each resource is judged by itself, so that it can be refused before it is made. */
  alone: boolean;
  settings: { readonly [name in keyof Settings]: SettingSchema };
  find(judged: Judged, settings: Settings): Finding[];
}

/** A list of texts as a setting; empty by default. */
export function listSetting(description: string): SettingSchema {
  return { type: "array", items: { type: "string" }, description, default: [] };
}
