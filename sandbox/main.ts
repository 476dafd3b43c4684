import { parseArgs } from "node:util";
import { startApisix } from "./apisix/index.ts";
import { startBackend } from "./backend.ts";
import { type FaultName, faultNames, faults, type Limits, limited } from "./faults.ts";
import { startKuma, startKumaFederation } from "./kuma/index.ts";

const usage = `Starts an APISIX (Admin API and gateway), a Kuma control plane and a backend, all in memory and on loopback.

  npm run sandbox -- [options]

  --admin-port N     APISIX Admin API (default 9180)
  --gateway-port N   APISIX gateway (default 9080)
  --kuma-port N      Kuma control plane (default 5681)
  --host NAME        an external name that the backend answers to; may be repeated (default httpbin.org)
  --federation       also a global control plane (5691) with the zones zone-1 (5692) and zone-2 (5693),
                     and for each zone an APISIX (Admin API 9181 and 9182, gateway 9081 and 9082);
                     the backend answers to zone-1.httpbin.org and zone-2.httpbin.org, too
  --stores-defaults  APISIX (9180) writes its defaults into objects, as before 3.14
  --strict-query     APISIX (9180) refuses query parameters that it does not know
  --kuma-version V   release of the control plane (5681), default 2.14.3: 2.5.0 keeps no labels and has no
                     MeshExternalService, 3.0.0 has neither ExternalService nor ZoneEgress
  --fault NAME       the Admin API (9180) and the control plane (5681) answer every request so:
                     ${faultNames.join("\n                     ")}
  --fault-only KIND  only requests of this kind meet the fault: reads or writes
  --fault-every N    of these, only every Nth
  --any-port         free ports instead of the default ones
  --help             this text
`;

const zones = ["zone-1", "zone-2"];

interface Closable {
  close(): Promise<void>;
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      "admin-port": { type: "string" },
      "gateway-port": { type: "string" },
      "kuma-port": { type: "string" },
      host: { type: "string", multiple: true, default: ["httpbin.org"] },
      federation: { type: "boolean", default: false },
      "stores-defaults": { type: "boolean", default: false },
      "strict-query": { type: "boolean", default: false },
      "kuma-version": { type: "string", default: "2.14.3" },
      fault: { type: "string" },
      "fault-only": { type: "string" },
      "fault-every": { type: "string", default: "1" },
      "any-port": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const port = (name: "admin-port" | "gateway-port" | "kuma-port", usual: number) => {
    const given = values[name];
    if (given === undefined) return values["any-port"] ? 0 : usual;
    if (!/^\d+$/.test(given) || Number(given) > 65535) throw new Error(`--${name} ${given} is no port`);
    return Number(given);
  };
  const { fault, "fault-only": only, "fault-every": every } = values;
  if (!/^\d+\.\d+/.test(values["kuma-version"]))
    throw new Error(`--kuma-version ${values["kuma-version"]} is no version such as 2.5.0`);
  if (fault !== undefined && !isFault(fault)) throw new Error(`--fault ${fault} is none; see --help`);
  if (only !== undefined && only !== "reads" && only !== "writes")
    throw new Error(`--fault-only ${only} is neither reads nor writes`);
  if (!/^[1-9]\d*$/.test(every)) throw new Error(`--fault-every ${every} is no number from 1 on`);
  const limits: Limits = { only, every: Number(every) };
  return {
    ...values,
    fault,
    limits,
    host: values.federation ? [...values.host, ...zones.map((zone) => `${zone}.httpbin.org`)] : values.host,
    adminPort: port("admin-port", 9180),
    gatewayPort: port("gateway-port", 9080),
    kumaPort: port("kuma-port", 5681),
    usual: (usual: number) => (values["any-port"] ? 0 : usual),
  };
}

function isFault(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}

async function start(options: ReturnType<typeof readOptions>, running: Closable[]): Promise<string[]> {
  const keep = <T extends Closable>(started: T): T => {
    running.push(started);
    return started;
  };
  const backend = keep(await startBackend({ hosts: [...options.host, "localhost"] }));
  const ports = { http: backend.httpPort, https: backend.httpsPort };
  const hosts = Object.fromEntries(options.host.map((name) => [name, ports]));
  const apisix = keep(
    await startApisix({
      adminPort: options.adminPort,
      gatewayPort: options.gatewayPort,
      hosts,
      storesDefaults: options["stores-defaults"],
      refusesUnknownParameters: options["strict-query"],
    }),
  );
  const kuma = keep(await startKuma({ port: options.kumaPort, version: options["kuma-version"] }));
  if (options.fault) {
    apisix.intercept = limited(faults[options.fault], options.limits);
    kuma.intercept = limited(faults[options.fault], options.limits);
  }
  const lines = [
    `APISIX Admin API    ${apisix.adminUrl}   key ${apisix.adminKey}, read only ${apisix.viewerKey}`,
    `APISIX gateway      ${apisix.gatewayUrl}`,
    `Kuma control plane  ${kuma.url}   no token needed`,
    `Backend             http://127.0.0.1:${backend.httpPort} and https://127.0.0.1:${backend.httpsPort}, behind the gateway as ${options.host.join(", ")}`,
  ];
  if (!options.federation) return lines;
  const federation = keep(
    await startKumaFederation({
      zones,
      globalPort: options.usual(5691),
      zonePorts: Object.fromEntries(zones.map((zone, index) => [zone, options.usual(5692 + index)])),
    }),
  );
  lines.push(`Kuma global         ${federation.global.url}`);
  for (const [index, zone] of zones.entries()) {
    const gateway = keep(
      await startApisix({
        adminPort: options.usual(9181 + index),
        gatewayPort: options.usual(9081 + index),
        hosts,
      }),
    );
    lines.push(
      `Kuma ${zone}         ${federation.zones[zone]?.url}`,
      `APISIX ${zone}       ${gateway.adminUrl}, gateway ${gateway.gatewayUrl}`,
    );
  }
  return lines;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options.help) return void process.stdout.write(usage);
  const running: Closable[] = [];
  const stop = async () => {
    await Promise.all(running.map((started) => started.close()));
  };
  try {
    const lines = await start(options, running);
    console.log(`${lines.join("\n")}\nCtrl-C stops it all; nothing is kept.`);
  } catch (problem) {
    await stop();
    throw problem;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop());
}

main().catch((problem: Error & { code?: string; port?: number }) => {
  const taken = problem.code === "EADDRINUSE";
  console.error(
    taken ? `Port ${problem.port} is taken; --help tells how to choose others.` : problem.message,
  );
  process.exitCode = 1;
});
