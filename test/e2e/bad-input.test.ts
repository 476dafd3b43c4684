import * as apisix from "pulumi-external-backends/apisix";
import * as kuma from "pulumi-external-backends/kuma";
import { describe, expect, test } from "vitest";
import { onlyOneDoor } from "../support/doors.ts";
import { errorsOf, expectOneError, expectReadable } from "../support/errors.ts";
import { startWorld } from "../support/world.ts";

const world = await startWorld();
const stack = await world.stack("bad-input", async () => {});
const nodes = { "a.example:80": 1 };
const service = { "kuma.io/service": "service" };
const networking = { address: "service.example:443" };
const privateKey = `-----BEGIN PRIVATE KEY-----${"k3y".repeat(10)}`;

/** Arguments as a program without types may give them. */
const upstream = (args: object) => () => new apisix.Upstream("wrong", args as apisix.UpstreamArgs);
const route = (args: object) => () => new apisix.Route("wrong", args as unknown as apisix.RouteArgs);
const external = (args: object) => () => new kuma.ExternalService("wrong", args as kuma.ExternalServiceArgs);
const egress = (args: object) => () => new kuma.ZoneEgress("wrong", args as kuma.ZoneEgressArgs);

const wrong: [what: string, declare: () => unknown, error: RegExp][] = [
  [
    "a misspelt field",
    upstream({ nodes, retrys: 3 }),
    /retrys: is no field that exists here; did you mean "retries"/,
  ],
  [
    "a misspelt field of a node",
    upstream({ nodes: [{ host: "a.example", prot: 80, weight: 1 }] }),
    /nodes\[0\]\.prot: is no field that exists here; did you mean "port"/,
  ],
  ["a snake case field", upstream({ nodes, pass_host: "node" }), /pass_host: .*did you mean "passHost"/],
  [
    "a value that is none of those allowed",
    route({ uri: "/*", plugins: {}, methods: ["GET", "PSOT"] }),
    /methods\[1\]: "PSOT" is none of the values allowed; did you mean "POST"/,
  ],
  ["a number that is a text", upstream({ nodes, retries: "3" }), /retries: "3" is not a/],
  ["a missing field", route({ plugins: {} }), /uri: is missing; a route needs uri or uris/],
  [
    "a protocol that Kuma refuses",
    external({ tags: { ...service, "kuma.io/protocol": "https" }, networking }),
    /tags\["kuma\.io\/protocol"\]: "https" .*networking\.tls\.enabled/,
  ],
  [
    "two ports that are one",
    egress({ networking: { address: "127.0.0.1", port: 10002, admin: { port: 10002 } } }),
    /networking\.admin\.port: 10002 is the same as networking\.port/,
  ],
];

describe("wrong arguments end the preview with path, value, reason and the right spelling", () => {
  test.each(wrong)("%s", async (_, declare, error) => {
    const requests = await world.requestsDuring(async () => {
      const program = async () => void declare();
      expectOneError(await stack.preview({ program, expectFailure: true }), error);
    });
    expect(requests).toEqual([]);
  });

  test("all of one resource at once, without the value of a secret", async () => {
    const program = async () => {
      upstream({ nodes, scheme: "htps", tls: { clientKey: privateKey, clientCert: "short" }, retries: -1 })();
    };
    const result = await stack.preview({ program, expectFailure: true });
    const text = errorsOf(result).join("\n");
    expect(text).toMatch(/scheme: "htps" .*did you mean "https"/);
    expect(text).toContain("retries: -1 is too small: at least 0");
    expect(text).toMatch(/tls\.clientKey: is too short/);
    expect(result.output).not.toContain("k3yk3y");
    expectReadable(result);
  });
});

describe("an id that the server would misread is refused, and a legal one proposed", () => {
  test.each([
    ["a/b", 'for example "a-b"'],
    ["a%2Fb", 'for example "a-2Fb"'],
    ["..", ""],
    ["x".repeat(65), `for example "${"x".repeat(64)}"`],
  ])("upstreamId %s", async (upstreamId, proposal) => {
    const program = async () => void new apisix.Upstream("wrong", { upstreamId, nodes });
    const result = await stack.preview({ program, expectFailure: true });
    expectOneError(result, `upstreamId: "${upstreamId}" is no id`, proposal);
  });

  test("also when it is the resource's name", async () => {
    const program = async () => {
      new apisix.Upstream("team/payments", { nodes });
    };
    expectOneError(
      await stack.preview({ program, expectFailure: true }),
      'upstreamId: "team/payments" is no id',
      'for example "team-payments"',
    );
    const named = async () => {
      new kuma.ExternalService("Team_Payments", { tags: service, networking });
    };
    expectOneError(
      await stack.preview({ program: named, expectFailure: true }),
      'name: "Team_Payments" is no name',
      'for example "team-payments"',
    );
  });

  onlyOneDoor("id and urn").each(["id", "urn"])(
    "%s as an argument is an error that names the right one",
    async (key) => {
      const program = async () => void upstream({ nodes, [key]: "x" })();
      const { output } = await stack.preview({ program, expectFailure: true });
      expect(output).toContain(`"${key}" is no argument; the id is given as upstreamId`);
    },
  );
});
