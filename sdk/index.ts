export type { Credential } from "../provider/dynamic/provider.ts";
export * as apisix from "./apisix/index.ts";
export type * from "./connection.ts";
export * from "./external-backend/index.ts";
export * as kuma from "./kuma/index.ts";
export * from "./manifests/index.ts";
