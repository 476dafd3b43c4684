import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { beforeAll, describe, expect, it } from "vitest";

const registered: pulumi.runtime.MockResourceArgs[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: `${args.name}-id`, state: args.inputs };
    },
    call: ({ inputs }) => inputs,
  }),
);

function settled<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => void output.apply(resolve));
}

describe("Pulumi's mocks, as a program's own unit tests set them", () => {
  it("see a resource's arguments under its type", async () => {
    const upstream = new apisix.Upstream("payments", { upstreamId: "pay", nodes: { "a.example:80": 1 } });
    const route = new apisix.Route("payments", { uri: "/*", upstreamId: upstream.upstreamId });
    expect(await settled(upstream.id)).toBe("payments-id");
    expect(await settled(route.id)).toBe("payments-id");
    expect(registered.map(({ type }) => type)).toEqual([
      "pulumi-nodejs:dynamic/apisix:Upstream",
      "pulumi-nodejs:dynamic/apisix:Route",
    ]);
    expect(registered[1]?.inputs).toMatchObject({ uri: "/*", upstreamId: "pay" });
  });

  it("see the entries of a bundle as one text, less what is secret", async () => {
    const consumers = { jack: { plugins: { "key-auth": { key: pulumi.secret("a-key-of-jack") } } } };
    const bundle = new apisix.Bundle("edge", { consumers });
    expect(await settled(bundle.id)).toBe("edge-id");
    const inputs = registered.find(({ name }) => name === "edge")?.inputs ?? {};
    expect(inputs.__entries).toBe('{"consumers":{"jack":{"plugins":{"key-auth":{"key":"[secret]"}}}}}');
  });

  it("work for explicit providers, and for kuma", async () => {
    const provider = new kuma.Provider("mesh", { url: "http://mesh.example", token: { env: "TOKEN" } });
    const args = { networking: { address: "10.0.0.1", port: 10002 } };
    const egress = new kuma.ZoneEgress("egress", args, { provider });
    expect(await settled(egress.id)).toBe("egress-id");
    const made = registered.find(({ name }) => name === "mesh");
    expect(made?.inputs).toEqual({ "kuma:url": "http://mesh.example", "kuma:tokenEnv": "TOKEN" });
  });

  it("still refuse what a constructor refuses", () => {
    const provider = new kuma.Provider("other", { url: "http://mesh.example" });
    expect(() => new apisix.Upstream("x", { nodes: {} }, { provider })).toThrow(/needs one of apisix/);
    expect(() => new apisix.Upstream("x", { nodes: {} }, { import: "x" })).toThrow(/option import/);
  });
});
