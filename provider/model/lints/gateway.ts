import { type JsonObject, UNKNOWN } from "../fields.ts";
import { endsWithin } from "../inventory/certificates.ts";
import { formatPath } from "../paths.ts";
import { relationsOf } from "../references.ts";
import { certificatesOf } from "./certificates.ts";
import { at, type Declared, ofType } from "./facts.ts";
import { each, type Lint } from "./finding.ts";
import { hostsOfBundles } from "./hosts.ts";

/** Days before its end from which on a certificate is told. */
const DAYS = 30;

/** Lints about gateways, and about what resources of both servers have. */
export const GATEWAY_LINTS: readonly Lint[] = [
  {
    name: "host-of-two-bundles",
    about: "No two bundles of a gateway have one host.",
    severity: "error",
    holdsInPart: true,
    find: (stack) =>
      hostsOfBundles(stack)
        .filter(({ resources }) => new Set(resources.map(({ bundle }) => bundle)).size > 1)
        .map(({ host, resources }) => ({
          resources,
          values: [host],
          reason:
            `one host stands in ${[...new Set(resources.map(({ bundle }) => `the bundle "${bundle}"`))].join(" and ")}, ` +
            "so that the one takes requests of the other. Leave it to one of them.",
        })),
  },
  {
    name: "client-host-to-https",
    about: "HTTPS backends are sent their own host.",
    severity: "warning",
    find: (stack) =>
      each(
        [...ofType(stack, "apisix:Upstream"), ...ofType(stack, "apisix:Route")].filter((resource) =>
          sendsClientsHost(resource.type === "apisix:Route" ? at(resource.args, "upstream") : resource.args),
        ),
        "Scheme https with passHost pass (what is left out means it, where not every node is a domain name) sends the client's host to the upstream, as Host header and as SNI, which most external " +
          'backends refuse. Write passHost: "node", or "rewrite" with upstreamHost.',
      ),
  },
  {
    name: "certificate-expires",
    about: "Certificates are valid for 30 days at least.",
    severity: "warning",
    find: (stack, now) =>
      stack.flatMap((resource) =>
        certificatesOf(resource)
          .filter((one) => endsWithin(one, DAYS, now))
          .map(({ field, validUntil }) => ({
            resources: [resource],
            reason: endText(field, validUntil, now),
          })),
      ),
  },
  {
    name: "reference-by-text",
    about: "Resources refer to each other by outputs.",
    severity: "warning",
    find: (stack) =>
      [...relationsOf(stack, ({ provider }) => provider, saidInWriting)].flatMap(([from, relations]) =>
        relations.flatMap(({ path, to }) =>
          to && to !== from
            ? {
                resources: [from],
                reason:
                  `${formatPath(path)} names ${to.type} "${to.name}" of this stack by its text, so Pulumi does not know that the one needs the other, ` +
                  "and may create, replace or delete them in the wrong order. Pass the other resource's output, or set dependsOn.",
              }
            : [],
        ),
      ),
  },
];

function saidInWriting({ literal = {} }: Declared): JsonObject {
  return literal;
}

function endText(field: string, validUntil: string, now: Date): string {
  const isOver = new Date(validUntil) <= now;
  return `${field} holds a certificate that ${isOver ? "has ended" : "ends"} on ${validUntil.slice(0, 10)}. Give a newer one.`;
}

/** Takes the canonical form, in which `node` is filled in wherever every node is known to have a domain name. */
function sendsClientsHost(upstream: unknown): boolean {
  if (at(upstream, "scheme") !== "https") return false;
  const passHost = at(upstream, "passHost");
  if (passHost !== undefined) return passHost === "pass";
  return !JSON.stringify((upstream as JsonObject).nodes ?? "").includes(UNKNOWN);
}
