import { UNKNOWN } from "../fields.ts";
import { isSubdomain } from "../kuma/policies/texts.ts";
import { at, type Declared, ofType, text } from "./facts.ts";

/** A host name that several mesh external services of a mesh would get. */
export interface SharedHostName {
  hostname: string;
  services: Declared[];
}

/** The template by which every control plane names mesh external services, unless somebody has changed that. */
const BUILT_IN = "{{ .DisplayName }}.extsvc.mesh.local";
/** What a template may name of a service and the program tells: a field, or a label. */
const ACTION = /\{\{\s*(?:\.(\w+)|label\s+"([^"\\]*)")\s*\}\}/g;

/** A generator, as far as it concerns mesh external services. */
interface Generator {
  provider: unknown;
  template: string;
  wanted: [label: string, value: unknown][];
}

/**
 * The host names that Kuma's own generator and those of the stack would give to several services of one mesh. A service, a
 * generator or a name of which the program does not tell enough is left out.
 */
export function sharedHostNames(stack: readonly Declared[]): SharedHostName[] {
  const services = ofType(stack, "kuma:MeshExternalService");
  const generators = generatorsOf(stack);
  const byName = new Map<unknown, Map<string, SharedHostName>>();
  for (const service of services) {
    const mesh = text(service.args.mesh ?? "default");
    if (mesh === undefined) continue;
    const own = generators.filter(({ provider }) => provider === service.provider);
    const templates = [
      BUILT_IN,
      ...own.filter((one) => isSelected(one, service)).map(({ template }) => template),
    ];
    const names = byName.get(service.provider) ?? new Map<string, SharedHostName>();
    byName.set(service.provider, names);
    const given = new Set(templates.flatMap((template) => filled(template, service, mesh) ?? []));
    for (const hostname of given) {
      const key = `${mesh} ${hostname}`;
      const shared = names.get(key) ?? { hostname, services: [] };
      names.set(key, { ...shared, services: [...shared.services, service] });
    }
  }
  const all = [...byName.values()].flatMap((names) => [...names.values()]);
  return all.filter(({ services: having }) => having.length > 1);
}

/** What has an extension is filled in by somebody else than Kuma. */
function generatorsOf(stack: readonly Declared[]): Generator[] {
  return ofType(stack, "kuma:HostnameGenerator").flatMap(({ provider, args }) => {
    const template = text(at(args, "spec", "template"));
    const selector = at(args, "spec", "selector", "meshExternalService");
    const isPlain = at(args, "spec", "extension") === undefined && selector !== undefined;
    const labels = at(selector, "matchLabels") ?? {};
    if (template === undefined || !isPlain || typeof labels !== "object") return [];
    return [{ provider, template, wanted: Object.entries(labels) }];
  });
}

/** Whether the program tells that a generator selects the service: what the server adds to its labels it does not tell. */
function isSelected({ wanted }: Generator, { args }: Declared): boolean {
  return wanted.every(([label, value]) => value !== UNKNOWN && at(args, "labels", label) === value);
}

/** The host name by a template; nothing where the template asks for what the program does not tell. */
function filled(template: string, { name, args }: Declared, mesh: string): string | undefined {
  const own = text(args.name ?? name);
  const values: Record<string, string | undefined> = {
    Name: own,
    DisplayName: text(at(args, "labels", "kuma.io/display-name") ?? own),
    Mesh: mesh,
  };
  let isKnown = true;
  const hostname = template.replace(ACTION, (_, field?: string, label?: string) => {
    const value = field === undefined ? text(at(args, "labels", label ?? "")) : values[field];
    if (value === undefined) isKnown = false;
    return value ?? "";
  });
  // What is no host name is none to anybody.
  return isKnown && isSubdomain(hostname) ? hostname : undefined;
}
