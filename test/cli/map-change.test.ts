import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { NOTHING } from "../../cli/map-change.ts";
import { command } from "../support/commands.ts";
import { SECRETS } from "../support/previews/secrets.ts";
import { recorded } from "../support/recorded-previews.ts";

const folder = mkdtempSync(join(tmpdir(), "change-"));
afterAll(() => rmSync(folder, { recursive: true }));
function file(name: string, content: unknown): string {
  writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  return join(folder, name);
}
interface Step {
  op: string;
  urn: string;
  oldState?: object;
  newState?: object;
}
const steps = recorded("preview").steps as unknown as Step[];
/** The recorded preview with other steps. */
function previewOf(change: (step: Step) => Step[], more: object = {}): string {
  return file("preview-changed.json", { ...recorded("preview"), steps: steps.flatMap(change), ...more });
}

describe("of a preview of the real engine", () => {
  test("what is opened is told: ways out, TLS, checks, limits, answers and permissions", async () => {
    const { text, status } = await command("map --change --preview preview.json");
    expect(status).toBe(0);
    for (const part of [
      "newly reachable: news.example:80 (http, TLS none) from gateway *(not known)",
      "no longer verified: TLS to ledger.example:443",
      "route status: key-auth no longer checks who asks",
      "route httpbin: the limit limit-count is gone",
      'route status takes other requests: methods ["POST"] => nothing',
      "GET local.httpbin.org/status/x: route httpbin",
      "permitted is Allow kuma.io/service=shop before, nobody after",
    ])
      expect(text).toContain(part);
    for (const secret of Object.values(SECRETS)) expect(text).not.toContain(secret);
  });

  test("with --refresh it begins with what the servers have", async () => {
    const { text } = await command("map --change --preview preview-refresh.json");
    expect(text).toContain(
      'route httpbin takes other requests: hosts ["drifted.httpbin.org"] => ["local.httpbin.org"]',
    );
  });

  test("as Markdown for a pull request, and as JSON", async () => {
    const { text } = await command("map --change --markdown --preview preview.json");
    expect(text).toMatch(
      /^### What this change opens\n\n\*\*Newly reachable\*\*\n\n- newly reachable: news\.example:80/,
    );
    const json = JSON.parse((await command("map --change --json --preview preview.json")).text);
    expect(json).toMatchObject({ version: 1, notes: [] });
    expect(json.changes.map(({ effect }: { effect: string }) => effect)).toContain("auth-removed");
  });

  test("--fail-on gives 1 for what it names, and 0 for all else", async () => {
    const status = async (effects: string) =>
      (await command(`map --change --fail-on ${effects} --preview preview.json`)).status;
    expect(await status("reachable,unverified,auth-removed")).toBe(1);
    expect(await status("gone,consumer")).toBe(0);
    expect(await status("nothing")).toBe(2);
  });
});

test("nothing that matters is one line", async () => {
  const same = previewOf((step) =>
    step.op === "create" || step.op === "delete"
      ? []
      : [{ ...step, op: "same", newState: step.oldState ?? {} }],
  );
  expect(await command(`map --change --preview ${same}`)).toEqual({ text: `${NOTHING}\n`, status: 0 });
  expect((await command("map --change --before state.json --after state.json")).text).toBe(`${NOTHING}\n`);
  expect((await command("map --change --before state.json --after state-shown.json")).text).toBe(
    `${NOTHING}\n`,
  );
});

test("nobody is said to be permitted what led nowhere before", async () => {
  const resource = (type: string, inputs: object) => {
    const token = `kuma:index:${type}`;
    return { urn: `urn:pulumi:prod::edge::${token}::${type}`, type: token, inputs };
  };
  const backends = [{ name: "ca", type: "builtin" }];
  const mesh = resource("Mesh", {
    name: "m",
    mtls: { enabledBackend: "ca", backends },
    routing: { zoneEgress: true },
    networking: { outbound: { passthrough: false } },
  });
  const service = resource("ExternalService", {
    ...{ mesh: "m", name: "httpbin", networking: { address: "httpbin.org:80" } },
    tags: { "kuma.io/service": "httpbin" },
  });
  const egress = resource("ZoneEgress", {
    zone: "default",
    networking: { address: "10.0.0.1", port: 10002 },
  });
  const side = (name: string, resources: object[]) => file(name, { deployment: { resources } });
  for (const before of [[mesh], [mesh, service], [mesh, egress]]) {
    const files = [side("led-nowhere.json", before), side("led-out.json", [mesh, service, egress])];
    const { text } = await command(`map --change --before ${files[0]} --after ${files[1]}`);
    expect(text).toContain("httpbin.org:80 (tcp, TLS none) from mesh m, zone default, by egress");
    expect(text).not.toContain("permitted is");
  }
});

test("a resource that changes without a visible difference is listed", async () => {
  const jack = previewOf((step) => {
    if (step.op === "create" || step.op === "delete") return [];
    const op = step.urn.endsWith("Consumer::jack") ? "update" : "same";
    return [{ ...step, op, newState: step.oldState ?? {} }];
  });
  const { text } = await command(`map --change --preview ${jack}`);
  expect(text).toContain('a secret value of apisix:Consumer "jack" changes; what it opens cannot be said');
});

test("stacks that do not change compete on both sides, and several previews are one change", async () => {
  const other = file("other.json", {
    deployment: {
      resources: [
        {
          urn: "urn:pulumi:prod::other::apisix:index:Route::wide",
          type: "apisix:index:Route",
          inputs: { uri: "/new/*", host: "local.httpbin.org", upstream: { nodes: { "wide.example:80": 1 } } },
          outputs: { __made: "aaaaaaaa@http://127.0.0.1:9180" },
        },
      ],
    },
  });
  const { text } = await command(`map --change --preview edge/prod=preview.json --state edge=${other}`);
  expect(text).not.toContain("wide is new");
  const deleted = file("deleted.json", {
    changeSummary: { delete: 1 },
    steps: [
      {
        op: "delete",
        urn: "urn:pulumi:prod::other::apisix:index:Route::wide",
        oldState: JSON.parse(
          JSON.stringify({
            urn: "urn:pulumi:prod::other::apisix:index:Route::wide",
            type: "apisix:index:Route",
            inputs: { uri: "/new/*", upstream: { nodes: { "wide.example:80": 1 } } },
          }),
        ),
      },
    ],
  });
  const both = await command(`map --change --preview preview.json --preview ${deleted}`);
  expect(both.text).toContain("route wide is gone");
  expect(both.text).toContain("route new is new");
});

describe("what cannot be answered ends with 2", () => {
  const refused = async (preview: string) => {
    const { text, status } = await command(`map --change --preview ${preview}`);
    expect(status).toBe(2);
    return text;
  };

  test("a preview without unchanged resources, with the flag to add", async () => {
    expect(await refused(previewOf((step) => (step.op === "same" ? [] : [step])))).toContain("--show-sames");
  });

  test("a preview with an error in it, an empty one, one that was cut, and one that is none", async () => {
    const failed = previewOf((step) => [step], { diagnostics: [{ severity: "error", message: "x" }] });
    for (const preview of [
      failed,
      file("empty.json", ""),
      file("cut.json", JSON.stringify(recorded("preview")).slice(0, 9000)),
      file("none.json", "{}"),
      file("without-steps.json", { config: {}, steps: null }),
      join(folder, "nowhere.json"),
    ])
      expect(await refused(preview)).toContain("the preview did not finish");
  });

  test("options that do not go together, in one line", async () => {
    for (const line of [
      "map --change --state state.json",
      "map --change --preview preview.json --from apisix",
      "map --change --preview preview.json --csv",
      "map --fail-on gone --state state.json",
      "map --change --before state.json",
    ]) {
      const { text, status } = await command(line);
      expect(text.trim().split("\n")).toHaveLength(1);
      expect(status).toBe(2);
    }
  });
});
