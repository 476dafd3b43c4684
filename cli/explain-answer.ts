import * as z from "zod";
import { owner } from "./map-answer.ts";

const texts = z.array(z.string());
const notKnown = z.strictObject({ notKnown: texts }).describe("Why it cannot be said.");

const part = z.strictObject({
  collection: z.string().describe("Of the Admin API."),
  id: z.string(),
  owner: owner.optional(),
});

const node = z.strictObject({ host: z.string(), port: z.number().nullable(), weight: z.number() });

const target = z.strictObject({
  field: z.string().describe("Where it stands, as in `upstreams/httpbin`."),
  owner: owner.optional(),
  weight: z.number(),
  scheme: z.string(),
  nodes: z.array(node),
  nodesBecause: texts.describe("Why the nodes cannot be said."),
  host: z.string().describe("The Host header that the nodes get."),
  sni: z.string().optional().describe("The server name in TLS."),
  tls: z.enum(["none", "cannot be verified at APISIX", "cannot be said"]),
  retries: z.string(),
  timeouts: z.strictObject({ connect: z.string(), send: z.string(), read: z.string() }).describe("Seconds."),
  checks: texts,
  failures: z
    .strictObject({ 502: texts, 503: texts, 504: texts })
    .describe("What an answer of the gateway itself could mean."),
});

const plugin = z.strictObject({
  name: z.string(),
  field: z.string().describe("Where its configuration stands."),
  runs: z.enum(["yes", "disabled", "filter", "too late", "cannot be said"]),
  because: texts.describe("What switches it off, or keeps it from being said."),
  refuses: z.number().optional().describe("The status with which it refuses what is beyond its limit."),
});

const requestAnswer = z.strictObject({
  gateway: z.string(),
  places: texts,
  router: z.string(),
  outcome: z.enum(["served", "no route", "refused", "cannot be said"]),
  route: part.optional(),
  tied: z.array(part).describe("Routes that are equal in all."),
  because: texts.describe("Why it cannot be said."),
  candidates: z.array(part).describe("Routes that it may be."),
  plugins: z.array(plugin).describe("In the order in which they run."),
  answers: z
    .union([z.strictObject({ plugin: z.string(), status: z.number() }), z.strictObject({ because: texts })])
    .optional()
    .describe("The plugin that answers in place of the upstream, or why that cannot be said."),
  sent: z
    .strictObject({ method: z.union([z.string(), notKnown]), uri: z.union([z.string(), notKnown]) })
    .optional(),
  targets: z.array(target),
  targetsBecause: texts.describe("Why the upstream cannot be said."),
  others: z
    .array(part.extend({ reasons: texts }))
    .describe("Routes that come nearest, and why they do not serve."),
  more: z.number().describe("How many more routes do not serve."),
});

const tls = z.strictObject({
  by: z.enum(["nobody", "data plane", "egress"]),
  verified: z.enum(["verified", "not verified", "none"]),
  chain: z.string().optional(),
  names: texts.optional(),
  sni: z.string().nullable().optional(),
  clientCertificate: z.boolean().optional(),
});

const endpoint = z.strictObject({
  address: z.string(),
  zone: z.string().optional(),
  tls,
  source: z.string(),
});

const service = z.strictObject({
  kind: z.string(),
  service: z.string(),
  owners: z.array(owner),
  names: texts,
  protocol: z.string(),
  way: z.enum(["straight", "egress", "data planes", "nothing", "cannot be said"]),
  because: texts.describe("Why it leads nowhere, or why it cannot be said."),
  egresses: texts,
  endpoints: z.array(endpoint),
  permission: z
    .union([z.strictObject({ by: z.string(), rules: texts }), z.strictObject({ because: texts })])
    .nullable()
    .describe("Null where nothing asks."),
  leftOut: texts,
});

const connectionAnswer = z.strictObject({
  controlPlane: z.string(),
  places: texts,
  mesh: z.string(),
  zone: z.string(),
  meshIsUnseen: z.boolean().describe("The mesh itself is in no source."),
  outcome: z.enum(["served", "nothing", "cannot be said"]),
  services: z.array(service),
  otherPorts: z.array(z.strictObject({ service: z.string(), names: texts })),
  passthrough: z.string(),
  because: texts.describe("What keeps it from being known which names there are."),
});

const question = z.record(z.string(), z.union([z.string(), z.number()]));
const notes = texts.describe("What could not be read.");

/** The answer of `explain --json`. */
export const explainAnswer = z
  .discriminatedUnion("about", [
    z.strictObject({
      ...{ version: z.literal(1), about: z.literal("request") },
      ...{ question, answers: z.array(requestAnswer), notes },
    }),
    z.strictObject({
      ...{ version: z.literal(1), about: z.literal("connection") },
      ...{ question, answers: z.array(connectionAnswer), notes },
    }),
  ])
  .meta({ title: "Answer of pulumi-external-backends explain --json" });
