import * as z from "zod";
import { type FieldMeta, isObject, type Json, type JsonObject, set, UNKNOWN } from "../fields.ts";
import type { Kind, RuleContext } from "../kind.ts";
import { LONGEST_DNS_LABEL, labels, resourceName } from "./fields.ts";
import { backendRules, conf, life, prometheusForm } from "./mesh-backends.ts";

const backendName = z.string().min(1).describe("Name of the backend.");
/** An empty list says the same as none. */
function backends<T extends z.ZodType>(backend: T, examples?: readonly Json[]) {
  return z.array(examples ? backend.meta({ examples } satisfies FieldMeta) : backend).default([]);
}

const requestTimeout = z
  .string()
  .regex(/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/, 'is no duration such as "10s" or "1m30s"')
  .meta({ examples: ["10s", "90s", "0.250s"] } satisfies FieldMeta);

const mtls = z
  .strictObject({
    enabledBackend: z.string().optional().describe("Name of the backend in use; without it mTLS is off."),
    skipValidation: z
      .boolean()
      .default(false)
      .describe("Does not check that the backend works. Server's default: false."),
    backends: backends(
      z.strictObject({
        name: backendName,
        type: z
          .string()
          .min(1)
          .meta({ examples: ["builtin"] } satisfies FieldMeta)
          .describe("`builtin`, `provided`, or one of a plugin."),
        mode: z
          .enum(["STRICT", "PERMISSIVE"])
          .default("STRICT")
          .describe("Whether plain traffic is let in, too. Server's default: `STRICT`."),
        dpCert: z
          .strictObject({
            rotation: z
              .strictObject({
                expiration: life.describe('Life of a data plane\'s certificate, as in `"1d"`.'),
              })
              .describe("Rotation of the data planes' certificates."),
            requestTimeout: requestTimeout
              .optional()
              .describe('Time to wait for a certificate, as in `"10s"`.'),
          })
          .optional()
          .describe("Certificates of the data planes. Server's default: a life of 30 days."),
        conf,
        rootChain: z
          .strictObject({
            requestTimeout: requestTimeout
              .optional()
              .describe('Time to wait for the root\'s chain, as in `"10s"`.'),
          })
          .optional()
          .describe("Chain of the root certificate."),
      }),
    ).describe("Certificate authorities."),
  })
  .optional()
  .describe(
    "mTLS inside the mesh. A new mesh with mTLS lets nothing pass until a MeshTrafficPermission is made.",
  );

const routing = z
  .strictObject({
    localityAwareLoadBalancing: z
      .boolean()
      .default(false)
      .describe(
        "Keeps traffic in its zone; what the tag `kuma.io/zone` of an external service needs. Server's default: false.",
      ),
    zoneEgress: z
      .boolean()
      .default(false)
      .meta({ releases: { until: "3.0" } } satisfies FieldMeta)
      .describe("Sends traffic to the outside through the zone egress; needs mTLS. Server's default: false."),
    defaultForbidMeshExternalServiceAccess: z
      .boolean()
      .default(false)
      .describe("Forbids MeshExternalServices unless a policy allows them. Server's default: false."),
  })
  .prefault({})
  .describe("How traffic is routed.");

const requirement = z.array(
  z.strictObject({
    tags: z
      .record(
        z.string().regex(/^[a-zA-Z0-9.\-_:/]+$/, "is no name of a tag"),
        z.string().regex(/^([a-zA-Z0-9.\-_:/]+|\*)$/, "is no value of a tag, and not *"),
      )
      .refine((tags) => Object.keys(tags).length > 0, "is empty")
      .describe("Tags and the values asked for; `*` is any."),
  }),
);

/** Everything that a mesh says about itself; a patch may say some of it. */
export const meshShape = {
  mtls,
  routing,
  networking: z
    .strictObject({
      outbound: z
        .strictObject({
          passthrough: z
            .boolean()
            .default(true)
            .describe("Lets traffic out to hosts that the mesh does not know. Server's default: true."),
        })
        .prefault({})
        .describe("Traffic that leaves the mesh."),
    })
    .prefault({})
    .describe("Networking of the data planes."),
  meshServices: z
    .strictObject({
      mode: z
        .enum(["Disabled", "Everywhere", "ReachableBackends", "Exclusive"])
        .default("Disabled")
        .describe("Where MeshServices are made. Server's default: `Disabled`."),
    })
    .prefault({})
    .describe("MeshServices."),
  constraints: z
    .strictObject({
      dataplaneProxy: z
        .strictObject({
          requirements: requirement
            .default([])
            .describe("Sets of tags of which a data plane needs one to join."),
          restrictions: requirement
            .default([])
            .describe("Sets of tags with which a data plane may not join."),
        })
        .optional()
        .describe("Which data planes may join."),
    })
    .optional()
    .describe("Conditions for joining."),
  skipCreatingInitialPolicies: set(z.string().min(1))
    .default([])
    .describe("Policies that Kuma does not make with the mesh; `*` for all."),
  logging: z
    .strictObject({
      defaultBackend: z.string().optional().describe("Name of the backend used by default."),
      backends: backends(
        z.strictObject({
          name: backendName,
          format: z.string().optional().describe("Format of a line."),
          type: z.enum(["file", "tcp"]).describe("`file` or `tcp`."),
          conf,
        }),
        [
          { name: "a", type: "file", conf: { path: "/tmp/access.log" } },
          { name: "b", type: "tcp", format: "%START_TIME%", conf: { address: "10.0.0.1:5000" } },
        ],
      ).describe("Where logs go."),
    })
    .optional()
    .describe("Access logs."),
  tracing: z
    .strictObject({
      defaultBackend: z.string().optional().describe("Name of the backend used by default."),
      backends: backends(
        z.strictObject({
          name: backendName,
          sampling: z.number().min(0).max(100).optional().describe("Share of requests traced, in percent."),
          type: z.enum(["zipkin", "datadog"]).describe("`zipkin` or `datadog`."),
          conf,
        }),
        [
          { name: "a", type: "zipkin", sampling: 99.9, conf: { url: "http://zipkin.example:9411/api" } },
          { name: "b", type: "datadog", conf: { address: "10.0.0.1", port: 8126 } },
        ],
      ).describe("Where traces go."),
    })
    .optional()
    .describe("Traces."),
  metrics: z
    .strictObject({
      enabledBackend: z.string().optional().describe("Name of the backend in use."),
      backends: backends(
        z.strictObject({
          name: backendName,
          type: z.enum(["prometheus"]).describe("`prometheus`."),
          // No settings are the control plane's.
          conf: conf.prefault({}).meta({ form: prometheusForm } satisfies FieldMeta),
        }),
        [
          { name: "a", type: "prometheus" },
          { name: "b", type: "prometheus", conf: { port: 5671, skipMTLS: true } },
          { name: "c", type: "prometheus", conf: { tls: { mode: "activeMTLSBackend" }, tags: {} } },
          { name: "d", type: "prometheus", conf: { aggregate: [{ name: "app", port: 80, path: "/stats" }] } },
        ],
      ).describe("Where metrics are."),
    })
    .optional()
    .describe("Metrics of the data planes."),
};

const SECTIONS = [
  ["mtls", "enabledBackend"],
  ["metrics", "enabledBackend"],
  ["logging", "defaultBackend"],
  ["tracing", "defaultBackend"],
] as const;

/** Rules of a mesh, whole or patched; a patch cannot know what it does not say. */
export function meshRules(mesh: JsonObject, { report, known }: RuleContext, whole = true): void {
  const { mtls, routing } = mesh;
  for (const [field, chosen] of SECTIONS) {
    const section = mesh[field];
    if (!isObject(section)) continue;
    const backends = Array.isArray(section.backends) ? section.backends : [];
    const names = backends.map((backend) => (isObject(backend) ? (backend.name ?? null) : null));
    for (const [index, name] of names.entries()) {
      const isTwice = typeof name === "string" && name !== UNKNOWN && names.indexOf(name) < index;
      if (isTwice) report(`${field}.backends[${index}].name`, "is the name of another backend, too");
    }
    backendRules(field, backends, report);
    if (section[chosen] === undefined || !known(`${field}.${chosen}`, `${field}.backends`)) continue;
    if (!names.includes(section[chosen])) {
      const hint = `backends: ${names.join(", ") || "none"}`;
      report(`${field}.${chosen}`, "is the name of no backend of the mesh", hint);
    }
  }
  const encrypted = isObject(mtls) && mtls.enabledBackend !== undefined;
  if (whole && isObject(routing) && routing.zoneEgress === true && known("mtls") && !encrypted) {
    report("routing.zoneEgress", "needs mTLS", "give mtls with an enabledBackend");
  }
}

/** A mesh. */
export const mesh: Kind = {
  type: "kuma:Mesh",
  title: "mesh",
  doc: "A mesh, with all that it says about itself. To change some fields of a mesh that somebody else made (such as `default`), use {@link MeshPatch}.",
  docs: "https://kuma.io/docs/latest/production/mesh/",
  examples: [
    `
new kuma.Mesh("payments", {
  mtls: { enabledBackend: "ca-1", backends: [{ name: "ca-1", type: "builtin" }] },
  networking: { outbound: { passthrough: false } },
  routing: { zoneEgress: true },
});
`,
  ],
  outputs: { routing: "How traffic is routed, as declared." },
  dialect: "kuma",
  side: "global",
  identity: ["name"],
  schema: z.strictObject({
    name: resourceName(LONGEST_DNS_LABEL)
      .optional()
      .describe(
        "Name at the control plane: an RFC 1123 subdomain of at most 63 characters. Default: the resource's name. A new one replaces the mesh.",
      ),
    labels,
    ...meshShape,
    deleteContents: z
      .boolean()
      .default(false)
      .meta({ local: true } satisfies FieldMeta)
      .describe(
        "Deleting a mesh deletes what is in it, so that is refused while there is something, unless this is true. Default: false.",
      ),
  }),
  path: ([name]) => `meshes/${name}`,
  rules: (args, context) => meshRules(args, context),
  toServer: (body) => ({ type: "Mesh", ...body }),
  serverMade: ["type", "creationTime", "modificationTime", "kri"],
  contents: ["external-services", "meshexternalservices", "dataplanes"],
  madeByServer: ({ name }) =>
    name === "default" ? "is made by Kuma itself; kuma.MeshPatch sets some of its fields" : undefined,
};
