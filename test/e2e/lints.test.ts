import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import { bundleDoors } from "../support/bundle-doors.ts";
import { PLUGINS } from "../support/doors.ts";
import { expectOneError } from "../support/errors.ts";
import { resourceClasses } from "../support/plugin-classes.ts";
import { expectChanges, startWorld } from "../support/world.ts";

const world = await startWorld();
const caCert = { secret: "ca" };

/** The texts of the warnings of an operation, in the order in which they came. */
function warningsOf({ events }: { events: pulumi.automation.EngineEvent[] }): string[] {
  return events.flatMap(({ diagnosticEvent: event }) =>
    event?.severity === "warning" ? [(event.message ?? "").replace(/<\{%reset%\}>/g, "").trim()] : [],
  );
}

/** The names of the lints in the warnings. */
const lintsOf = (result: Parameters<typeof warningsOf>[0]) =>
  warningsOf(result).map((text) => /\(lint ([\w-]+);/.exec(text)?.[1] ?? text);

/** A mesh whose traffic goes everywhere, and in it a service that says little. */
async function careless(): Promise<void> {
  const mesh = new kuma.Mesh("careless", {
    mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] },
  });
  new kuma.ExternalService("careless", {
    mesh: mesh.name,
    tags: { "kuma.io/service": "careless-api", "kuma.io/protocol": "http", "kuma.io/zone": "zone-1" },
    networking: { address: "a.example:443", tls: { enabled: true, allowRenegotiation: true } },
  });
  new kuma.ZoneEgress("careless", { networking: { port: 10002 } });
  new apisix.Upstream("careless", {
    scheme: "https",
    nodes: [{ host: "10.0.0.1", port: 443, weight: 1 }],
  });
}

test("a preview and an up warn, once each, and a stack can switch lints off", async () => {
  const stack = await world.stack("careless", careless);
  const expected = [
    "unverified-tls",
    "tls-renegotiation",
    "zone-tag-without-locality",
    "passthrough-on",
    "egress-without-zone-egress",
    "no-traffic-permission",
    "client-host-to-https",
  ];
  const preview = await stack.preview();
  expect(lintsOf(preview)).toEqual(expected);
  expect(warningsOf(preview)[3]).toBe(
    'kuma:ExternalService "careless": the mesh (kuma:Mesh "careless") has passthrough on: every host outside can be reached as it is, ' +
      "past what is declared here. Set networking.outbound.passthrough: false on the mesh. " +
      "(lint passthrough-on; external-backends:ignoreLints switches it off)",
  );
  const [first = "", second = "", ...others] = expected;
  await stack.setConfig({ "external-backends:ignoreLints": JSON.stringify([first, second]) });
  expect(lintsOf(await stack.up())).toEqual(others);
  await stack.setConfig({ "external-backends:ignoreLints": `${others.join(", ")},tls-reneg` });
  expect(lintsOf(await stack.up())).toEqual([
    expect.stringContaining('there is no lint "tls-reneg"; there are mixed-addresses, '),
    first,
    second,
  ]);
});

test("a careful stack has no warnings, whatever the order, and what is secret is not judged", async () => {
  const stack = await world.stack("careful", async () => {
    new kuma.ExternalService("careful", {
      mesh: pulumi.output("careful"),
      tags: { "kuma.io/service": "careful-api", "kuma.io/protocol": "http" },
      networking: { address: "a.example:443", tls: { enabled: true, caCert } },
    });
    new kuma.ExternalService("secretive", {
      tags: { "kuma.io/service": "secretive-api", "kuma.io/protocol": pulumi.secret("http") },
      networking: { address: "a.example:443" },
    });
    new kuma.ZoneEgress("careful", { networking: { port: 10002 } });
    await new Promise((resolve) => setTimeout(resolve, 50));
    const mesh = new kuma.Mesh("careful", {
      mtls: { enabledBackend: "ca", backends: [{ name: "ca", type: "builtin" }] },
      networking: { outbound: { passthrough: false } },
      routing: { zoneEgress: true },
    });
    new kuma.Policy("careful", {
      mesh: mesh.name,
      type: "MeshTrafficPermission",
      spec: { from: [{ targetRef: { kind: "Mesh" }, default: { action: "Allow" } }] },
    });
  });
  expect(lintsOf(await stack.preview())).toEqual([]);
});

test("what cannot work fails the preview, and an up that had none changes nothing about it", async () => {
  const stack = await world.stack("mixed", async () => {
    const tags = { "kuma.io/service": "mixed-api" };
    new kuma.ExternalService("name", { tags, networking: { address: "a.example:80" } });
    // As late as can be: its address is known after everything else.
    const address = pulumi.output(Promise.resolve("10.0.0.1:80"));
    new kuma.ExternalService("address", { tags, networking: { address } });
  });
  const why =
    /^pulumi-nodejs:dynamic\/kuma:ExternalService resource '(name|address)' has a problem: .*"name", .*"address": .*mixed-api/;
  expectOneError(await stack.preview({ expectFailure: true }), why, "(lint mixed-addresses;");
  await stack.up({ expectFailure: true, continueOnError: true });
  expect(world.kuma.store.list("ExternalService").filter(({ name }) => name !== "careless")).toEqual([]);

  await stack.setConfig({ "external-backends:ignoreLints": "mixed-addresses,shared-service-tag" });
  const result = await stack.up();
  expectChanges(result, { create: 2 });
  expect(lintsOf(result)).toEqual([]);
});

test("two programs at once see each their own resources only", async () => {
  const one = (name: string, address: string) => async () => {
    new kuma.ExternalService(name, { tags: { "kuma.io/service": "both-api" }, networking: { address } });
  };
  const stacks = await Promise.all([
    world.stack("both-a", one("both-a", "a.example:80")),
    world.stack("both-b", one("both-b", "10.0.0.1:80")),
  ]);
  for (const result of await Promise.all(stacks.map((stack) => stack.preview())))
    expect(warningsOf(result)).toEqual([]);
});

test("a program that fails is not judged, and its own error is the only one", async () => {
  const stack = await world.stack("failing", async () => {
    await careless();
    throw new Error("on purpose");
  });
  const result = await stack.preview({ expectFailure: true });
  expect(result.output).toContain("on purpose");
  expect(lintsOf(result)).toEqual([]);
});

test("through the plugins, a lint that needs one resource warns at it, with nothing that is secret, and can be switched off", async () => {
  const { ExternalService } = resourceClasses("kuma");
  if (!ExternalService) throw new Error("The plugin's schema has no ExternalService.");
  const program = async () => {
    new ExternalService("alone", {
      tags: { "kuma.io/service": "alone", "kuma.io/protocol": "http" },
      networking: { address: "a.example:443", tls: { enabled: true } },
    });
    new ExternalService("secretive", {
      tags: { "kuma.io/service": "secretive", "kuma.io/protocol": "http" },
      networking: { address: pulumi.secret("b.example:443") },
    });
  };
  const stack = await world.stack("through-plugins", program, { plugins: PLUGINS });
  const result = await stack.preview();
  expect(warningsOf(result)).toEqual([
    expect.stringMatching(
      /^kuma:ExternalService "alone": TLS without .* \(lint unverified-tls; the environment variable EXTERNAL_BACKENDS_IGNORE_LINTS/,
    ),
  ]);
  const warning = result.events.find(({ diagnosticEvent: event }) => event?.severity === "warning");
  expect(warning?.diagnosticEvent?.urn).toMatch(/::alone$/);
  stack.setEnvironment({ EXTERNAL_BACKENDS_IGNORE_LINTS: "passthrough-on,unverified-tls" });
  expect(warningsOf(await stack.preview())).toEqual([]);
});

test("through the plugins, what several resources or bundles do together warns at the last of them", async () => {
  const { ExternalService } = resourceClasses("kuma");
  if (!ExternalService) throw new Error("The plugin's schema has no ExternalService.");
  const door = bundleDoors.find((one) => one.door === "plugin");
  const bundle = (name: string, uri: string, options: pulumi.CustomResourceOptions = {}) => {
    const routes = { [name]: { host: "pay.example", uri, plugins: {} } };
    return door?.declare(name, { routes }, options) ?? [];
  };
  const stack = await world.stack(
    "together-through-plugins",
    async () => {
      const tags = { "kuma.io/service": "together", "kuma.io/protocol": "tcp" };
      const first = new ExternalService("by-name", { tags, networking: { address: "a.example:80" } });
      new ExternalService(
        "by-address",
        { tags, networking: { address: "10.0.0.1:80" } },
        { dependsOn: first },
      );
      bundle("team-b", "/b", { dependsOn: bundle("team-a", "/a") });
    },
    { plugins: PLUGINS },
  );
  const found = warningsOf(await stack.preview()).map((text) => /\(lint ([\w-]+)/.exec(text)?.[1]);
  expect(found.toSorted()).toEqual(["host-of-two-bundles", "mixed-addresses", "shared-service-tag"]);
});
