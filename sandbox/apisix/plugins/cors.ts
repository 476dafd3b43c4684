import type { GatewayPlugin, Reply } from "./plugin.ts";

/** `cors`: lets browsers of other origins in, and answers their question in advance. */
export const cors: GatewayPlugin = {
  rewrite(configuration, { request, response }): Reply | undefined {
    const { origin } = request.headers;
    const allowed = String(configuration.allow_origins ?? "*").split(",");
    if (origin !== undefined && (allowed.includes("*") || allowed.includes(origin))) {
      response.setHeader("access-control-allow-origin", allowed.includes("*") ? "*" : origin);
      response.setHeader("access-control-allow-methods", String(configuration.allow_methods ?? "*"));
      response.setHeader("access-control-allow-headers", String(configuration.allow_headers ?? "*"));
    }
    return request.method === "OPTIONS" ? { status: 200 } : undefined;
  },
};
