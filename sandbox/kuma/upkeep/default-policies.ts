import type { Fields } from "../message.ts";

const mesh = { targetRef: { kind: "Mesh" } };
const retries = {
  numRetries: 5,
  perTryTimeout: "16s",
  backOff: { baseInterval: "25ms", maxInterval: "250ms" },
};

/** The policies that a new mesh gets; the mesh's name is added to theirs. */
export const defaultPolicies: { type: string; prefix: string; spec: Fields }[] = [
  {
    type: "MeshTimeout",
    prefix: "mesh-gateways-timeout-all",
    spec: {
      targetRef: { kind: "Mesh", proxyTypes: ["Gateway"] },
      to: [{ ...mesh, default: { idleTimeout: "1h0m0s", http: { streamIdleTimeout: "5s" } } }],
      from: [
        {
          ...mesh,
          default: {
            idleTimeout: "5m0s",
            http: { streamIdleTimeout: "5s", requestHeadersTimeout: "500ms" },
          },
        },
      ],
    },
  },
  {
    type: "MeshTimeout",
    prefix: "mesh-timeout-all",
    spec: {
      targetRef: { kind: "Mesh", proxyTypes: ["Sidecar"] },
      to: [
        {
          ...mesh,
          default: {
            connectionTimeout: "5s",
            idleTimeout: "1h0m0s",
            http: { requestTimeout: "15s", streamIdleTimeout: "30m0s" },
          },
        },
      ],
      from: [
        {
          ...mesh,
          default: {
            connectionTimeout: "10s",
            idleTimeout: "2h0m0s",
            http: { requestTimeout: "0s", streamIdleTimeout: "1h0m0s", maxStreamDuration: "0s" },
          },
        },
      ],
    },
  },
  {
    type: "MeshCircuitBreaker",
    prefix: "mesh-circuit-breaker-all",
    spec: {
      ...mesh,
      to: [
        {
          ...mesh,
          default: {
            connectionLimits: {
              maxConnections: 1024,
              maxPendingRequests: 1024,
              maxRetries: 3,
              maxRequests: 1024,
            },
          },
        },
      ],
    },
  },
  {
    type: "MeshRetry",
    prefix: "mesh-retry-all",
    spec: {
      ...mesh,
      to: [{ ...mesh, default: { tcp: { maxConnectAttempt: 5 }, http: retries, grpc: retries } }],
    },
  },
];
