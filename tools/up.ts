import { parseArgs, styleText } from "node:util";
import { request } from "undici";
import { type ApisixSandbox, startApisix } from "../sandbox/apisix/index.ts";
import { startBackend } from "../sandbox/backend.ts";
import { startKuma } from "../sandbox/kuma/index.ts";
import { Engine, EngineError, type TestStack } from "./engine.ts";
import { loadProgram } from "./program.ts";
import { pulumiExecutable } from "./pulumi.ts";
import { repository } from "./repository.ts";

const help = `npm run up [-- --keep]

Runs this repository's Pulumi project, examples/quickstart, through the real Pulumi engine against an APISIX and a Kuma
that live in memory, sends a request through the gateway, changes one field, and takes everything down again.

  --keep   leaves it running until Ctrl-C, and says how to reach it
  --help   this text
`;

/** What has been started, in order; closed the other way round. */
const started: { close(): Promise<void> }[] = [];

/** Ctrl-C ends the running operation and all that comes after it; while everything is kept running, only the wait. */
const interruption = new AbortController();
let onInterrupt = () => interruption.abort();

function start<T extends { close(): Promise<void> }>(thing: T): T {
  started.push(thing);
  return thing;
}

async function closeAll(): Promise<void> {
  for (const thing of started.splice(0).reverse()) await thing.close();
}

function heading(text: string): void {
  interruption.signal.throwIfAborted();
  process.stdout.write(`\n${styleText(["bold"], `● ${text}`)}\n\n`);
}

/** How Pulumi prints, as it would on this terminal by itself. */
const display = {
  color: process.stdout.isTTY && !process.env.NO_COLOR ? ("always" as const) : ("never" as const),
  onOutput: (text: string) => void process.stdout.write(text),
  signal: interruption.signal,
};

async function main(keep: boolean): Promise<void> {
  await pulumiExecutable({ log: (line) => process.stdout.write(`${line}\n`) });

  heading("A gateway (APISIX), a mesh (Kuma) and a backend that answers as httpbin.org, in memory");
  const backend = start(await startBackend());
  const hosts = { "httpbin.org": { http: backend.httpPort, https: backend.httpsPort } };
  const apisix = start(await startApisix({ hosts }));
  const kuma = start(await startKuma());
  process.stdout.write(`APISIX Admin API ${apisix.adminUrl}\ngateway          ${apisix.gatewayUrl}\n`);
  process.stdout.write(`Kuma             ${kuma.url}\n`);

  const engine = start(await Engine.start());
  const stack = await engine.stack("dev", loadProgram(repository), {
    project: "external-backends",
    config: {
      "apisix:adminUrl": apisix.adminUrl,
      "apisix:adminKey": { value: apisix.adminKey, secret: true },
      "kuma:url": kuma.url,
    },
  });

  heading("pulumi preview");
  await stack.preview(display);
  heading("pulumi up");
  await stack.up(display);
  await sendRequest(apisix);

  heading("One field changes: pulumi config set retries 3; pulumi preview --diff");
  await stack.setConfig({ retries: "3" });
  await stack.preview({ ...display, diff: true });
  heading("pulumi up");
  await stack.up(display);

  if (keep) await untilInterrupted(apisix, kuma.url, engine, stack);
  heading("pulumi destroy");
  await stack.destroy(display);
  await closeAll();
  heading("Nothing remains: the servers are stopped, the state is removed");
}

/** Sends the request that the quickstart's route is for through the gateway. */
async function sendRequest(apisix: ApisixSandbox): Promise<void> {
  heading(`curl ${apisix.gatewayUrl}/get -H 'Host: local.httpbin.org'`);
  const url = new URL("/get", apisix.gatewayUrl);
  const { statusCode, body } = await request(url, { headers: { host: "local.httpbin.org" } });
  process.stdout.write(`${statusCode} ${readable(await body.text())}\n`);
  if (statusCode !== 200) throw new Error(`The gateway answered ${statusCode}, not 200`);
}

/** JSON on several lines; other text as it is. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text.trimEnd();
  }
}

async function untilInterrupted(
  apisix: ApisixSandbox,
  kumaUrl: string,
  engine: Engine,
  stack: TestStack,
): Promise<void> {
  heading("Everything is left running until Ctrl-C");
  process.stdout.write(
    [
      `APISIX Admin API   ${apisix.adminUrl}   key: ${apisix.adminKey}`,
      `gateway            ${apisix.gatewayUrl}`,
      `Kuma               ${kumaUrl}`,
      `state              ${engine.backendDir}`,
      `Pulumi's folder    ${stack.directory}`,
      "",
      `curl ${apisix.gatewayUrl}/get -H 'Host: local.httpbin.org'`,
      `curl ${apisix.adminUrl}/apisix/admin/routes -H 'X-API-KEY: ${apisix.adminKey}'`,
      `curl ${kumaUrl}/meshes/default/external-services`,
      "",
    ].join("\n"),
  );
  // The servers keep the process alive.
  await new Promise<void>((resolve) => {
    onInterrupt = resolve;
  });
  onInterrupt = () => interruption.abort();
}

/** One line for what the user has seen already, or all of an error that came from elsewhere. */
function describe(error: unknown): string {
  if (error instanceof EngineError) return error.message.split("\n", 1)[0]?.replace(/:$/, "") ?? "";
  if (!(error instanceof Error)) return String(error);
  const isUsersMistake = "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  return isUsersMistake ? `${error.message}\n\n${help}` : (error.stack ?? error.message);
}

async function run(): Promise<void> {
  const { values } = parseArgs({
    options: { keep: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) process.stdout.write(help);
  else await main(values.keep ?? false);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => onInterrupt());
try {
  await run();
} catch (error) {
  const interrupted = interruption.signal.aborted;
  process.stderr.write(`\n${interrupted ? "Interrupted; taking everything down" : describe(error)}\n`);
  process.exitCode = interrupted ? 130 : 1;
} finally {
  await closeAll();
}
