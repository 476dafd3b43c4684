import type { ConnectionAnswer, SeenService, SeenTls } from "./explain-connection.ts";
import type { ExplainQuestion } from "./explain-options.ts";
import { ownerLine } from "./ownership.ts";

/** What the person at the terminal reads about a connection out of a mesh. */
export function connectionText(
  answer: ConnectionAnswer,
  { host, port }: Extract<ExplainQuestion, { about: "connection" }>,
): string[] {
  const { controlPlane, places, mesh, zone, meshIsUnseen, services, otherPorts, passthrough, because } =
    answer;
  const asked = port === undefined ? host : `${host}:${port}`;
  const lines = [
    `${asked} in mesh ${mesh}, zone ${zone}, at control plane ${controlPlane} of ${places.join(", ")}`,
    ...(meshIsUnseen
      ? [
          `  The mesh ${mesh} itself is in no source: what it says of mTLS, egress and passthrough is not known; --from kuma reads it.`,
        ]
      : []),
  ];
  for (const service of services) lines.push("", ...serviceLines(service));
  for (const { service, names } of otherPorts)
    lines.push(
      "",
      `${service} has the host at other ports: ${names.join(", ")}. A connection to this one gets nowhere.`,
    );
  if (services.length === 0 && otherPorts.length === 0)
    lines.push("", "No external service answers to it.", `  passthrough  it ${passthrough}`);
  if (because.length > 0)
    lines.push("", "Which names there are is not all known", ...because.map((one) => `  ${one}`));
  return lines;
}

function serviceLines(service: SeenService): string[] {
  const {
    kind,
    service: name,
    owners,
    names,
    protocol,
    way,
    because,
    egresses,
    endpoints,
    permission,
    leftOut,
  } = service;
  return [
    `Answered by ${kind} ${name}`,
    ...owners.map((owner) => `  ${ownerLine(owner)}`),
    `  names        ${names.join(", ")}`,
    `  protocol     ${protocol}`,
    `  way          ${wayText(way, egresses)}${because.length > 0 ? `: ${because.join("; ")}` : ""}`,
    ...endpoints.flatMap(({ address, tls, zone, source }) => [
      `  endpoint     ${address}${zone === undefined ? "" : ` in zone ${zone}`} (${source})`,
      `  TLS          ${tlsText(tls)}`,
    ]),
    `  permission   ${permissionText(permission)}`,
    ...leftOut.map((one) => `  left out     ${one}`),
  ];
}

function wayText(way: SeenService["way"], egresses: readonly string[]): string {
  if (way === "straight") return "straight from the data plane";
  if (way === "egress") return `by the egress ${egresses.join(", ")}`;
  if (way === "nothing") return "leads nowhere";
  return way === "data planes" ? "to data planes of the mesh" : way;
}

function tlsText({ by, verified, chain, names, sni, clientCertificate }: SeenTls): string {
  if (by === "nobody") return "none: what the application sends goes on as it is";
  const checks =
    verified === "verified"
      ? `verified by ${chain}${names && names.length > 0 ? `, name ${names.join(" or ")}` : ", no name"}`
      : "not verified: whoever answers is believed";
  const more = `${sni ? `, server name ${sni}` : ""}${clientCertificate ? ", with a client certificate" : ""}`;
  return `begun by the ${by}, ${checks}${more}`;
}

function permissionText(permission: SeenService["permission"]): string {
  if (permission === null) return "none is asked for";
  if ("because" in permission) return `cannot be said: ${permission.because.join("; ")}`;
  return permission.rules.length > 0
    ? `${permission.rules.join("; ")}; the last that takes a client decides`
    : "no rule allows anybody: all are refused";
}
