export { globalRulesOnlyIn } from "./global-rules.ts";
export { outsideHosts } from "./outside-hosts.ts";
export { noPassthrough } from "./passthrough.ts";
export { isAmong } from "./patterns.ts";
export { routesAuthenticated } from "./routes-authenticated.ts";
export type { Judged, Rule, SettingSchema } from "./rule.ts";
export { verifiedTls } from "./verified-tls.ts";
