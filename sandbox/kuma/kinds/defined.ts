import { refuse } from "../errors.ts";
import type { Fields } from "../message.ts";
import { type Rules, rules } from "../rules/index.ts";
import { serverName } from "../rules/names.ts";
import { portNames } from "../rules/services.ts";
import { decodeBySchema } from "../schema/decode.ts";
import { withDefaults } from "../schema/defaults.ts";
import { definitions, envelope } from "../schema/schema.ts";
import { schemaViolations } from "../schema/validate.ts";
import type { Federated, Kind, PolicyForm } from "./kind.ts";

/** A policy that is written on either side; a zone's is not seen in other zones. */
const policy = (form: PolicyForm): Partial<Kind> => ({
  writtenOn: "either",
  goesDown: true,
  goesUp: true,
  policy: { isTargetRef: true, ...form },
});

const bothWays: Federated = { writtenOn: "either", goesDown: true, goesUp: true };
const toAndFrom: PolicyForm = { hasTo: true, hasFrom: true, hasRules: true, isFromAsRules: true };

/** What sets the kinds apart that have a definition. */
const special: Record<string, Partial<Kind>> = {
  HostnameGenerator: { ...bothWays, inMesh: false },
  MeshAccessLog: { ...policy(toAndFrom), status: {} },
  MeshCircuitBreaker: policy(toAndFrom),
  MeshExternalService: { ...bothWays, status: { vip: {} } },
  MeshFaultInjection: policy({ ...toAndFrom, isFromAsRules: false }),
  MeshHTTPRoute: { ...policy({ hasTo: true }), title: "Mesh HTTP Route" },
  MeshHealthCheck: policy({ hasTo: true }),
  MeshIdentity: { ...bothWays, status: {} },
  MeshLoadBalancingStrategy: policy({ hasTo: true }),
  MeshMetric: { ...policy({}), status: {} },
  MeshMultiZoneService: { writtenOn: "global", goesDown: true, status: {} },
  MeshOpenTelemetryBackend: { ...bothWays, title: "Mesh OpenTelemetry Backend", status: {} },
  MeshPassthrough: policy({}),
  MeshProxyPatch: policy({}),
  MeshRateLimit: policy(toAndFrom),
  MeshRetry: policy({ hasTo: true }),
  MeshService: {
    writtenOn: "zone",
    goesUp: true,
    goesAcross: true,
    status: { tls: {}, dataplaneProxies: {} },
  },
  MeshTCPRoute: { ...policy({ hasTo: true }), title: "Mesh TCP Route" },
  MeshTLS: { ...policy({ ...toAndFrom, hasTo: false }), title: "Mesh TLS" },
  MeshTimeout: policy(toAndFrom),
  MeshTrace: { ...policy({}), status: {} },
  MeshTrafficPermission: policy({ hasFrom: true, hasRules: true }),
  MeshTrust: { ...bothWays, status: {} },
  MeshZoneAddress: { writtenOn: "zone", goesUp: true, goesAcross: true },
  Workload: {
    writtenOn: "zone",
    goesUp: true,
    status: { dataplaneProxies: { connected: 0, healthy: 0, total: 0 } },
  },
};

/** The names of the ports by which a kind of service is asked for in TLS. */
const ports: Record<string, (spec: Fields) => { port: unknown; name: string }[]> = {
  MeshExternalService: ({ match }) => {
    const { port } = match as Fields;
    return [{ port, name: String(port) }];
  },
  MeshMultiZoneService: namedPorts,
  MeshService: namedPorts,
};

function namedPorts({ ports: given = [] }: Fields): { port: unknown; name: string }[] {
  const names = portNames(given);
  return (given as Fields[])
    .map(({ port }, index) => ({ port, name: names[index] ?? "" }))
    .sort((a, b) => Number(a.port) - Number(b.port));
}

/** Every kind that is defined by a custom resource definition. */
export const definedKinds: Kind[] = Object.entries(special).map(([type, more]) => definedKind(type, more));

function definedKind(type: string, more: Partial<Kind>): Kind {
  const definition = definitions[type];
  if (!definition) throw new Error(`Kuma's definitions do not have ${type}`);
  const { plural, shortName } = definition;
  const { typing = {}, check, warnings }: Rules = rules[type] ?? {};
  const inMesh = more.inMesh ?? true;
  const schema = envelope(type, definition, inMesh, type in ports);
  return {
    type,
    path: plural,
    shortName,
    hasCrd: true,
    writtenOn: "either",
    ...more,
    inMesh,
    decode(body) {
      const whole = withDefaults(schema, body);
      refuse(schemaViolations(schema, whole));
      const { spec } = whole as Fields;
      return { spec: decodeBySchema(definition.spec, spec, typing, "spec") };
    },
    ...(check && { check: ({ spec }, circumstances) => check(spec as Fields, circumstances) }),
    ...(warnings && { warnings: ({ spec }, circumstances) => warnings(spec as Fields, circumstances) }),
    computed({ spec }, circumstances) {
      const snis = ports[type]?.(spec as Fields).map(({ port, name }) => ({
        port,
        sni: serverName(shortName, name, circumstances),
      }));
      return snis && snis.length > 0 ? { snis } : {};
    },
  };
}
