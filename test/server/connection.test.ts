import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import type { DialectName } from "../../provider/model/kind.ts";
import { type Connection, Connections } from "../../provider/server/connection.ts";

let log: MockInstance<typeof console.log>;

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((key) => /^(APISIX|KUMA)_/.test(key)))
    vi.stubEnv(name, undefined);
  log = vi.spyOn(console, "log").mockReturnValue();
});

afterEach(() => {
  vi.unstubAllEnvs();
  log.mockRestore();
});

type Config = Record<string, unknown>;

function connect(dialect: DialectName, config: Config, side?: "global" | "zone"): Connection {
  return new Connections(
    (key) => config[key],
    (text) => console.log(`warning: ${text}`),
  ).of(dialect, side);
}

function apisix(config: Config): Connection {
  return connect("apisix", { "apisix:adminUrl": "http://gateway.example:9180", ...config });
}

function refusal(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("This was not refused.");
}

describe("the URL", () => {
  it.each([
    ["http://gateway.example:9180", "http://gateway.example:9180"],
    ["http://gateway.example:9180/", "http://gateway.example:9180"],
    ["http://gateway.example:9180/apisix/admin", "http://gateway.example:9180"],
    ["http://gateway.example:9180/apisix/admin/", "http://gateway.example:9180"],
    ["HTTPS://Gateway.example:443/edge//", "https://gateway.example/edge"],
    ["https://gateway.example/edge/apisix/admin", "https://gateway.example/edge"],
  ])("%s is %s, and tells the server from others", (given, wanted) => {
    expect(apisix({ "apisix:adminUrl": given })).toMatchObject({ url: wanted, server: wanted });
  });

  it.each(["gateway.example:9180", "localhost", "ftp://gateway.example", "http://", "http://x.example/?a=b"])(
    "%s is refused by the setting's name",
    (url) => {
      const message = refusal(() => apisix({ "apisix:adminUrl": url }));
      expect(message).toContain("apisix:adminUrl");
      expect(message).toContain(url);
      expect(message).toContain("INVALID_CONFIGURATION");
    },
  );

  it.each(["http://joe:hunter22@gateway.example", "http://:hunter22@gateway.example"])(
    "%s is refused without a word of its password",
    (url) => {
      const message = refusal(() => apisix({ "apisix:adminUrl": url }));
      expect(message).toMatch(/apisix:adminUrl.*headers/);
      expect(message).not.toContain("hunter22");
    },
  );

  it("of a control plane is the side's own, else the one for everything", () => {
    const both = { "kuma:globalUrl": "http://global.example", "kuma:zoneUrl": "http://zone.example" };
    expect(connect("kuma", both, "global").url).toBe("http://global.example");
    expect(connect("kuma", both, "zone").url).toBe("http://zone.example");
    expect(connect("kuma", { "kuma:url": "http://one.example" }, "zone").url).toBe("http://one.example");
  });

  it("that is wrong names the setting that holds it", () => {
    expect(refusal(() => connect("kuma", { "kuma:url": "one.example" }, "zone"))).toContain("kuma:url is");
    vi.stubEnv("KUMA_ZONE_URL", "zone.example");
    expect(refusal(() => connect("kuma", {}, "zone"))).toMatch(/^KUMA_ZONE_URL is/);
  });

  it("that is not given says everywhere it could be", () => {
    const message = refusal(() => connect("apisix", {}));
    for (const way of ["pulumi config set apisix:adminUrl", "provider", "APISIX_ADMIN_URL"])
      expect(message).toContain(way);
    expect(refusal(() => connect("kuma", {}, "zone"))).toMatch(/kuma:zoneUrl or kuma:url.*KUMA_ZONE_URL/);
  });
});

describe("the environment", () => {
  it("gives the URL that nobody wrote down, with a warning", () => {
    vi.stubEnv("APISIX_ADMIN_URL", "http://environment.example/apisix/admin");
    expect(connect("apisix", {}).url).toBe("http://environment.example");
    expect(log.mock.calls.join()).toMatch(/warning: .*http:\/\/environment\.example.*APISIX_ADMIN_URL/);
  });

  it("never overrides what is written", () => {
    vi.stubEnv("APISIX_ADMIN_URL", "http://environment.example");
    vi.stubEnv("APISIX_ADMIN_KEY", "key of the environment");
    const { url, credential } = apisix({ "apisix:adminKey": "key of the stack" });
    expect([url, credential()]).toEqual(["http://gateway.example:9180", "key of the stack"]);
    expect(log).not.toHaveBeenCalled();
  });

  it("does not mix its control plane into one that is written down", () => {
    vi.stubEnv("KUMA_ZONE_URL", "http://other-zone.example");
    const config = { "kuma:globalUrl": "http://global.example" };
    expect(refusal(() => connect("kuma", config, "zone"))).toContain("kuma:zoneUrl");
  });

  it("gives the credential that nobody wrote down", () => {
    vi.stubEnv("APISIX_ADMIN_KEY", "key of the environment");
    vi.stubEnv("KUMA_TOKEN", "token of the environment");
    expect(apisix({}).credential()).toBe("key of the environment");
    expect(connect("kuma", { "kuma:url": "http://one.example" }, "zone").credential()).toBe(
      "token of the environment",
    );
  });

  it("gives a credential without the line end that a mounted secret has", () => {
    vi.stubEnv("APISIX_ADMIN_KEY", "key of the environment\n");
    vi.stubEnv("EDGE_KEY", "key of the edge\r\n");
    expect(apisix({}).credential()).toBe("key of the environment");
    expect(apisix({ "apisix:adminKeyEnv": "EDGE_KEY" }).credential()).toBe("key of the edge");
  });
});

describe("a credential by reference", () => {
  it("goes before one by value, which a generated package takes from the environment", () => {
    vi.stubEnv("EDGE_KEY", "key of the edge");
    const settings = { "apisix:adminKey": "key of the environment", "apisix:adminKeyEnv": "EDGE_KEY" };
    expect(apisix(settings).credential()).toBe("key of the edge");
  });

  it("to a variable is read at each call", () => {
    vi.stubEnv("EDGE_KEY", "before");
    const { credential, secrets } = apisix({ "apisix:adminKeyEnv": "EDGE_KEY" });
    expect(credential()).toBe("before");
    vi.stubEnv("EDGE_KEY", "after");
    expect(credential()).toBe("after");
    expect(secrets()).toEqual(["after"]);
  });

  it("to a file is read at each call, without the line break at its end", async () => {
    const folder = await mkdtemp(join(tmpdir(), "credential-"));
    const file = join(folder, "key");
    await writeFile(file, "before\n");
    const { credential } = apisix({ "apisix:adminKeyFile": file });
    expect(credential()).toBe("before");
    await writeFile(file, "after\n");
    expect(credential()).toBe("after");
    await rm(folder, { recursive: true });
    expect(refusal(credential)).toMatch(/apisix:adminKey refers to the file .*key, which cannot be read/);
  });

  it("to a variable that is not set is an error only when it is needed", () => {
    vi.stubEnv("APISIX_ADMIN_KEY", "not this one");
    const { credential } = apisix({ "apisix:adminKeyEnv": "EDGE_KEY_2" });
    expect(refusal(credential)).toMatch(/apisix:adminKey refers to .* EDGE_KEY_2, which is not set here/);
  });
});

describe("the other settings", () => {
  it("may be text, as the configuration and explicit providers give them", () => {
    const config = {
      "apisix:requestTimeout": "2.5",
      "apisix:deleteUnreachable": "true",
      "apisix:maxConcurrency": "3",
      "apisix:idPrefix": "team-a-",
      "apisix:gatewayId": "edge",
      "apisix:tls": '{"serverName":"gateway","insecureSkipVerify":false}',
      "apisix:headers": '{"x-token":"a secret header","authorization":"Basic am9lOng="}',
    };
    const connection = apisix(config);
    expect(connection).toMatchObject({
      requestTimeout: 2.5,
      deleteUnreachable: true,
      idPrefix: "team-a-",
      server: "edge",
    });
    expect(connection.secrets()).toEqual(["a secret header", "Basic am9lOng=", "am9lOng="]);
  });

  it("may be values of their own types", () => {
    const config = { "apisix:requestTimeout": 2, "apisix:deleteUnreachable": false, "apisix:tls": {} };
    expect(apisix(config)).toMatchObject({ requestTimeout: 2, deleteUnreachable: false });
  });

  it.each([
    ["requestTimeout", "soon"],
    ["requestTimeout", "0"],
    ["requestTimeout", "-1"],
    ["maxConcurrency", "1.5"],
    ["deleteUnreachable", "perhaps"],
    ["gatewayId", ""],
    ["tls", "{"],
    ["tls", '{"caCert":1}'],
    ["tls", '{"cacert":"x"}'],
    ["tls", '{"caCert":"/etc/ca.pem"}'],
    ["tls", '{"clientCert":"-----BEGIN CERTIFICATE-----"}'],
    ["headers", '{"a":1}'],
    ["headers", '{"no such name":"x"}'],
    ["headers", '{"x-name":"two\\nlines"}'],
  ])("%s = %s is refused by the setting's name", (name, value) => {
    expect(refusal(() => apisix({ [`apisix:${name}`]: value }))).toMatch(
      new RegExp(`^The setting apisix:${name}[. ].*INVALID_CONFIGURATION`),
    );
  });

  it("show no secret when they are wrong", () => {
    const tls = JSON.stringify({ clientKey: "a private key", clientCrt: "x" });
    expect(refusal(() => apisix({ "apisix:tls": tls }))).not.toContain("a private key");
    expect(refusal(() => apisix({ "apisix:headers": '{"authorization":"se\\ncret"}' }))).not.toContain(
      "cret",
    );
  });

  it("of one server are one connection, of two credentials two", () => {
    let key = "one";
    const config = (name: string) =>
      ({ "apisix:adminUrl": "http://a.example", "apisix:adminKey": key })[name];
    const connections = new Connections(config, () => {});
    const first = connections.of("apisix", undefined);
    expect(connections.of("apisix", undefined)).toBe(first);
    key = "two";
    expect(connections.of("apisix", undefined)).not.toBe(first);
  });
});
