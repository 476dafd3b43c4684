import { statusOf } from "./answering.ts";
import { identify } from "./authentication.ts";
import { becauseOf } from "./configuration.ts";
import { type Gateway, isMap, type Judged, type Stored, type Unclear } from "./objects.ts";
import { PROGRAMS } from "./plugin-roles.ts";
import type { Catalogue, Plugin } from "./plugins.ts";
import type { Seen } from "./request.ts";
import { type HeaderChange, rewrite } from "./rewriting.ts";
import type { Variables } from "./variables.ts";

/** A plugin that answers in place of the upstream. */
export interface Answering {
  plugin: Plugin;
  status: number;
}

/** What is known of a request on its way through the plugins. */
export interface Passage {
  request: Seen;
  variables: Variables;
  /** What may change anything about it. */
  because: Unclear[];
  consumer: Judged<Stored | undefined>;
  /** The first plugin that answers. */
  answers: Judged<Answering | undefined>;
  method: Judged<string>;
  /** Path and query, in bytes. */
  uri: Judged<string>;
  host: Judged<string | undefined>;
  headers: HeaderChange[];
}

/** A request before its first plugin. */
export function begin(request: Seen, variables: Variables): Passage {
  const query = request.query === undefined ? "" : `?${request.query}`;
  return {
    request,
    variables,
    because: [],
    consumer: { known: true, value: undefined },
    answers: { known: true, value: undefined },
    method: { known: true, value: request.method },
    uri: { known: true, value: request.sent + query },
    host: { known: true, value: undefined },
    headers: [],
  };
}

/** Notes what one plugin does to a request. */
export function pass(plugin: Plugin, passage: Passage, gateway: Gateway, catalogue: Catalogue): void {
  const { runs } = plugin;
  if (runs.state === "unclear") passage.because.push(...runs.because);
  if (runs.state !== "yes") return;
  if (PROGRAMS.has(plugin.name)) passage.because.push({ field: plugin.field, why: "program" });
  if (plugin.name === "proxy-rewrite") applyRewriting(plugin, passage);
  else if (catalogue[plugin.name]?.type === "auth") applyIdentity(plugin, passage, gateway);
  else note(passage, plugin, statusOf(plugin, passage.request, passage.variables));
}

function note(passage: Passage, plugin: Plugin, status: Judged<number | undefined>): void {
  const { answers } = passage;
  if (answers.known && answers.value) return;
  if (!status.known) passage.answers = { known: false, because: [...becauseOf(answers), ...status.because] };
  else if (status.value !== undefined && answers.known) {
    passage.answers = { known: true, value: { plugin, status: status.value } };
  }
}

function applyIdentity(plugin: Plugin, passage: Passage, gateway: Gateway): void {
  const found = identify(plugin, passage.request, gateway);
  if (!found.known) {
    passage.consumer = found;
    note(passage, plugin, found);
  } else if ("refused" in found.value) note(passage, plugin, { known: true, value: found.value.refused });
  else {
    const { consumer, credential } = found.value;
    passage.consumer = { known: true, value: consumer };
    passage.headers.push(...identityHeaders(plugin, consumer, credential));
  }
}

/** What tells the upstream who asks. What a client sends under these names never gets through. */
function identityHeaders(plugin: Plugin, consumer: Stored, credential: string | undefined): HeaderChange[] {
  const labels = isMap(consumer.labels) ? consumer.labels : {};
  const values = {
    "X-Consumer-Username": consumer.username,
    "X-Credential-Identifier": credential,
    "X-Consumer-Custom-ID": labels.custom_id,
  };
  return Object.entries(values).map(([name, value]) =>
    value === undefined ? { does: "remove", name, plugin } : { does: "set", name, value, plugin },
  );
}

function applyRewriting(plugin: Plugin, passage: Passage): void {
  const { uri, method, host, headers } = rewrite(plugin, passage.request, passage.variables);
  passage.uri = uri;
  passage.headers.push(...headers);
  if (!method.known) passage.method = method;
  else if (method.value !== undefined) passage.method = { known: true, value: method.value };
  if (!host.known || host.value !== undefined) passage.host = host;
}
