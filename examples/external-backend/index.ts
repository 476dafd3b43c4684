import * as pulumi from "@pulumi/pulumi";
import { ExternalBackend, kuma } from "pulumi-external-backends";

const config = new pulumi.Config();

// The CA of the backend's certificate: with it the mesh verifies whom it speaks to.
const ca = new kuma.Secret("httpbin-ca", { value: config.require("caCert") });

const httpbin = new ExternalBackend("httpbin", {
  address: "httpbin.org:443",
  // Said once: scheme, Host header and SNI at the gateway, TLS origination in the mesh.
  tls: { serverName: "httpbin.org", caCert: { secret: ca.name } },
  gateway: {
    hosts: ["local.httpbin.org"],
    retries: 1,
    plugins: { "limit-count": { count: 1000, time_window: 60, key: "remote_addr" } },
    // APISIX verifies no https upstream; whoever gives a CA has to write that it is not used here.
    verify: false,
  },
  mesh: { service: "bin" },
  // false: off everywhere, with nothing deleted at the gateway.
  enabled: config.getBoolean("enabled") ?? true,
});

export const { gatewayUrls, meshUrl, hostUrl } = httpbin;
