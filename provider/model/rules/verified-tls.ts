import { at, servicesOf } from "../lints/facts.ts";
import { type Finding, resourcesOf } from "../lints/finding.ts";
import { isUnverified } from "../lints/mesh.ts";
import { formatPath } from "../paths.ts";
import { pluginsOf } from "./plugins.ts";
import type { Judged, Rule } from "./rule.ts";
import type { VerifiedTlsSettings } from "./settings.ts";
import { upstreamsOf } from "./upstreams.ts";

const ENCRYPTED: readonly unknown[] = ["https", "grpcs", "tls"];

/** Who is not verified may be anybody. */
export const verifiedTls: Rule<VerifiedTlsSettings> = {
  name: "verified-tls",
  about: "TLS towards outside is verified.",
  alone: true,
  settings: {
    plainText: choice("Whether what is sent outside may go without TLS."),
    gateways: choice(
      "Whether gateways may speak TLS to upstreams, whose certificates APISIX does not verify.",
    ),
  },
  find: ({ declared }, { plainText, gateways }) => [
    ...inMeshes(declared, plainText),
    ...atGateways(declared, plainText, gateways),
    ...ofPlugins(declared, plainText),
  ],
};

function choice(description: string) {
  return { type: "string", enum: ["allowed", "refused"], description, default: "allowed" } as const;
}

type Allowed = "allowed" | "refused";

function inMeshes(declared: Judged["declared"], plainText: Allowed): Finding[] {
  const services = servicesOf(declared);
  const unverified = resourcesOf(services.filter(isUnverified));
  const plain = plainText === "refused" ? services.filter((one) => one.encrypted === false) : [];
  return [
    ...unverified.map((one) => ({
      resources: [one],
      reason:
        one.type === "kuma:ExternalService"
          ? "TLS has no networking.tls.caCert, so that nothing is verified. Give the CA of the service's certificate."
          : "tls.verification.mode verifies no certificate. Leave it out.",
    })),
    ...resourcesOf(plain).map((one) => ({
      resources: [one],
      reason: `${one.type === "kuma:ExternalService" ? "networking.tls" : "tls"}.enabled is not set, so that nothing is encrypted here.`,
    })),
  ];
}

function atGateways(declared: Judged["declared"], plainText: Allowed, gateways: Allowed): Finding[] {
  if (plainText === "allowed" && gateways === "allowed") return [];
  return upstreamsOf(declared).flatMap(({ resource, value, path }) => {
    const scheme = at(value, "scheme") ?? "http";
    const field = formatPath([...path, "scheme"]);
    const reason = ENCRYPTED.includes(scheme)
      ? gateways === "refused" && `${field} speaks TLS, and APISIX verifies no certificate of an upstream.`
      : plainText === "refused" &&
        ["http", "grpc", "tcp", "udp", "kafka"].includes(String(scheme)) &&
        `${field} sends plain text.`;
    return reason === false ? [] : [{ resources: [resource], reason }];
  });
}

function ofPlugins(declared: Judged["declared"], plainText: Allowed): Finding[] {
  return pluginsOf(declared).flatMap(({ resource, name, configuration, urls }) => {
    const isVerified = at(configuration, "ssl_verify");
    const [encrypted, plain] = [/^(https|grpcs):$/, /^(http|grpc):$/].map((protocol) =>
      urls.find(({ url }) => protocol.test(url.protocol)),
    );
    const found: Finding[] = [];
    if (encrypted && isVerified === false)
      found.push({
        resources: [resource],
        reason: `${formatPath(["plugins", name, "ssl_verify"])} is false. Leave it out, or set it to true.`,
      });
    if (plain && plainText === "refused")
      found.push({
        resources: [resource],
        reason: `${formatPath(["plugins", name, ...plain.path])} sends plain text.`,
      });
    return found;
  });
}
