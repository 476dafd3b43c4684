import type { ExplainQuestion } from "./explain-options.ts";
import type { Part, RequestAnswer, SeenPlugin } from "./explain-request.ts";
import { ownerLine } from "./ownership.ts";
import type { SeenTarget } from "./upstreams.ts";

/** What the person at the terminal reads about a request at one gateway. */
export function requestText(
  answer: RequestAnswer,
  request: Extract<ExplainQuestion, { about: "request" }>,
): string[] {
  const places = answer.places.join(", ");
  const lines = [
    `${request.method} ${request.scheme}://${request.host}${request.path} at gateway ${answer.gateway} of ${places} (router ${answer.router})`,
    "",
    ...outcome(answer),
  ];
  if (answer.plugins.length > 0)
    lines.push("", "Plugins, in the order in which they run", ...answer.plugins.map(pluginLine));
  if (answer.answers) {
    const { answers } = answer;
    lines.push(
      "status" in answers
        ? `  ${answers.plugin} answers ${answers.status} in place of the upstream`
        : `  whether a plugin answers in place of the upstream cannot be said: ${answers.because.join("; ")}`,
    );
  }
  for (const target of answer.targets) lines.push("", ...targetLines(target, answer));
  if (answer.targetsBecause.length > 0)
    lines.push("", `The upstream cannot be said: ${answer.targetsBecause.join("; ")}.`);
  if (answer.outcome === "served" && answer.targets.length === 0 && answer.targetsBecause.length === 0)
    lines.push("", "The route has no upstream.");
  if (answer.others.length > 0) lines.push("", "Not served by", ...answer.others.flatMap(otherLines));
  if (answer.more > 0) lines.push(`  and ${answer.more} more`);
  return lines;
}

function outcome({ outcome: what, route, tied, because, candidates }: RequestAnswer): string[] {
  if (what === "refused") return ["The gateway refuses the path with 400 before any route is asked."];
  if (what === "no route") return ["No route serves it: the gateway answers 404."];
  if (what === "cannot be said" || !route) {
    return [
      `Which route serves it cannot be said: ${because.join("; ")}.`,
      "It may be",
      ...candidates.flatMap(partLines),
    ];
  }
  return [
    `Served by route ${route.id}`,
    ...ownerLines(route),
    ...tied.map(
      ({ id }) => `  Route ${id} is equal to it in all; after a start of the gateway that one may serve.`,
    ),
  ];
}

function ownerLines({ owner }: Part): string[] {
  return owner ? [`  ${ownerLine(owner)}`] : [];
}

function partLines(part: Part): string[] {
  return [`  route ${part.id}`, ...ownerLines(part).map((line) => `  ${line}`)];
}

function pluginLine({ name, field, runs, because, refuses }: SeenPlugin): string {
  const states = {
    yes: refuses === undefined ? "" : `, refuses with ${refuses} what is beyond its limit`,
    disabled: `, off by ${because.join("; ")}`,
    filter: `, does not run: ${because.join("; ")} does not hold`,
    "too late": ", does not run: the consumer is known too late for it",
    "cannot be said": `, whether it runs cannot be said: ${because.join("; ")}`,
  };
  return `  ${name} (${field})${states[runs]}`;
}

function targetLines(target: SeenTarget, { sent, targets, plugins }: RequestAnswer): string[] {
  const {
    field,
    owner,
    weight,
    scheme,
    nodes,
    nodesBecause,
    host,
    sni,
    tls,
    retries,
    timeouts,
    checks,
    failures,
  } = target;
  const limits = plugins.filter(({ runs, refuses }) => runs === "yes" && refuses !== undefined);
  const by = (status: number) =>
    limits
      .filter(({ refuses }) => refuses === status)
      .map(({ name }) => `${name} refuses what is beyond its limit`);
  const uri =
    typeof sent?.uri === "string" && typeof sent.method === "string"
      ? `${sent.method} ${sent.uri}`
      : "not known";
  return [
    `Upstream ${field}${targets.length > 1 ? `, weight ${weight}` : ""}`,
    ...(owner ? [`  ${ownerLine(owner)}`] : []),
    `  asked        ${uri}`,
    ...nodes.map(
      (node) =>
        `  node         ${scheme}://${node.host}${node.port === null ? "" : `:${node.port}`}, weight ${node.weight}`,
    ),
    ...(nodesBecause.length > 0 ? [`  node         cannot be said: ${nodesBecause.join("; ")}`] : []),
    `  Host header  ${host}`,
    ...(sni === undefined ? [] : [`  server name  ${sni}`]),
    `  certificate  ${tls === "none" ? "none: not encrypted" : tls}`,
    `  retries      ${retries}`,
    `  timeouts     ${timeouts.connect} s to connect, ${timeouts.send} s to send, ${timeouts.read} s to read`,
    `  checks       ${checks.length > 0 ? checks.join("; ") : "none"}`,
    ...([502, 503, 504] as const).map(
      (status) => `  a ${status}        ${[...failures[status], ...by(status)].join("; ")}`,
    ),
  ];
}

function otherLines(other: Part & { reasons: string[] }): string[] {
  return [
    `  route ${other.id}`,
    ...other.reasons.map((reason) => `    ${reason}`),
    ...ownerLines(other).map((line) => `  ${line}`),
  ];
}
