import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { expect, test } from "vitest";
import type { TestStack } from "../../tools/engine.ts";
import { repository } from "../../tools/repository.ts";
import { bundleDoors } from "../support/bundle-doors.ts";
import { door } from "../support/doors.ts";
import { policyRunnerPath } from "../support/policy-runner.ts";
import { withProgram } from "../support/with-program.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld({ engine: { environment: { PATH: await policyRunnerPath() } } });

/** What no report may show. */
const SECRETS = { key: "key-of-jack-4711", host: "secret-partner.example", ca: "content-of-the-ca" };

/** A stack to which a platform team would object. */
async function careless(): Promise<void> {
  new apisix.GlobalRule("everybody", { plugins: { prometheus: {} } });
  const upstream = new apisix.Upstream("partner", {
    scheme: "https",
    nodes: [{ host: pulumi.secret(SECRETS.host), port: 443, weight: 1 }],
  });
  const { upstreamId } = upstream;
  new apisix.Route("open", { uri: "/open/*", upstreamId });
  new apisix.Route("health", { uri: "/health", upstreamId });
  const plugins = { "key-auth": {}, "http-logger": { uri: "https://logs.example/in", ssl_verify: false } };
  new apisix.Route("checked", { uri: "/checked/*", upstreamId, plugins });
  // As what another resource gives once it is made.
  const host = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
  const nodes = [{ host, port: 80, weight: 1 }];
  new apisix.Route("later", { uri: "/later", upstream: { nodes } });
  const { username } = new apisix.Consumer("jack", { username: "jack" });
  new apisix.Credential("jack", { username, plugins: { "key-auth": { key: SECRETS.key } } });
  const mesh = new kuma.Mesh("shop", {});
  new kuma.Secret("ca", { mesh: mesh.name, value: SECRETS.ca });
  new kuma.ExternalService("ledger", {
    mesh: mesh.name,
    tags: { "kuma.io/service": "ledger", "kuma.io/protocol": "http" },
    networking: { address: "ledger.example:443", tls: { enabled: true } },
  });
}

/** What a platform team enforces. */
const ENFORCED = {
  "verified-tls": "mandatory",
  "no-passthrough": "mandatory",
  "outside-hosts": { enforcementLevel: "mandatory", hosts: ["*.httpbin.org"] },
  "routes-authenticated": { enforcementLevel: "advisory", except: ["health"] },
  "global-rules-only-in": { enforcementLevel: "mandatory", allowedStacks: ["test/gateway-*"] },
};

interface Report {
  output: string;
  /** As in `mandatory verified-tls ledger`, sorted. */
  violations: string[];
}

/** Runs a command of Pulumi with a pack, as a pipeline does. */
async function run(
  stack: TestStack,
  command: string[],
  config: object,
  options: { expectFailure?: boolean; pack?: string } = {},
): Promise<Report> {
  const { expectFailure = false, pack = join(repository, "policies") } = options;
  const file = join(stack.directory, "policies.json");
  await writeFile(file, JSON.stringify(config));
  const args = [...command, "--stack", stack.name, "--policy-pack", pack, "--policy-pack-config", file];
  const output = await withProgram(stack, args, { expectFailure });
  for (const secret of Object.values(SECRETS)) expect(output).not.toContain(secret);
  const violations = [...output.matchAll(/\[(\w+)\] {2}([\w-]+) {2}\((?:.*: )?(.*)\)/g)];
  return { output, violations: violations.map(([, ...parts]) => parts.join(" ")).sort() };
}

test("what the platform team enforces stops the preview, at each resource concerned, and no report shows a secret", async () => {
  const stack = await world.stack("careless", careless);
  const { output, violations } = await run(stack, ["preview"], ENFORCED, { expectFailure: true });
  expect(violations).toEqual([
    "advisory not-judged later",
    "advisory passthrough-on ledger",
    "advisory routes-authenticated later",
    "advisory routes-authenticated open",
    "advisory unverified-tls ledger",
    "mandatory global-rules-only-in everybody",
    "mandatory no-passthrough shop",
    "mandatory outside-hosts checked",
    "mandatory outside-hosts ledger",
    "mandatory outside-hosts partner",
    "mandatory verified-tls checked",
    "mandatory verified-tls ledger",
  ]);
  expect(output).toContain(
    'outside-hosts could not judge all of "later": upstream.nodes[0].host is not known yet.',
  );
  if (door === "dynamic") await expectDocumented(output);
});

test("the levels and stacks of the configuration count, and without one the lints alone judge", async () => {
  const stack = await world.stack("levels", careless);
  const all = [
    "advisory not-judged later",
    "advisory passthrough-on ledger",
    "advisory unverified-tls ledger",
  ];
  expect((await run(stack, ["preview"], {})).violations).toEqual(all.slice(1));
  const config = {
    "verified-tls": { enforcementLevel: "advisory", stacks: ["test/lev*"] },
    "no-passthrough": { enforcementLevel: "mandatory", exceptStacks: ["test/levels"] },
    "outside-hosts": { enforcementLevel: "advisory", hosts: ["*.example"] },
    "unverified-tls": "disabled",
    "passthrough-on": "disabled",
    "not-judged": "mandatory",
  };
  expect((await run(stack, ["preview"], config, { expectFailure: true })).violations).toEqual([
    "advisory verified-tls checked",
    "advisory verified-tls ledger",
    "mandatory not-judged later",
  ]);
});

test("an update that is not previewed makes nothing that a rule about one resource refuses", async () => {
  const stack = await world.stack("unpreviewed", async () => {
    new apisix.Upstream("unpreviewed-good", { nodes: { "a.good.example:80": 1 } });
    new apisix.Upstream("unpreviewed-bad", { nodes: { "bad.example:80": 1 } });
  });
  const config = { "outside-hosts": { enforcementLevel: "mandatory", hosts: ["*.good.example"] } };
  const up = ["up", "--yes", "--skip-preview"];
  const { violations } = await run(stack, up, config, { expectFailure: true });
  expect(violations).toEqual(["mandatory outside-hosts unpreviewed-bad"]);
  expect(world.apisix.store.get("upstreams", "unpreviewed-bad")).toBeUndefined();
});

test("a stack that is right passes, again when nothing changes", async () => {
  const stack = await world.stack("right", async () => {
    new apisix.Route("right", {
      uri: "/right",
      upstream: { nodes: [{ host: "eu.httpbin.org", port: 80, weight: 1 }] },
      plugins: { "key-auth": {} },
    });
  });
  for (const command of [["preview"], ["up", "--yes", "--skip-preview"], ["preview"]])
    expect((await run(stack, command, ENFORCED)).violations).toEqual([]);
});

// It goes through both doors by itself.
test.runIf(door === "dynamic")(
  "each entry of a bundle is judged by itself, through both doors, and no report shows a secret",
  async () => {
    for (const { door: by, declare, options } of bundleDoors) {
      const program = async () => {
        const routes = {
          bundled: { uri: "/", upstream: { nodes: { "bad.example:80": 1 } } },
          kept: {
            uri: "/kept",
            plugins: { "key-auth": {} },
            upstream: { nodes: [{ host: "eu.httpbin.org", port: 80, weight: 1 }] },
          },
        };
        const consumers = { jack: { plugins: { "key-auth": { key: SECRETS.key } } } };
        declare("edge", { routes, consumers });
      };
      const stack = await world.stack(`bundle-${by}`, program, options);
      const judged = async (command: string[]) => {
        const { output, violations } = await run(stack, command, ENFORCED, { expectFailure: true });
        expect(violations).toEqual(["advisory routes-authenticated edge", "mandatory outside-hosts edge"]);
        for (const found of ["upstream.nodes[0].host leads to a host", "no plugin asks who calls"])
          expect(output).toContain(`routes.bundled of bundle "edge": ${found}`);
        expect(output).not.toContain("routes.kept of");
      };
      await judged(["preview"]);
      await stack.up();
      // What is in the state already, too.
      await judged(["preview"]);
      await stack.destroy();
    }
  },
);

test("a pack of one's own takes what it wants, with its own beside it", async () => {
  const stack = await world.stack("own", careless);
  const pack = join(stack.directory, "pack");
  await mkdir(pack);
  const files = {
    "PulumiPolicy.yaml": "runtime: nodejs\n",
    "package.json": JSON.stringify({ name: "own", version: "1.0.0", main: "index.js" }),
    "index.js": (await codeIn("docs/policies.md", "js"))[0] ?? "",
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(pack, name), text);
  const { violations } = await run(stack, ["preview"], {}, { pack, expectFailure: true });
  expect(violations).toEqual([
    "advisory not-judged later",
    "advisory passthrough-on ledger",
    "advisory unverified-tls ledger",
    "mandatory labels checked",
    "mandatory labels health",
    "mandatory labels later",
    "mandatory labels open",
    "mandatory outside-hosts checked",
    "mandatory outside-hosts ledger",
    "mandatory outside-hosts partner",
  ]);
});

/** The blocks of code of a page in a language. */
async function codeIn(page: string, language: string): Promise<string[]> {
  const text = await readFile(join(repository, page), "utf8");
  return [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, of, code = ""]) =>
    of === language ? [code] : [],
  );
}

/** docs/policies.md shows what has been enforced here, and what was printed; --update writes it. */
async function expectDocumented(output: string): Promise<void> {
  const page = join(repository, "docs", "policies.md");
  const text = await readFile(page, "utf8");
  const [, report = ""] = /Policies:\n([\s\S]*?)Diagnostics:/.exec(output) ?? [];
  const shown = report.replace(
    /@v\S+ \(local: .*\)/,
    " (local: node_modules/pulumi-external-backends/policies)",
  );
  const blocks = {
    json: `${JSON.stringify(ENFORCED, undefined, 2)}\n`,
    console: `$ pulumi preview --policy-pack ./node_modules/pulumi-external-backends/policies --policy-pack-config policies.json\n…\nPolicies:\n${shown.trimEnd()}\n`,
  };
  const written = Object.entries(blocks).reduce(
    (page, [language, block]) =>
      page.replace(
        new RegExp(`\`\`\`${language}\\n[\\s\\S]*?\`\`\``),
        () => `\`\`\`${language}\n${block}\`\`\``,
      ),
    text,
  );
  await expect(written).toMatchFileSnapshot(page);
}
