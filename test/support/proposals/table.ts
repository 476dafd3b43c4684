import { APISIX } from "./apisix.ts";
import { BUNDLES } from "./bundles.ts";
import { COMMANDS } from "./commands.ts";
import { EXTERNAL_BACKEND } from "./external-backend.ts";
import { KUBERNETES } from "./kubernetes.ts";
import { KUMA } from "./kuma.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { MANIFESTS } from "./manifests.ts";
import { NETWORK } from "./network.ts";
import { OPTIONAL_PEER } from "./optional-peer.ts";
import { PLUGINS } from "./plugins.ts";
import { PREVIEW } from "./preview.ts";
import type { Row } from "./row.ts";
import type { Servers } from "./servers.ts";

/** The rows that run against the sandboxes. */
export const AT_SERVERS: readonly Row<Servers>[] = [
  ...NETWORK,
  ...APISIX,
  ...KUMA,
  ...LIFECYCLE,
  ...PREVIEW,
  ...BUNDLES,
  ...PLUGINS,
];

/** Every row there is. */
export const ROWS: readonly Pick<Row, "name" | "proposal">[] = [
  ...AT_SERVERS,
  ...COMMANDS,
  ...EXTERNAL_BACKEND,
  ...MANIFESTS,
  ...KUBERNETES,
  ...OPTIONAL_PEER,
];
