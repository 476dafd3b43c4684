import { expect, onTestFinished, test } from "vitest";
import { startKuma } from "../../sandbox/kuma/index.ts";

const service = { kind: "MeshService", name: "b" };
const path = { type: "PathPrefix", value: "/" };

// What Kuma 2.14.3 answers: its schema does not look below a key in another case of letters, which Go reads all the same.
test.each([
  {
    type: "MeshTCPRoute",
    what: "a list is null",
    to: { targetRef: service },
    stored: { targetRef: service, rules: null },
  },
  {
    type: "MeshHTTPRoute",
    what: "an object is empty",
    to: { targetRef: service, rules: [{ matches: [{ path }] }] },
    stored: { targetRef: service, rules: [{ matches: [{ path }], default: {} }] },
  },
  {
    type: "MeshRetry",
    what: "a text is empty",
    to: {
      targetRef: service,
      default: { http: { retryOn: ["5xx"], rateLimitedBackOff: { resetHeaders: [{ name: "a" }] } } },
    },
    stored: {
      targetRef: service,
      default: {
        http: { retryOn: ["5xx"], rateLimitedBackOff: { resetHeaders: [{ name: "a", format: "" }] } },
      },
    },
  },
])(
  "a required field of a $type that is missing below a key in capitals is stored as Go's: $what",
  async ({ type, to, stored }) => {
    const kuma = await startKuma();
    onTestFinished(() => kuma.close());
    const plural = {
      MeshTCPRoute: "meshtcproutes",
      MeshHTTPRoute: "meshhttproutes",
      MeshRetry: "meshretries",
    };
    const url = `${kuma.url}/meshes/default/${plural[type as keyof typeof plural]}/a`;
    const targetRef = { kind: "Mesh" };
    const written = await fetch(url, {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ type, mesh: "default", name: "a", spec: { targetRef, TO: [to] } }),
    });
    expect(written.status).toBe(201);
    expect(await (await fetch(url)).json()).toMatchObject({ spec: { targetRef, to: [stored] } });
  },
);
