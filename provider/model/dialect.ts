/** The servers' dialects. */
export type DialectName = "apisix" | "kuma";
