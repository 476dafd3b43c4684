import type { Row } from "./row.ts";
import { atKuma, made, resource, type Servers, TOKENS } from "./servers.ts";

const SERVICE = { tags: { "kuma.io/service": "a" }, networking: { address: "a.example:80" } };
const PATCH = { mesh: "later", meshServices: { mode: "Everywhere" } };
const TIMEOUT = {
  targetRef: { kind: "Mesh" },
  to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "7s" } }],
};

/** What a control plane refuses. */
export const KUMA: Row<Servers>[] = [
  {
    name: "no user token",
    wrong: ({ guarded }) => made(atKuma(guarded), "kuma:Secret", { value: "a" }),
    proposal: "Give a user token: kuma:token (--secret)",
    carriedOut: ({ guarded }) =>
      made(atKuma(guarded, { "kuma:token": "good" }), "kuma:Secret", { value: "a" }),
  },
  {
    name: "a wrong user token",
    wrong: ({ guarded }) => made(atKuma(guarded, { "kuma:token": "bad" }), "kuma:Secret", { value: "a" }),
    proposal: "check kuma:token, the provider's token or KUMA_TOKEN",
    carriedOut: ({ guarded }) =>
      made(atKuma(guarded, { "kuma:token": "good" }), "kuma:Secret", { value: "a" }),
  },
  {
    name: "a mesh that does not exist",
    wrong: ({ kuma }) => made(atKuma(kuma), "kuma:ExternalService", { ...SERVICE, mesh: "later" }),
    proposal: "The mesh does not exist; make it first.",
    carriedOut: async ({ kuma }) => {
      await resource(atKuma(kuma), "kuma:Mesh", { name: "later" }).create();
      await made(atKuma(kuma), "kuma:ExternalService", { ...SERVICE, mesh: "later" });
    },
  },
  {
    name: "a user who may not read secrets",
    wrong: ({ guarded }) => made(atKuma(guarded, { "kuma:token": "theirs" }), "kuma:Secret", { value: "a" }),
    proposal: "give the token of a user who has it, or the right to this one in Kuma's access configuration",
    carriedOut: async ({ guarded }) => {
      await made(atKuma(guarded, { "kuma:token": "good" }), "kuma:Secret", { value: "a", name: "b" });
      guarded.setTokens({ admin: "theirs" });
      try {
        await made(atKuma(guarded, { "kuma:token": "theirs" }), "kuma:Secret", { value: "a", name: "c" });
      } finally {
        guarded.setTokens(TOKENS);
      }
    },
  },
  {
    name: "a type that the control plane does not know",
    wrong: ({ kuma }) => made(atKuma(kuma), "kuma:Policy", { type: "MeshTimeuot", spec: TIMEOUT }),
    proposal: "a policy's type may be misspelt",
    carriedOut: ({ kuma }) => made(atKuma(kuma), "kuma:Policy", { type: "MeshTimeout", spec: TIMEOUT }),
  },
  {
    name: "a URL that is no control plane",
    wrong: ({ kuma }) =>
      made({ ...atKuma(kuma), "kuma:url": `${kuma.url}/gui` }, "kuma:ExternalService", SERVICE),
    proposal: "or the URL is no control plane; see kuma:url.",
    carriedOut: ({ kuma }) => made(atKuma(kuma), "kuma:ExternalService", SERVICE),
  },
  {
    name: "a patch of a mesh that does not exist",
    wrong: ({ kuma }) => made(atKuma(kuma), "kuma:MeshPatch", PATCH),
    proposal: "it does not exist. Make it first, for example with kuma.Mesh.",
    carriedOut: async ({ kuma }) => {
      await made(atKuma(kuma), "kuma:Mesh", { name: "later" });
      await made(atKuma(kuma), "kuma:MeshPatch", PATCH);
    },
  },
];
