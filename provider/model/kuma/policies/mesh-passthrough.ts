import type { JsonObject } from "../../fields.ts";
import type { Kind, Report } from "../../kind.ts";
import { between } from "./checks.ts";
import { type Entry, entriesOf, inside, textOf } from "./entries.ts";
import { type SpecContext, specifiedKind } from "./kind.ts";
import { isCidr, isDnsName, isIpAddress } from "./texts.ts";

/** Protocols that the data plane reads, so that one port has one of them. */
const READ = ["grpc", "http", "http2"];

function rules(spec: JsonObject, { report }: SpecContext): void {
  const protocols = new Map<number, string>();
  const seen = new Set<string>();
  for (const match of entriesOf(inside(spec, "default").appendMatch, "spec.default.appendMatch")) {
    const { object, at } = match;
    const { port, value, protocol = "tcp" } = object;
    if (protocol === "mysql" && port === undefined) report(`${at}.port`, "is missing", "mysql needs it");
    if (typeof port === "number" && typeof protocol === "string") {
      const other = protocols.get(port);
      if (other !== undefined && other !== protocol && READ.includes(protocol))
        report(
          `${at}.port`,
          `has the protocol ${other} in another match`,
          `one port has one of ${READ.join(", ")}`,
        );
      else protocols.set(port, protocol);
      const key = JSON.stringify([port, protocol, value]);
      if (textOf(value) !== undefined && seen.has(key))
        report(`${at}.value`, "stands there twice for this port and protocol");
      seen.add(key);
    }
    valueRules(match, String(protocol), report);
  }
}

function valueRules({ object, at }: Entry, protocol: string, report: Report): void {
  const value = textOf(object.value);
  if (value === undefined) return;
  if (object.type === "CIDR" && !isCidr(value)) report(`${at}.value`, "is no network", 'as in "10.0.0.0/8"');
  if (object.type === "IP" && !isIpAddress(value)) report(`${at}.value`, "is no IP address");
  if (object.type !== "Domain") return;
  if (protocol === "tcp" || protocol === "mysql")
    report(`${at}.protocol`, "goes with IP and CIDR only", "a domain needs tls, http, http2 or grpc");
  if (/^\*[^.]/.test(value)) report(`${at}.value`, "has * for a part of a label", 'write "*.example.org"');
  if (object.port === undefined && value.startsWith("*") && READ.includes(protocol))
    report(`${at}.port`, "is missing", `a domain with * and the protocol ${protocol} needs it`);
  const name = value.startsWith("*.") ? value.slice(2) : value;
  if (!name.startsWith("*") && !isDnsName(name)) report(`${at}.value`, "is no domain name");
}

/** Which traffic may leave the mesh to what it does not know. */
export const meshPassthrough: Kind = specifiedKind({
  type: "MeshPassthrough",
  doc: "Which traffic may leave the mesh to what it does not know.",
  docs: "policies/meshpassthrough",
  example: `
new kuma.MeshPassthrough("httpbin-only", {
  spec: {
    default: {
      passthroughMode: "Matched",
      appendMatch: [{ type: "Domain", value: "httpbin.org", protocol: "tls", port: 443 }],
    },
  },
});
`,
  since: "2.8",
  instead: "the mesh's networking.outbound.passthrough",
  top: { kinds: ["Mesh", "MeshSubset", "Dataplane"], quiet: true },
  refinements: { default: { absentMeans: {} }, "default.appendMatch[].port": between(1, 65535) },
  rules,
});
