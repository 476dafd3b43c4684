import { subdomainReasons } from "../go/names.ts";
import { quote } from "../go/quote.ts";
import { TemplateError } from "../go/template/lex.ts";
import { checkTemplate, renderTemplate } from "../go/template/render.ts";
import { fields, text } from "../rules/checks.ts";
import { displayName } from "../rules/names.ts";
import type { StoredObject } from "../store.ts";
import { type Condition, matches } from "./conditions.ts";

/** What one generator has made of one service; it gives no name where it failed. */
interface Outcome {
  generator: string;
  hostname: string;
  condition: Condition;
}

/** The kinds of services that have host names, with their field in the selector of a generator. */
export const SELECTORS: Record<string, string> = {
  MeshService: "meshService",
  MeshExternalService: "meshExternalService",
  MeshMultiZoneService: "meshMultiZoneService",
};

/**
 * Services of one type with the host names that generators give them. Within a mesh a name is given once: to the
 * oldest service, by a generator of the zone before others.
 */
export function withHostnames(
  services: StoredObject[],
  generators: StoredObject[],
  zone: string,
): StoredObject[] {
  const outcomes = new Map<StoredObject, Outcome[]>(services.map((service) => [service, []]));
  const taken = new Map<string, string>();
  const oldestFirst = [...services].sort(byAge);
  for (const generator of [...generators].sort(byOriginAndAge)) {
    for (const service of oldestFirst) {
      const outcome = generate(generator, service, zone, taken);
      if (outcome) outcomes.get(service)?.push(outcome);
    }
  }
  return services.map((service) => withOutcomes(service, outcomes.get(service) ?? []));
}

function withOutcomes(service: StoredObject, outcomes: Outcome[]): StoredObject {
  const { addresses: _, hostnameGenerators: __, ...status } = fields(service.status);
  const sorted = [...outcomes].sort((a, b) => (a.generator < b.generator ? -1 : 1));
  const addresses = sorted
    .filter(({ hostname }) => hostname !== "")
    .map(({ generator, hostname }) => ({
      hostname,
      origin: "HostnameGenerator",
      hostnameGeneratorRef: { coreName: generator },
    }));
  const statuses = sorted.map(({ generator, condition }) => ({
    hostnameGeneratorRef: { coreName: generator },
    conditions: [condition],
  }));
  return {
    ...service,
    status: {
      ...status,
      ...(addresses.length > 0 && { addresses }),
      ...(statuses.length > 0 && { hostnameGenerators: statuses }),
    },
  };
}

function generate(
  generator: StoredObject,
  service: StoredObject,
  zone: string,
  taken: Map<string, string>,
): Outcome | undefined {
  const { selector, template } = fields(generator.spec);
  const chosen = fields(selector)[SELECTORS[service.type] ?? ""];
  if (chosen === undefined || !matches(chosen, service.labels)) return undefined;
  const outcome = (hostname: string, status: string, reason: string, message = ""): Outcome => ({
    generator: generator.name,
    hostname,
    condition: { type: "Generated", status, reason, message },
  });
  const { hostname, problem } = evaluate(text(template), service, zone);
  if (problem !== undefined) return outcome("", "False", "TemplateError", problem);
  const key = `${service.mesh}/${hostname}`;
  if ((taken.get(key) ?? service.name) !== service.name) {
    const message = `Hostname collision with ${service.type}: ${service.name}`;
    return outcome("", "False", "Collision", message);
  }
  taken.set(key, service.name);
  return outcome(hostname, "True", "Generated");
}

/** The host name that a template makes of a service, or why it makes none. */
function evaluate(
  template: string,
  service: StoredObject,
  zone: string,
): { hostname: string; problem?: string } {
  const { mesh = "", name, labels = {} } = service;
  const label = (key: unknown) => {
    const value = labels[String(key)];
    if (value === undefined) throw new Error(`label ${String(key)} not found`);
    return value;
  };
  const data = {
    Name: name,
    DisplayName: displayName({ name, labels }),
    Namespace: labels["k8s.kuma.io/namespace"] ?? "",
    Mesh: mesh,
    Zone: labels["kuma.io/zone"] || zone,
  };
  try {
    checkTemplate(template, ["label"]);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { hostname: "", problem: `failed compiling gotemplate error=${quote(error.message)}` };
  }
  try {
    const hostname = renderTemplate(template, { fields: data, type: "hostname.meshedName" }, { label });
    const reasons = subdomainReasons(hostname);
    if (reasons.length === 0) return { hostname };
    const problem = `generated hostname ${quote(hostname)} is not a valid DNS name: ${reasons.join(", ")}`;
    return { hostname: "", problem };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const problem = `pre evaluation of template with parameters failed with error=${quote(error.message)}`;
    return { hostname: "", problem };
  }
}

function byAge(a: StoredObject, b: StoredObject): number {
  const [first, second] = [a, b].map(({ creationTime, name }) => `${creationTime}/${name}`);
  return String(first) < String(second) ? -1 : 1;
}

function byOriginAndAge(a: StoredObject, b: StoredObject): number {
  const [isFirstOfZone, isSecondOfZone] = [a, b].map(({ labels }) => labels?.["kuma.io/origin"] === "zone");
  if (isFirstOfZone !== isSecondOfZone) return isFirstOfZone ? -1 : 1;
  return byAge(a, b);
}
