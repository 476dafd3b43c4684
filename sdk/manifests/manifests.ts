import * as pulumi from "@pulumi/pulumi";
import { type Declare, planApi } from "./api.ts";
import { objectsOf } from "./objects.ts";
import { ManifestError, Problems } from "./problems.ts";
import { readFiles, readText, type YamlDocument } from "./read.ts";
import type { Services } from "./services.ts";

/** The arguments of {@link Manifests}. */
export interface ManifestsArgs {
  /** YAML files, each with one object or several. Relative names start at the folder of the Pulumi program. */
  files?: string | readonly string[] | undefined;
  /** YAML, with one object or several, beside the files or instead of them. */
  yaml?: string | undefined;
  /**
   * Namespace of objects that do not say theirs, as with `kubectl -n`. Default: `default`; with target `kubernetes` that
   * of the Kubernetes provider.
   */
  namespace?: string | undefined;
  /**
   * What is made of the objects: resources of APISIX's Admin API and Kuma's API (`api`), or objects of Kubernetes for the
   * ingress controller and the control plane there (`kubernetes`, which needs @pulumi/kubernetes). Default: `api`.
   */
  target?: "api" | "kubernetes" | undefined;
  /**
   * Makes one bundle of the routes and upstreams, and one of the objects of Kuma, instead of a resource each: for hundreds or
   * thousands of objects. Meshes stay resources of their own. For target `api`. Default: false.
   */
  bundle?: boolean | undefined;
  /** The domains behind Services that are nodes of an ApisixUpstream and not among the files; for target `api`. */
  services?: Services | undefined;
}

const KNOWN = ["files", "yaml", "namespace", "target", "bundle", "services"];

/**
 * Objects of the APISIX ingress controller and of Kuma as they stand in YAML, made into resources of this package:
 * ApisixRoute (one Route per rule, with the id `NAMESPACE_ROUTE_RULE`), ApisixUpstream (`NAMESPACE_NAME`),
 * ApisixPluginConfig, Service of type ExternalName; ExternalService, ZoneEgress, Mesh and MeshExternalService in Kuma's
 * Kubernetes or Universal form. The translation is that of the ingress controller 2.x. What cannot be translated is an
 * error with file, line and field, and nothing is left out in silence.
 *
 * @example
 * ```ts
 * new Manifests("docs", { files: ["httpbin.yaml"], namespace: "apisix" }, { providers: [edge, mesh] });
 * ```
 */
export class Manifests extends pulumi.ComponentResource {
  constructor(name: string, args: ManifestsArgs, options?: pulumi.ComponentResourceOptions) {
    const declare = plan(`Manifests "${name}"`, args);
    super("external-backends:index:Manifests", name, {}, options);
    declare(name, this);
    this.registerOutputs();
  }
}

function plan(what: string, args: ManifestsArgs): Declare {
  const { files = [], yaml, namespace, target = "api", bundle = false, services = {} } = args;
  const unknown = Object.keys(args).find((key) => !KNOWN.includes(key));
  if (unknown) throw new ManifestError(`${what}: "${unknown}" is no argument; known: ${KNOWN.join(", ")}`);
  if (target !== "api" && target !== "kubernetes")
    throw new ManifestError(`${what}: target "${target}" is neither "api" nor "kubernetes"`);
  if (target === "kubernetes" && Object.keys(services).length > 0)
    throw new ManifestError(
      `${what}: services are for target "api"; the ingress controller asks the cluster`,
    );
  if (target === "kubernetes" && bundle)
    throw new ManifestError(`${what}: bundle is for target "api"; objects of Kubernetes stay resources each`);
  const problems = new Problems();
  const documents = [
    ...readFiles(typeof files === "string" ? [files] : files, problems),
    ...(yaml === undefined ? [] : readText("yaml", yaml, problems)),
  ];
  problems.throwIfAny(what);
  if (documents.length === 0) throw new ManifestError(`${what}: there is no object in files or yaml`);
  const declare =
    target === "api"
      ? planApiTarget(documents, namespace, services, problems, what, bundle)
      : planKubernetesTarget(documents, namespace, problems, what);
  problems.throwIfAny(what);
  return declare;
}

function planApiTarget(
  documents: YamlDocument[],
  namespace: string | undefined,
  services: Services,
  problems: Problems,
  what: string,
  isBundled: boolean,
): Declare {
  // The class says which controller takes an object; here the provider does.
  const defaults = { namespace: namespace ?? "default", ingressClassName: "any" };
  const objects = objectsOf(documents, defaults, problems);
  problems.throwIfAny(what);
  return planApi(objects, services, problems, isBundled);
}

function planKubernetesTarget(
  documents: YamlDocument[],
  namespace: string | undefined,
  problems: Problems,
  what: string,
): Declare {
  const ingressClassName = new pulumi.Config("apisix").get("ingressClassName");
  const objects = objectsOf(documents, { namespace, ingressClassName }, problems);
  problems.throwIfAny(what);
  return kubernetesTarget(what).planKubernetes(objects, ingressClassName);
}

/** @pulumi/kubernetes is loaded for this target only: it is large, and not everyone has it. */
function kubernetesTarget(what: string): typeof import("./kubernetes.ts") {
  try {
    require.resolve("@pulumi/kubernetes");
  } catch {
    throw new ManifestError(
      `${what}: target "kubernetes" needs the package @pulumi/kubernetes: npm install @pulumi/kubernetes`,
    );
  }
  return require("./kubernetes.js");
}
