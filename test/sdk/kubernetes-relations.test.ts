import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import { declare, kubernetes, pulumi } from "../support/kubernetes.ts";

type Input<T> = import("@pulumi/pulumi").Input<T>;
const { Service } = createRequire(import.meta.url)(
  "@pulumi/kubernetes/core/v1/service.js",
) as typeof import("@pulumi/kubernetes/core/v1/service.js");
const { Provider } = createRequire(import.meta.url)(
  "@pulumi/kubernetes/provider.js",
) as typeof import("@pulumi/kubernetes/provider.js");
const { ApisixRoute, ApisixUpstream, ExternalNameService } = kubernetes;

const nameService = (namespace?: Input<string>, options = {}) =>
  new ExternalNameService("ext", { ...where(namespace), externalName: "httpbin.org" }, options);
const serviceUpstream = (name: Input<string>, namespace?: string, options = {}) =>
  new ApisixUpstream(
    "up",
    { ...where(namespace), spec: { externalNodes: [{ type: "Service", name }] } },
    options,
  );
const route = (names: Input<string>[], namespace?: string) =>
  new ApisixRoute("route", {
    ...where(namespace),
    spec: {
      http: [{ name: "r", match: { paths: ["/*"] }, upstreams: names.map((name) => ({ name, weight: 50 })) }],
    },
  });
const where = (namespace?: Input<string>) => (namespace === undefined ? {} : { metadata: { namespace } });

describe("a node of type Service", () => {
  test("may be an ExternalNameService of the same namespace, by output or by name", async () => {
    for (const byName of [true, false]) {
      const { errors, objects } = await declare(() => {
        const service = nameService("a");
        return [service, serviceUpstream(byName ? "ext" : service.metadata.name, "a")];
      });
      expect(errors).toEqual([]);
      expect(objects).toHaveLength(2);
    }
  });

  test("may be a Service that the program does not declare", async () => {
    const { errors } = await declare(() => [nameService("a"), serviceUpstream("someone-elses", "b")]);
    expect(errors).toEqual([]);
  });

  const elsewhere =
    /spec\.externalNodes\[0\]\.name "ext" is .*in the namespace "a", but the ingress controller looks for it in "b" only; give both the same metadata\.namespace/;

  test.each(["service first", "upstream first"])("is refused in another namespace: %s", async (order) => {
    const { errors } = await declare(() => {
      const both = [() => nameService("a"), () => serviceUpstream("ext", "b")];
      return (order === "service first" ? both : both.reverse()).map((make) => make());
    });
    expect(errors).toEqual([expect.stringMatching(elsewhere)]);
  });

  test("is refused in another namespace that is an output", async () => {
    const { errors } = await declare(() => [serviceUpstream("ext", "b"), nameService(pulumi.output("a"))]);
    expect(errors).toEqual([expect.stringMatching(elsewhere)]);
  });

  test("is right when one of two namesakes is in its namespace, whichever is known first", async () => {
    const { errors } = await declare(() => [
      nameService("a"),
      serviceUpstream("ext", "b"),
      new ExternalNameService("other", {
        metadata: { name: "ext", namespace: pulumi.output("b") },
        externalName: "httpbin.org",
      }),
    ]);
    expect(errors).toEqual([]);
  });

  test("is not judged when a namespace is left to the provider", async () => {
    const { errors } = await declare(() => [nameService(), serviceUpstream("ext", "b")]);
    expect(errors).toEqual([]);
  });

  test("is not judged by a Service of another cluster", async () => {
    const { errors } = await declare(() => {
      const provider = new Provider("other");
      return [nameService("a", { provider }), serviceUpstream("ext", "b")];
    });
    expect(errors).toEqual([]);
  });

  test("is refused when it is a Service of another type", async () => {
    const { errors } = await declare(() => {
      const service = new Service("web", {
        metadata: { name: "web", namespace: "a" },
        spec: { ports: [{ port: 80 }] },
      });
      return [service, serviceUpstream(service.metadata.name, "a")];
    });
    expect(errors).toEqual([
      expect.stringMatching(
        /name "web" is a Service of the program, which is of type ClusterIP.*kubernetes\.ExternalNameService/,
      ),
    ]);
  });
});

describe("a rule's upstreams", () => {
  test("may be several, with weights", async () => {
    const { errors } = await declare(() => {
      const upstream = serviceUpstream("someone-elses", "a");
      return [upstream, route([upstream.metadata.name, "not-here"], "a")];
    });
    expect(errors).toEqual([]);
  });

  test("may not be one without externalNodes and discovery", async () => {
    const { errors } = await declare(() => [
      new ApisixUpstream("web", { metadata: { namespace: "a" }, spec: { retries: 2 } }),
      route(["web"], "a"),
    ]);
    expect(errors).toEqual([
      expect.stringMatching(
        /kubernetes\.ApisixRoute "route": spec\.http\[0\]\.upstreams\[0\]\.name "web" is kubernetes\.ApisixUpstream "web", which has neither externalNodes nor discovery/,
      ),
    ]);
  });

  test("may not be in another namespace", async () => {
    const { errors } = await declare(() => [route(["up"], "b"), serviceUpstream("someone-elses", "a")]);
    expect(errors).toEqual([expect.stringMatching(/name "up" is .*namespace "a".*"b" only/)]);
  });
});

test("one program knows nothing of another in the same process", async () => {
  await declare(() => [nameService("a")]);
  expect((await declare(() => [serviceUpstream("ext", "b")])).errors).toEqual([]);
});

describe("an ApisixUpstream whose node is a Service of the program carries the domain of the Service", () => {
  const annotations = (objects: { kind: string; metadata: { annotations?: object } }[]) =>
    objects.find(({ kind }) => kind === "ApisixUpstream")?.metadata.annotations;
  const EXT = { "pulumi-external-backends/external-names": "ext=httpbin.org" };

  test.each(["service first", "upstream first"])("that is named by its text: %s", async (order) => {
    const { errors, objects } = await declare(() => {
      const both = [() => nameService("a"), () => serviceUpstream("ext", "a")];
      return (order === "service first" ? both : both.reverse()).map((make) => make());
    });
    expect(errors).toEqual([]);
    expect(annotations(objects)).toEqual(EXT);
  });

  test("that is named by its output, is an output itself, or is a plain Service", async () => {
    for (const externalName of ["httpbin.org", pulumi.output("httpbin.org")]) {
      const { errors, objects } = await declare(() => {
        const service = new ExternalNameService("ext", { externalName });
        return [service, serviceUpstream(service.metadata.name)];
      });
      expect(errors).toEqual([]);
      expect(annotations(objects)).toEqual(EXT);
    }
    const { objects } = await declare(() => {
      const service = new Service("ext", {
        metadata: { name: "ext" },
        spec: { type: "ExternalName", externalName: "httpbin.org" },
      });
      return [service, serviceUpstream(service.metadata.name)];
    });
    expect(annotations(objects)).toEqual(EXT);
  });

  test("beside annotations of its own, in the order of the names", async () => {
    const { objects } = await declare(() => [
      nameService(),
      new ExternalNameService("a", { externalName: "a.example" }),
      new ApisixUpstream("up", {
        metadata: { annotations: { team: "edge" } },
        spec: {
          externalNodes: [
            { type: "Service", name: "ext" },
            { type: "Service", name: "a" },
            { type: "Domain", name: "b.example" },
          ],
        },
      }),
    ]);
    expect(annotations(objects)).toEqual({
      team: "edge",
      "pulumi-external-backends/external-names": "a=a.example,ext=httpbin.org",
    });
  });

  test("and none of a Service that the program does not declare", async () => {
    const { objects } = await declare(() => [nameService("b"), serviceUpstream("someone-elses", "b")]);
    expect(annotations(objects)).toBeUndefined();
  });
});
