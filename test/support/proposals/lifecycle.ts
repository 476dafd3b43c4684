import { expect } from "vitest";
import type { Row } from "./row.ts";
import { at, atKuma, made, oneUpstream, resource, type Servers, UPSTREAM } from "./servers.ts";

/** What is refused for what is there already, and for whose it is. */
export const LIFECYCLE: Row<Servers>[] = [
  {
    name: "an object that is there already, which is taken over",
    wrong: async ({ newer }) => {
      newer.store.put("upstreams", "made", { nodes: { "b.example:80": 1 } });
      await oneUpstream(at(newer));
    },
    proposal: "To take it over, set adopt: true",
    carriedOut: async ({ newer }) => {
      newer.store.put("upstreams", "made", { nodes: { "b.example:80": 1 } });
      await oneUpstream(at(newer), { adopt: true });
    },
  },
  {
    name: "an object that is there already, beside which another is made",
    wrong: async ({ newer }) => {
      newer.store.put("upstreams", "made", {
        nodes: { "b.example:80": 1 },
        labels: { "pulumi-owner": "fedcba9876543210.abcdefgh", "pulumi-stack": "ours.dev" },
      });
      await oneUpstream(at(newer));
    },
    proposal: "or choose another upstreamId",
    carriedOut: ({ newer }) => oneUpstream(at(newer), { upstreamId: "made-prod" }),
  },
  {
    name: "an object that is made anew and changed in one run",
    wrong: async ({ newer }) => {
      await oneUpstream(at(newer));
      await oneUpstream(at(newer), { retries: 2 });
    },
    proposal: "With --replace or --target-replace, run pulumi up without it first.",
    carriedOut: async ({ newer }) => {
      const { id, state } = await oneUpstream(at(newer));
      await resource(at(newer), "apisix:Upstream", { ...UPSTREAM, retries: 2 }).update(id, state);
      await oneUpstream(at(newer), { retries: 2 });
    },
  },
  {
    name: "an object that another stack has taken over",
    wrong: async ({ newer }) => {
      const { id, state } = await oneUpstream(at(newer));
      newer.store.put("upstreams", id, {
        ...UPSTREAM,
        labels: { "pulumi-owner": "fedcba9876543210.abcdefgh" },
      });
      await resource(at(newer), "apisix:Upstream", { ...UPSTREAM, retries: 2 }).update(id, state);
    },
    proposal: "To take it over, set adopt: true, run pulumi state delete and then pulumi up.",
    carriedOut: async ({ newer }) => {
      const { id } = await oneUpstream(at(newer));
      newer.store.put("upstreams", id, {
        ...UPSTREAM,
        labels: { "pulumi-owner": "fedcba9876543210.abcdefgh" },
      });
      // Without a state, an up creates.
      await oneUpstream(at(newer), { retries: 2, adopt: true });
    },
  },
  {
    name: "an object that is there already, beside which all are made under a prefix",
    wrong: async ({ newer }) => {
      newer.store.put("upstreams", "made", THEIRS);
      await oneUpstream(at(newer));
    },
    proposal:
      'for example upstreamId: "made-prod", or set the provider\'s idPrefix for all ids that are made from names',
    carriedOut: async ({ newer }) => {
      newer.store.put("upstreams", "made", THEIRS);
      await oneUpstream(at(newer), { upstreamId: "made-prod" });
      await oneUpstream(at(newer, { "apisix:idPrefix": "prod-" }));
      expect(newer.store.get("upstreams", "prod-made")).toBeDefined();
    },
  },
  {
    name: "an object to read that is not there",
    wrong: ({ newer }) => resource(at(newer), "apisix:Upstream", UPSTREAM).get("absent"),
    proposal: "Check the id; to make one, declare it with new.",
    carriedOut: async ({ newer }) => {
      const { id } = await oneUpstream(at(newer));
      await resource(at(newer), "apisix:Upstream", UPSTREAM).get(id);
    },
  },
  {
    name: "an object with labels of Kuma's that is taken over",
    wrong: async ({ kuma, printed }) => {
      kuma.store.put({ ...SHADOW, name: "made" });
      await made(atKuma(kuma, ASKED), "kuma:MeshTimeout", { spec: SHADOW.spec, adopt: true });
      throw new Error(printed.join("\n"));
    },
    proposal: "Declare them in labels; undeclared they are drift",
    carriedOut: async ({ kuma, printed }) => {
      kuma.store.put({ ...SHADOW, name: "made" });
      const args = { spec: SHADOW.spec, labels: SHADOW.labels, adopt: true };
      await made(atKuma(kuma, ASKED), "kuma:MeshTimeout", args);
      expect(printed).toEqual([]);
      expect(kuma.store.get("MeshTimeout", "default", "made")).toMatchObject({ labels: SHADOW.labels });
    },
  },
];

const THEIRS = {
  nodes: { "b.example:80": 1 },
  labels: { "pulumi-owner": "fedcba9876543210.abcdefgh", "pulumi-stack": "ours.dev" },
};
const ASKED = { "kuma:validation": "server" };
const SHADOW = {
  type: "MeshTimeout",
  mesh: "default",
  labels: { "kuma.io/effect": "shadow" },
  spec: {
    targetRef: { kind: "Mesh" },
    to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "7s" } }],
  },
};
