import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  bothYaml,
  errorOf,
  ManifestError,
  Manifests,
  registered,
  upstreamYaml,
} from "../support/manifests.ts";

const folder = mkdtempSync(join(tmpdir(), "manifests-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("manifests come", () => {
  const types = async (...given: Parameters<typeof registered>) =>
    (await registered(...given)).map(({ type }) => type);

  it("from one file or several, and from YAML in the program", async () => {
    const [route = "", upstream = ""] = bothYaml().split("---\n");
    const [a, b] = [file("a.yaml", route), file("b.yaml", upstream)];
    expect(await types("", { files: [a, b], yaml: undefined })).toEqual(["apisix:Upstream", "apisix:Route"]);
    expect(await types("", { files: b, yaml: route })).toEqual(["apisix:Upstream", "apisix:Route"]);
  });

  it("with comments, empty documents, fields without a value, anchors and aliases", async () => {
    const yaml = upstreamYaml("timeout: &t { connect: 3s }\nretries: # none").replace(
      "metadata:",
      "status: {}\nmetadata:\n  annotations:",
    );
    expect(await types(`# first\n---\n---\n${yaml}\n...\n---\n# last\n`)).toEqual(["apisix:Upstream"]);
  });

  it("from a list of what kubectl printed, without what the cluster wrote", async () => {
    const yaml = upstreamYaml().replace(
      "name: u",
      "name: u\n  uid: 1\n  resourceVersion: '5'\n  creationTimestamp: now\n  generation: 2\n  managedFields: []",
    );
    expect(await types(yaml)).toEqual(["apisix:Upstream"]);
  });
});

describe("what cannot be read is an error with file and line, and nothing is registered", () => {
  const other = upstreamYaml().replace("name: u", "name: v");

  it.for<[what: string, yaml: string, error: string | RegExp]>([
    ["no YAML", "kind: a\n  b: c: d", /yaml:2: is no YAML: /],
    ["no YAML in a later document", `${upstreamYaml()}\n---\n{`, /yaml:1[01]: is no YAML: /],
    ["a field that stands twice", "kind: a\nkind: b", "yaml:2: is no YAML: Map keys must be unique"],
    ["a tag", "kind: !!js/function a", "yaml:1: is no YAML: Unresolved tag"],
    ["a text", "---\nhello", "yaml:2: is no object"],
    ["a list", "- kind: a", "yaml:1: is no object"],
    [
      "an object without a kind",
      "metadata: {}",
      "yaml:1: is no object: it has neither apiVersion and kind nor Kuma's type",
    ],
    [
      "an unknown kind",
      `${upstreamYaml()}\n---\n${other.replace("kind: ApisixUpstream", "kind: ApisixUpstreams")}`,
      'yaml:12: kind "ApisixUpstreams" is not known here; did you mean "ApisixUpstream"?',
    ],
    [
      "a kind that is nothing like ours",
      "apiVersion: v1\nkind: Pod",
      /yaml:2: kind "Pod" is not known here; known: ApisixRoute, .*MeshExternalService/,
    ],
    ["an unknown type of Kuma", "type: MeshGateway\nname: a", 'yaml:1: type "MeshGateway" is not known here'],
    [
      "an API version without external nodes",
      upstreamYaml().replace("/v2", "/v2beta3"),
      'yaml:1: ApisixUpstream: apiVersion is "apisix.apache.org/v2beta3", not "apisix.apache.org/v2"',
    ],
    [
      "an object without a name",
      upstreamYaml().replace("name: u", "labels: {}"),
      "yaml:3: ApisixUpstream: metadata.name is missing",
    ],
    [
      "a spec that is none",
      "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: 5",
      'yaml:4: Service "a": spec is not an object',
    ],
    [
      "two objects of one name",
      `${upstreamYaml()}\n---\n${upstreamYaml()}`,
      'yaml:14: ApisixUpstream "u": metadata.name is the name of another one at yaml:4',
    ],
    [
      "two of one name in Kuma's two forms",
      "type: Mesh\nname: a\n---\napiVersion: kuma.io/v1alpha1\nkind: Mesh\nmetadata: { name: a }",
      'yaml:6: Mesh "a": metadata.name is the name of another one at yaml:2',
    ],
    [
      "a Service that is none of a name",
      "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { sesionAffinity: None, externalName: a.example }",
      /yaml:4: Service "a": spec.type .*\n.*spec.sesionAffinity is no field that exists here; did you mean "sessionAffinity"/,
    ],
    [
      "a name of an object's inside",
      upstreamYaml("__proto__: { a: b }"),
      "is a name that no object can have",
    ],
    ["nothing", "# nothing", "there is no object in files or yaml"],
  ])("%s", async ([, yaml, error]) => {
    expect(await errorOf(yaml)).toMatch(error);
  });

  it("with the file's name, and everything that is wrong at once", async () => {
    const files = [file("c.yaml", upstreamYaml("x: 1")), file("d.yaml", other.replace("Domain", "Domian"))];
    const message = await errorOf("", { files, yaml: undefined });
    expect(message).toContain(`${files[0]}:9: ApisixUpstream "u": spec.x is no field`);
    expect(message).toContain(`${files[1]}:7: ApisixUpstream "v": spec.externalNodes[0].type`);
  });

  it("a file that is not there, or a folder", async () => {
    const missing = join(folder, "missing.yaml");
    expect(await errorOf("", { files: missing })).toContain(`${missing}: cannot be read (ENOENT)`);
    expect(await errorOf("", { files: folder })).toContain(`${folder}: cannot be read (EISDIR)`);
  });

  it("aliases that would fill the memory", async () => {
    const layers = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`)}]`);
    const bomb = ["kind: a", "l0: &l0 [x, x]", ...layers].join("\n");
    expect(await errorOf(bomb)).toMatch("yaml:1: has aliases that repeat too much (more than 100 times)");
  });

  it("aliases in a circle", async () => {
    expect(await errorOf("kind: a\nb: &b [*b]")).toMatch(/yaml:[12]: /);
  });

  it.for<[what: string, yaml: string, error: RegExp]>([
    ["ten megabytes", `a: "${"x".repeat(10_000_000)}"`, /is larger than 1048576 bytes/],
    ["a tag of another language", "kind: !ruby/object:Gem a", /is no YAML: Unresolved tag/],
    ["a function", "kind: !!js/function 'function () {}'", /is no YAML: Unresolved tag/],
    [
      "control characters",
      'kind: "\\e[31m\\u202ered"',
      /yaml:1: kind "\\u001b\[31m\\u\{202e\}red" is not known/,
    ],
    ["a long name of a kind", `kind: ${"x".repeat(500_000)}`, /yaml:1: kind "x+\.\.\.$/],
  ])("%s, in few words", { timeout: 60_000 }, async ([, yaml, error]) => {
    const message = await errorOf(yaml);
    expect(message).toMatch(error);
    expect(message).toMatch(/yaml(:\d+)?: /);
    expect(message.length).toBeLessThan(2_000);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(message).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
  });

  it("a text that is no UTF-8, or begins with a mark of its encoding", async () => {
    const broken = join(folder, "broken.yaml");
    writeFileSync(broken, Buffer.concat([Buffer.from("kind: "), Buffer.from([0xff, 0xfe, 0xc3])]));
    expect(await errorOf("", { files: broken, yaml: undefined })).toContain(`${broken}:1: is no UTF-8`);
    const marked = file("marked.yaml", `\ufeff${upstreamYaml("x: 1")}`);
    expect(await errorOf("", { files: marked, yaml: undefined })).toContain(
      `${marked}:9: ApisixUpstream "u"`,
    );
  });

  it("more than a megabyte, and nesting without end", async () => {
    expect(await errorOf(`a: "${"x".repeat(1024 * 1024)}"`)).toMatch("yaml: is larger than 1048576 bytes");
    expect(await errorOf("", { files: file("big.yaml", "x".repeat(1024 * 1024 + 1)) })).toMatch(
      "is larger than",
    );
    expect(await errorOf("[".repeat(20_000))).toMatch(/yaml:1: is nested too deeply$/);
  });
});

describe("arguments", () => {
  it.for<[args: object, error: string]>([
    [{ file: "a.yaml" }, '"file" is no argument; known: files, yaml'],
    [{ target: "apisix" }, 'target "apisix" is neither "api" nor "kubernetes"'],
    [{ target: "kubernetes", services: { a: "b" } }, "services are for target"],
  ])("%j are refused", async ([args, error]) => {
    expect(await errorOf("", args)).toContain(`Manifests "docs": `);
    expect(await errorOf("", args)).toContain(error);
  });

  it("errors have a stable kind, and no stack for the person at the terminal", () => {
    try {
      new Manifests("docs", { yaml: "kind: a" });
    } catch (error) {
      expect(error).toBeInstanceOf(ManifestError);
      expect(error).toMatchObject({ kind: "INVALID_MANIFEST", stack: (error as Error).message });
      return;
    }
    throw new Error("Nothing was thrown.");
  });
});
