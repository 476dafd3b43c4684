import { isObject, type JsonObject, UNKNOWN } from "../../fields.ts";
import { isDnsLabel } from "../names.ts";

/** What the server calls a service's port in host names: its name, else its number. */
export function sectionsOf(ports: unknown): (string | undefined)[] {
  if (!Array.isArray(ports)) return [];
  return ports.filter(isObject).map(({ name, port }) => {
    if (name === UNKNOWN || port === UNKNOWN) return undefined;
    return String(name ?? port);
  });
}

/**
 * Tells what the server would warn of: names that make no host names.
 *
 * @param short What stands for the kind in server names.
 * @param sections Names of the service's ports, as far as they are known.
 */
export function nameWarnings(
  args: JsonObject,
  short: string,
  sections: readonly (string | undefined)[],
  warn: (text: string) => void,
): void {
  const { mesh, labels } = args;
  const name = (isObject(labels) ? labels["kuma.io/display-name"] : undefined) ?? args.name;
  if (typeof name !== "string" || name === UNKNOWN || typeof mesh !== "string" || mesh === UNKNOWN) return;
  if (!isDnsLabel(name))
    warn(
      "its name is no RFC 1035 label (a letter first, no dots, at most 63 characters); that is deprecated.",
    );
  for (const section of sections) {
    if (section === undefined) continue;
    if (section === "") warn("a port without a name has no server name; that is deprecated.");
    else
      for (const problem of serverNameProblems(mesh, name, section, short))
        warn(`${problem}; that is deprecated.`);
  }
}

function serverNameProblems(mesh: string, name: string, section: string, short: string): string[] {
  const parts = { mesh, name, port: section };
  const problems = Object.entries(parts).flatMap(([what, text]) =>
    text.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text)
      ? []
      : [`the ${what} "${text.slice(0, 70)}" makes no part of a server name (RFC 1123)`],
  );
  const length = ["sni", short, mesh, name, section].join(".").length;
  return length > 253 ? [...problems, `its server name would have ${length} characters, of 253`] : problems;
}
