import { execFileSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { actionlint, mistakesIn } from "../tools/actionlint.ts";
import { repository, workFolder } from "../tools/repository.ts";
import { NOT_ON_WINDOWS } from "./windows.ts";

interface Step {
  name?: string;
  uses?: string;
  run?: string;
}
interface Job {
  steps: Step[];
  strategy?: { matrix?: { version?: string[] } };
}

const files = globSync("{.,examples/*}/.github/workflows/*.yaml", { cwd: repository }).sort();
const text = (file: string) => readFile(join(repository, file), "utf8");
const jobsOf = async (file: string) => (parse(await text(file)) as { jobs: Record<string, Job> }).jobs;
const stepsOf = async (file: string) => Object.values(await jobsOf(file)).flatMap(({ steps }) => steps);
const { scripts, version } = JSON.parse(await text("package.json"));

const temporary = await mkdtemp(join(await workFolder(), "workflows-"));
afterAll(() => rm(temporary, { recursive: true, force: true }));

// Built once on each machine; where there is no Go, nothing can be said.
const lint = await actionlint();

describe.skipIf(lint === undefined)("actionlint (skipped where there is no Go to build it with)", () => {
  test.each(files)("finds no mistake in %s", async (file) => {
    const configuration = join(repository, file, "..", "..", "actionlint.yaml");
    const known = existsSync(configuration) ? configuration : undefined;
    expect(await mistakesIn(String(lint), [join(repository, file)], known)).toEqual([]);
  });

  test.each([
    ["an expression of a context that there is not", "github.ref", "githop.ref"],
    [
      "a need that there is not",
      "    runs-on: windows-latest",
      "    needs: nothing\n    runs-on: windows-latest",
    ],
    ["an option that the action has not", "          cache: npm", "          cash: npm"],
  ])("finds %s", async (_, part, instead) => {
    const file = join(temporary, "test.yaml");
    const right = await text(".github/workflows/test.yaml");
    expect(right).toContain(part);
    await writeFile(file, right.replace(part, instead));
    expect(await mistakesIn(String(lint), [file])).toHaveLength(1);
  });
});

test.each(files)("%s uses actions by version", async (file) => {
  const used = (await stepsOf(file)).flatMap(({ uses }) => uses ?? []);
  expect(used.filter((action) => !/^[\w-]+\/[\w-]+@v\d+$/.test(action))).toEqual([]);
});

test.each(globSync(".github/workflows/*.yaml", { cwd: repository }).sort())(
  "%s runs scripts and files that are there",
  async (file) => {
    const runs = (await stepsOf(file)).map(({ run = "" }) => run).join("\n");
    const named = [...runs.matchAll(/\bnpm (?:run )?(test\b[\w:-]*|(?<=run )[\w:-]+)/g)].map(
      ([, name]) => name,
    );
    expect(named.filter((name = "") => !(name in scripts))).toEqual([]);
    const paths = [...runs.matchAll(/\b(?:test|tools|\.changeset)\/[\w./-]+/g)].map(([path]) => path);
    expect(paths.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
  },
);

test("every command that asks servers is run by a workflow, the comparison at the same versions of APISIX as the others", async () => {
  const files = ["live", "nightly"].map((name) => `.github/workflows/${name}.yaml`);
  const runs = (await Promise.all(files.map(stepsOf))).flat().map(({ run = "" }) => run);
  for (const name of ["test:live", "test:limits", "test:compare"])
    expect(
      runs.filter((run) => run.includes(`npm run ${name}`)),
      name,
    ).not.toEqual([]);
  const { "compare-apisix": apisix } = await jobsOf(".github/workflows/nightly.yaml");
  const { apisix: live } = await jobsOf(".github/workflows/live.yaml");
  expect(apisix?.strategy?.matrix?.version).toEqual(live?.strategy?.matrix?.version);
});

test("the live workflow tries three versions of APISIX and two of Kuma, among them those of the compose file", async () => {
  const { apisix, kuma } = await jobsOf(".github/workflows/live.yaml");
  const compose = await text("test/live/compose.yaml");
  const [, latestApisix] = /APISIX_VERSION:-([\d.]+)/.exec(compose) ?? [];
  const [, latestKuma] = /KUMA_VERSION:-([\d.]+)/.exec(compose) ?? [];
  expect(apisix?.strategy?.matrix?.version).toHaveLength(3);
  expect(apisix?.strategy?.matrix?.version).toContain(latestApisix);
  expect(kuma?.strategy?.matrix?.version).toHaveLength(2);
  expect(kuma?.strategy?.matrix?.version).toContain(latestKuma);
});

test("the compose file opens ports to this machine only, and has every service that a workflow starts", async () => {
  const { services } = parse(await text("test/live/compose.yaml"), { merge: true }) as {
    services: Record<string, { ports?: string[]; image: string }>;
  };
  const ports = Object.values(services).flatMap(({ ports = [] }) => ports);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  expect(services["kuma-zone"]?.image).toContain("kumahq/kuma-cp:");
  const workflows = (
    await Promise.all(["live", "nightly"].map((name) => text(`.github/workflows/${name}.yaml`)))
  ).join("\n");
  const started = [
    ...workflows.matchAll(/(?:--detach(?: --wait)?|services:) ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)*)$/gm),
  ];
  const names = started.flatMap(([, list = ""]) => list.split(" "));
  expect(new Set(names)).toEqual(new Set(["apisix", "kuma", "kuma-global", "kuma-zone"]));
  expect(names.filter((name) => !(name in services))).toEqual([]);
});

describe("the release", async () => {
  const steps = await stepsOf(".github/workflows/release.yaml");
  const shell = (name: string, tag: string) => {
    const script = steps.find((step) => step.name?.includes(name))?.run ?? "";
    const options = { cwd: temporary, env: { ...process.env, GITHUB_REF_NAME: tag }, stdio: "pipe" as const };
    return execFileSync("bash", ["-e", "-c", script], options);
  };

  test("takes the tag of its version only, and only when no entry waits for the next one", async () => {
    for (const name of ["package.json", ".changeset"])
      await cp(join(repository, name), join(temporary, name), { recursive: true });
    await writeFile(join(temporary, ".changeset", "waiting.md"), "");
    expect(() => shell("tag", `v${version}`)).toThrow();
    for (const file of globSync(join(temporary, ".changeset", "*.md")))
      if (!file.endsWith("README.md")) await rm(file);
    expect(() => shell("tag", "v9.9.9")).toThrow();
    shell("tag", `v${version}`);
  });

  test("has the changelog's section of its version as its text", async () => {
    const changelog = await text("CHANGELOG.md");
    await writeFile(join(temporary, "CHANGELOG.md"), changelog);
    shell("section", "v0.1.0");
    const notes = await readFile(join(temporary, "notes.md"), "utf8");
    expect(notes.trim()).toBe(changelog.split("## 0.1.0\n")[1]?.trim());
    expect(() => shell("section", "v9.9.9")).toThrow();
  });
});

test("what is left out on Windows is there, and has a reason", () => {
  expect(Object.keys(NOT_ON_WINDOWS).filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  expect(Object.values(NOT_ON_WINDOWS).filter((reason) => !reason.endsWith("."))).toEqual([]);
});
