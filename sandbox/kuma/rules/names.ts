import type { Violation } from "../errors.ts";
import { labelReasons, olderLabelReasons } from "../go/names.ts";
import { quote } from "../go/quote.ts";
import { complainIf } from "./checks.ts";
import type { Circumstances } from "./policy.ts";

/** The name that people know an object by: on the other side of a federation it has another. */
export const displayName = ({ name, labels }: Pick<Circumstances, "name" | "labels">): string =>
  labels["kuma.io/display-name"] || name;

/** A name that becomes part of a host name is as short as a part of one. */
export function checkNameLength(circumstances: Circumstances, longest = 63): Violation[] {
  const isLong = Buffer.byteLength(displayName(circumstances)) > longest;
  return complainIf(isLong, "name", `must not be longer than ${longest} characters`);
}

/** What a PUT answers about a name that could not be a part of a host name in the narrow sense. */
export function nameWarnings(type: string, circumstances: Circumstances): string[] {
  const name = displayName(circumstances);
  const reasons = olderLabelReasons(name);
  if (reasons.length === 0) return [];
  return [
    `Invalid ${type} resource name: '${name}'. It does not conform to the DNS format (RFC 1035). ` +
      `This is deprecated. Errors: ${reasons.join("; ")}`,
  ];
}

/** The name by which a port of a service is asked for in TLS. */
export function serverName(shortName: string, port: string, circumstances: Circumstances): string {
  const zone = circumstances.labels["kuma.io/zone"] ?? "";
  const namespace = zone === "" ? "" : (circumstances.labels["k8s.kuma.io/namespace"] ?? "");
  const parts = ["sni", shortName, circumstances.mesh, zone, namespace, displayName(circumstances), port];
  return parts.filter((part, index) => part !== "" || index > 4).join(".");
}

/** What a PUT answers about ports whose name in TLS would be none. */
export function serverNameWarnings(
  type: string,
  shortName: string,
  ports: string[],
  circumstances: Circumstances,
): string[] {
  return ports.flatMap((port) =>
    serverNameProblems(shortName, port, circumstances).map(
      (problem) => `Invalid ${type} SNI (port ${quote(port)}): ${problem}. This is deprecated.`,
    ),
  );
}

function serverNameProblems(shortName: string, port: string, circumstances: Circumstances): string[] {
  const { mesh, labels } = circumstances;
  const name = displayName(circumstances);
  if (mesh === "" || name === "" || port === "") return ["mesh, name and sectionName must be non-empty"];
  const zone = labels["kuma.io/zone"] ?? "";
  const namespace = labels["k8s.kuma.io/namespace"] ?? "";
  const parts = { mesh, name, ...(zone && { zone, ...(namespace && { namespace }) }) };
  const problems = Object.entries(parts).flatMap(([part, value]) => {
    const reasons = labelReasons(value).join("; ");
    return reasons ? [`${part} ${quote(value)} does not conform to RFC 1123: ${reasons}`] : [];
  });
  const reasons = labelReasons(port).join("; ");
  if (reasons) problems.push(reasons);
  const { length } = serverName(shortName, port, circumstances);
  if (length > 253) {
    problems.push(`computed SNI is ${length} characters which exceeds the DNS hostname limit (253)`);
  }
  return problems;
}
