import { randomBytes } from "node:crypto";

/** An Admin API that tests may write to. */
export interface LiveApisix {
  url: string;
  key: string;
}

/** A control plane that tests may write to, or both sides of a federation. */
export interface LiveKuma {
  globalUrl: string;
  zoneUrl: string;
  token: string | undefined;
}

/** What the environment says of live servers; `npm run test:live -- --help` tells it. */
export interface LiveSettings {
  apisix: LiveApisix | undefined;
  kuma: LiveKuma | undefined;
  /** Whether a type such as `kuma:MeshTimeout` was chosen. */
  isChosen(type: string): boolean;
  /** What every name of a run begins with: the given prefix, and what no other run has. */
  run: string;
  /** What holds for all of a gateway's traffic may be made, too. */
  wholeGateway: boolean;
}

/** Reads an environment. */
export function liveSettings(environment: NodeJS.ProcessEnv = process.env): LiveSettings {
  const { APISIX_ADMIN_URL, APISIX_ADMIN_KEY, KUMA_URL, KUMA_TOKEN } = environment;
  const { KUMA_GLOBAL_URL = KUMA_URL, KUMA_ZONE_URL = KUMA_URL } = environment;
  const { LIVE_KINDS, LIVE_PREFIX = "live", LIVE_WHOLE_GATEWAY } = environment;
  const chosen = LIVE_KINDS?.split(",").map((kind) => kind.trim().toLowerCase());
  return {
    apisix:
      APISIX_ADMIN_URL && APISIX_ADMIN_KEY ? { url: APISIX_ADMIN_URL, key: APISIX_ADMIN_KEY } : undefined,
    kuma:
      KUMA_GLOBAL_URL && KUMA_ZONE_URL
        ? { globalUrl: KUMA_GLOBAL_URL, zoneUrl: KUMA_ZONE_URL, token: KUMA_TOKEN }
        : undefined,
    isChosen: (type) =>
      chosen === undefined ||
      chosen.some((kind) => type.toLowerCase() === kind || type.toLowerCase().endsWith(`:${kind}`)),
    run: `${LIVE_PREFIX}-${randomBytes(3).toString("hex")}`,
    wholeGateway: LIVE_WHOLE_GATEWAY === "1",
  };
}
