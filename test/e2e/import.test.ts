import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as apisixClasses from "pulumi-external-backends/apisix";
import { generate } from "selfsigned";
import { expect, test } from "vitest";
import { KINDS } from "../../provider/model/kinds.ts";
import { loadProgram } from "../../tools/program.ts";
import { onlyOneDoor } from "../support/doors.ts";
import { installNodePackage } from "../support/generated-package.ts";
import { runImport, typeErrors } from "../support/import-command.ts";
import { apisixObjects, fieldsInNone, kumaObjects, place } from "../support/import-objects.ts";
import { expectChanges, expectNoChanges, ownerOf, startWorld } from "../support/world.ts";

// One write of the state per operation: fifty resources otherwise take a minute more.
const environment = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };
const world = await startWorld({ engine: { environment } });
const { apisix, kuma } = world;
const made = await generate([{ name: "commonName", value: "payments.example" }], { keyType: "ec" });
const pair = { cert: made.cert, key: made.private };
/** What no server gives back, by the names that the command gives them. */
const writeOnly = {
  paymentsAPIUpstreamTlsClientKey: pair.key,
  clientSslKey: pair.key,
  gatewaySslKey: pair.key,
  gatewaySslKeys0: pair.key,
  twoSecretAccessKeyId: "SECRET-access",
  twoSecretSecretAccessKey: "SECRET-aws",
  twoSecretSessionToken: "SECRET-session",
  oneSecretToken: "SECRET-vault",
  threeSecretAuthConfigPrivateKey: "SECRET-gcp",
  fullRouteTlsClientKey: pair.key,
  fullServiceTlsClientKey: pair.key,
  fullStreamRouteTlsClientKey: pair.key,
};

/** Other forms of a field, which become that one; what this package alone knows; what the sandbox does not keep. */
const NEVER_IMPORTED = new RegExp(
  [
    ...["Route (uri|host|remoteAddr|enabled|scriptId)$", "Ssl (sni|name)$", "Secret (value|authFile)$"],
    ...["tls\\.sni$", "(caCert|clientCert|clientKey)\\.(secret|inline|inlineString)$"],
    // All fields of all specs are in test/model/policies-recorded.test.ts; those of known types are no kuma.Policy.
    ...[" spec\\.", "kuma:Policy ", "authConfig\\.scopes$", "waitForHostname$"],
    ...["Mesh deleteContents$", " origin$", "match\\.type$", "endpoints\\[\\]\\.priority$", "tls\\.verify$"],
  ].join("|"),
);

/** Runs the command against the world's servers. */
function run(args: string[], environment: Record<string, string> = {}) {
  const servers = {
    APISIX_ADMIN_URL: apisix.adminUrl,
    APISIX_ADMIN_KEY: apisix.adminKey,
    KUMA_URL: kuma.url,
  };
  return runImport(args, { ...servers, ...environment });
}

/** The inputs of all resources of a type. */
function inputsOf(resources: { type: string; inputs: object }[], type: string): object[] {
  return resources.filter((one) => one.type === `pulumi-nodejs:dynamic/${type}`).map(({ inputs }) => inputs);
}

onlyOneDoor("import by a file")(
  "what is imported from live servers shows no change, can be changed, and goes when it is destroyed",
  async () => {
    await place(apisixObjects(pair), `${apisix.adminUrl}/apisix/admin`, { "x-api-key": apisix.adminKey });
    await place(kumaObjects, kuma.url);
    const stack = await world.stack("import", async () => {});
    const folder = stack.directory;
    const from = ["--from", "apisix", "--from", "kuma", "--out", folder];

    const { stdout: first } = await run(from);
    for (const name of Object.keys(writeOnly)) expect(first).toContain(`pulumi config set --secret ${name}`);
    const given = join(folder, "given.json");
    writeFileSync(given, JSON.stringify(writeOnly));
    const { stdout: said } = await run([...from, "--secrets", given, "--force"]);
    const { resources } = JSON.parse(readFileSync(join(folder, "import.json"), "utf8"));
    expect(resources.length).toBeGreaterThanOrEqual(50);

    const unset = KINDS.filter(({ patch }) => !patch).flatMap((kind) =>
      fieldsInNone(kind.schema, inputsOf(resources, kind.type)).map((field) => `${kind.type} ${field}`),
    );
    expect(unset.filter((field) => !NEVER_IMPORTED.test(field))).toEqual([]);

    // Nothing secret in the program or at the terminal; what holds secrets is for the user alone.
    const program = readFileSync(join(folder, "index.ts"), "utf8");
    for (const text of [first, said, program]) expect(text).not.toMatch(/SECRET-|PRIVATE KEY|U0VDUkVU/);
    for (const file of ["import.json", "secrets.json"])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    expect(await typeErrors(folder)).toBe("");

    const values: Record<string, string> = JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8"));
    await stack.setConfig(
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value, secret: true }])),
    );
    const command = /pulumi (import --file .*)/.exec(said)?.[1]?.split(" ") ?? [];
    const imported = await stack.cli([...command, "--yes", "--stack", "import"]);
    expect(imported.output).toContain(`${resources.length} imported`);
    expect(imported.output).not.toMatch(/failed to validate|SECRET-/);
    expect(await stack.stateText()).not.toMatch(/SECRET-|PRIVATE KEY|U0VDUkVU/);

    // What holds secrets in clear is needed no more.
    for (const file of ["import.json", "secrets.json"]) rmSync(join(folder, file));
    stack.program = loadProgram(folder);
    expectNoChanges(await stack.preview());
    expectNoChanges(await stack.refresh());

    const changed = program.replace("count: 9", "count: 8").replace("protect: true", "protect: false");
    writeFileSync(join(folder, "index.ts"), changed);
    expectChanges(await stack.up(), { update: 1 });
    const group = apisix.store.get("consumer_groups", "gold");
    expect(group).toMatchObject({ plugins: { "limit-count": { count: 8 } }, labels: { team: "edge" } });
    expect(ownerOf(group).owner).toMatch(/^[0-9a-f]{16}$/);

    await stack.destroy();
    const collections = [
      ...apisixObjects(pair).map(([path]) => path.split("/")[0] ?? ""),
      "consumers/jack/credentials",
    ];
    const left = collections.flatMap((collection) => apisix.store.list(collection));
    expect(left).toEqual([]);
    expect(kuma.store.get("Mesh", undefined, "payments")).toBeUndefined();
    expect(kuma.store.get("MeshTimeout", "default", "mesh-timeout-all-default")).toBeDefined();
  },
  240_000,
);

onlyOneDoor("import by id")(
  "what the plugins import by its id shows no change in the program of the command, and can be changed",
  async () => {
    const labels = { team: "edge" };
    const nodes = { "a.example:443": 1 };
    const admin = { "x-api-key": apisix.adminKey };
    await place(
      [
        ["upstreams/7", { name: "payments", nodes, scheme: "https", labels }],
        ["routes/1", { name: "payments", uri: "/v1/*", upstream_id: "7", labels }],
        ["consumers", { username: "jack", plugins: { "key-auth": { key: "SECRET-jack" } }, labels }],
      ],
      `${apisix.adminUrl}/apisix/admin`,
      admin,
    );
    const service = { tags: { "kuma.io/service": "httpbin" }, networking: { address: "httpbin.org:443" } };
    kuma.store.put({ type: "ExternalService", mesh: "default", name: "httpbin", ...service, labels });
    const stack = await world.stack("import", async () => {});
    await stack.up();
    const folder = join(stack.directory, "imported");
    const from = ["--from", "apisix", "--from", "kuma", "--door", "plugin", "--label", "team=edge"];
    const { stdout: said } = await run([...from, "--out", folder]);
    expect((await readdir(folder)).toSorted()).toEqual(["index.ts", "secrets.json"]);
    for (const name of ["apisix", "kuma"] as const) {
      expect(said).toContain(`pulumi package add ./node_modules/.bin/pulumi-resource-${name}`);
      await installNodePackage(name, folder);
    }
    expect(await typeErrors(folder)).toBe("");

    const values: Record<string, string> = JSON.parse(readFileSync(join(folder, "secrets.json"), "utf8"));
    const secrets = Object.entries(values).map(([name, value]) => [name, { value, secret: true }]);
    await stack.setConfig(Object.fromEntries(secrets));
    const commands = [...said.matchAll(/pulumi (import .*)/g)].map(([, command = ""]) => command.split(" "));
    expect(commands).toHaveLength(4);
    for (const command of commands) {
      const { output } = await stack.cli([...command, "--yes", "--stack", "import"]);
      expect(output).toContain("1 imported");
      expect(output).not.toContain("SECRET-");
    }
    expect(await stack.stateText()).not.toContain("SECRET-");

    writeFileSync(join(folder, "Pulumi.yaml"), "name: test\nruntime: nodejs\n");
    stack.program = loadProgram(folder);
    expectNoChanges(await stack.preview());
    expectNoChanges(await stack.refresh());
    const program = readFileSync(join(folder, "index.ts"), "utf8");
    const changed = program.replace("/v1/*", "/v2/*").replace("protect: true", "protect: false");
    writeFileSync(join(folder, "index.ts"), changed);
    expectChanges(await stack.up(), { update: 1 });
    expect(apisix.store.get("routes", "1")).toMatchObject({ uris: ["/v2/*"], labels });
    await stack.destroy();
    expect(apisix.store.list("routes")).toEqual([]);
  },
);

onlyOneDoor("import by id")(
  "what the plugins import without a secret that the server does not give back can stay so, and change with it",
  async () => {
    const admin = { "x-api-key": apisix.adminKey };
    const vault = { uri: "http://127.0.0.1:8200", prefix: "kv/apisix", token: "SECRET-vault" };
    await place(
      [
        ["ssls/gateway", { ...pair, snis: ["payments.example"] }],
        ["secrets/vault/main", vault],
      ],
      `${apisix.adminUrl}/apisix/admin`,
      admin,
    );
    const stack = await world.stack("hidden", async () => {});
    await stack.up();
    for (const [type, name, id] of [
      ["Ssl", "gateway", "gateway"],
      ["Secret", "main", "vault/main"],
    ] as const) {
      const command = ["import", `apisix:index:${type}`, name, id, "--yes", "--protect=false"];
      const { output } = await stack.cli([...command, "--generate-code=false", "--stack", "hidden"]);
      expect(output).toMatch(/(key|token) (was left out when it was imported|is left out, since)/);
      expect(output).toContain("1 imported");
      expect(output).not.toMatch(/failed to validate|SECRET-|PRIVATE KEY/);
    }
    const program = (key: { key?: string }, snis: string[]) => async () => {
      const certificate = { sslId: "gateway", cert: pair.cert, snis, ...key };
      new apisixClasses.Ssl("gateway", certificate as apisixClasses.SslArgs);
      const { uri, prefix } = vault;
      new apisixClasses.Secret("main", { manager: "vault", secretId: "main", uri, prefix });
    };
    const snis = ["payments.example"];
    const same = await stack.preview({ program: program({}, snis) });
    expectNoChanges(same);
    expect(same.output).toMatch(/key was left out when it was imported, and stays as it is\. Add it/);
    const refused = await stack.preview({ program: program({}, ["new.example"]) }).catch((error) => error);
    expect(String(refused)).toMatch(/key/);
    expectChanges(await stack.up({ program: program({ key: pair.key }, ["new.example"]) }), { update: 1 });
    expect(apisix.store.get("ssls", "gateway")).toMatchObject({ snis: ["new.example"] });
    await stack.destroy();
    expect(apisix.store.list("ssls")).toEqual([]);
  },
);

test("the command ends with one line and an exit code, and writes nothing, when it cannot do all", async () => {
  const folder = await mkdtemp(join(world.engine.workDir, "command-"));
  const nobody = { APISIX_ADMIN_URL: "http://127.0.0.1:1" };
  const out = join(folder, "program");
  const unreachable = await failing(["--from", "apisix", "--out", out], nobody);
  expect(unreachable).toMatch(
    /^Could not list .* at APISIX Admin API http:\/\/127\.0\.0\.1:1: no answer: .*\n$/,
  );
  const strange = await failing(["--from", "apisix", "--out", out], { APISIX_ADMIN_URL: apisix.gatewayUrl });
  expect(strange).toMatch(/^Could not list .*This URL is no APISIX Admin API.*\n$/);
  expect(await readdir(folder)).toEqual([]);

  await mkdir(out);
  await writeFile(join(out, "index.ts"), "// mine\n");
  expect(await failing(["--from", "apisix", "--out", out])).toMatch(
    /index\.ts is there already: .*--force.*\n$/,
  );
  expect(await readdir(out)).toEqual(["index.ts"]);
  expect(await readFile(join(out, "index.ts"), "utf8")).toBe("// mine\n");
});

/** Runs the command, which must fail, and gives what it prints as an error. */
async function failing(args: string[], environment: Record<string, string> = {}): Promise<string> {
  const { code, stderr } = await run(args, environment).catch((error) => error);
  expect(code).toBe(1);
  return stderr;
}
