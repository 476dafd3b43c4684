import type * as pulumi from "@pulumi/pulumi";
import type { RouteFields, Timeout, UpstreamChecks } from "../apisix/arguments.ts";
import type { Provider as GatewayProvider } from "../apisix/provider.ts";
import type { CertificateSource } from "../kuma/arguments.ts";
import type { Mesh } from "../kuma/resources.ts";

/** Protocols that gateway and mesh know, or one of them. */
export type Protocol = "http" | "http2" | "grpc" | "tcp" | "tls" | "kafka" | "mysql";

/** TLS towards the backend, said once for gateway and mesh. */
export interface BackendTls {
  /** Server Name Indication and, at the gateway, the Host header. Default: the address's host. */
  serverName?: pulumi.Input<string> | undefined;
  /**
   * CA of the backend's certificate. The mesh verifies with it; APISIX verifies no https upstream and takes no CA, so
   * with a gateway `gateway: { verify: false }` has to be written beside it.
   */
  caCert?: CertificateSource | undefined;
  /** Client certificate, with `clientKey`. A Kuma Secret serves the mesh only: see `gateway.clientCertId`. */
  clientCert?: CertificateSource | undefined;
  /** Private key of the client certificate. Secret. */
  clientKey?: CertificateSource | undefined;
  /** Does not compare the certificate's names, in the mesh. Default: false. */
  skipHostnameVerification?: pulumi.Input<boolean> | undefined;
}

/** The backend at the gateway. */
export interface BackendGateway {
  /** Hosts under which the gateway offers it. */
  hosts: pulumi.Input<string>[];
  /** Paths. Default: `/*`. */
  paths?: pulumi.Input<string>[] | undefined;
  /** Methods. Default: all. */
  methods?: RouteFields["methods"];
  /** Plugins of the route. */
  plugins?: RouteFields["plugins"];
  /** Of two routes that match, the one of higher priority serves. Default: 0. */
  priority?: pulumi.Input<number> | undefined;
  /** Health checks of the backend. Not for `target: "kubernetes"`. */
  checks?: pulumi.Input<UpstreamChecks> | undefined;
  /** Further attempts after a failure. */
  retries?: pulumi.Input<number> | undefined;
  /** Timeouts in seconds, all three. Not for `target: "kubernetes"`. */
  timeout?: pulumi.Input<Timeout> | undefined;
  /**
   * Host header without TLS: the client's (`pass`, the server's default) or the backend's own (`node`). Refused with
   * TLS, where it is the server's name.
   */
  passHost?: "pass" | "node" | undefined;
  /** Says that the gateway does not verify the backend's certificate, which APISIX cannot. Needed beside `tls.caCert`. */
  verify?: false | undefined;
  /** Id of an SSL object of type client, where `tls.clientCert` is a Kuma Secret. */
  clientCertId?: pulumi.Input<string> | undefined;
  /** Objects of the Admin API (`api`, the default) or of the APISIX ingress controller (`kubernetes`). */
  target?: "api" | "kubernetes" | undefined;
  /** Namespace of the Kubernetes objects, with `target: "kubernetes"` only. Default: the provider's. */
  namespace?: pulumi.Input<string> | undefined;
}

/** The backend in the mesh. */
export interface BackendMesh {
  /**
   * As what the mesh has it. `MeshExternalService` is the newer kind, since Kuma 2.8 and the only one in Kuma 3; it needs mTLS
   * and a zone egress. `both` is for the time in which callers move from the one to the other
   * (docs/mesh-external-service.md). Default: `ExternalService`.
   */
  kind?: "ExternalService" | "MeshExternalService" | "both" | undefined;
  /**
   * Tag `kuma.io/service`: services of the mesh reach it as `http://TAG.mesh`. Of a MeshExternalService its name: they
   * reach it as `http://NAME.extsvc.mesh.local`. Default: the resource's name.
   */
  service?: pulumi.Input<string> | undefined;
  /**
   * Meshes that may use it, each with an ExternalService or MeshExternalService of its own: the resource is called NAME in
   * the mesh `default`, NAME-MESH in others. Default: `["default"]`.
   */
  meshes?: string[] | undefined;
  /**
   * Port under which services of the mesh reach a MeshExternalService. Default: 80, and the address's for the protocol
   * tcp.
   */
  port?: pulumi.Input<number> | undefined;
  /**
   * Where a MeshExternalService is written: at the global control plane, for all zones, or at the zone's, for that zone.
   * Default: `global`.
   */
  origin?: "global" | "zone" | undefined;
  /**
   * Seconds for which the host names of a MeshExternalService are waited for, so that `meshUrl` has what the control plane
   * has given. Default: not waited for; `meshUrl` has the name that Kuma's own generator gives.
   */
  waitForHostname?: pulumi.Input<number> | undefined;
  /**
   * Zones that may use it, each with an ExternalService of its own (NAME-for-ZONE, tag `kuma.io/zone`): names, or a map
   * of names to addresses, which are then used instead of `address`. Default: one ExternalService for all. Needs locality-aware load balancing in the mesh.
   * Not for a MeshExternalService.
   */
  zones?: string[] | { [zone: string]: pulumi.Input<string> } | undefined;
  /**
   * Whether traffic goes through the zone egress. Kuma decides that per mesh (`routing.zoneEgress`), so this is a
   * statement that is compared with the meshes of `meshResources`: a difference is an error, before anything is made.
   * Default: not compared.
   */
  egress?: boolean | undefined;
  /**
   * Resources of the meshes in `meshes`, which are made first and compared with `egress`. One that is made elsewhere is
   * `kuma.Mesh.get(NAME, NAME)`.
   */
  meshResources?: Mesh[] | undefined;
  /** Leaves out the DNS entry of the real host, so that only `TAG.mesh` works. Default: false. */
  disableHostDNSEntry?: boolean | undefined;
  /** Further tags. Refused: `kuma.io/service`, `kuma.io/protocol` and `kuma.io/zone`, which are said by other arguments. */
  tags?: { [name: string]: pulumi.Input<string> } | undefined;
  /** Objects of Kuma's API (`api`, the default) or of Kubernetes (`kubernetes`). */
  target?: "api" | "kubernetes" | undefined;
  /** Namespace of a MeshExternalService, with `target: "kubernetes"` only. Default: Kuma's own, `kuma-system`. */
  namespace?: pulumi.Input<string> | undefined;
}

/** The arguments of `ExternalBackend`. */
export interface ExternalBackendArgs {
  /** Host and port, as in `"api.example.com:443"`; an IPv6 address in brackets. */
  address: pulumi.Input<string>;
  /** What it speaks, below TLS. Default: `http`. A gateway knows `http` and `grpc` only. */
  protocol?: Protocol | undefined;
  /** TLS towards it; `true` for TLS with nothing more to say. Default: none. */
  tls?: BackendTls | boolean | undefined;
  /**
   * `false` switches it off everywhere without deleting: the upstream stays, the route has status 0 (as a Kubernetes
   * object, which has no status, it goes), and there is no ExternalService. Default: true.
   */
  enabled?: boolean | undefined;
  /** At the gateway. Left out: not there. */
  gateway?: BackendGateway | undefined;
  /**
   * Gateways by name, each with an upstream and a route of its own, NAME-GATEWAY. Default: one gateway, that of the
   * component's provider or of the configuration, with the ids NAME.
   */
  gateways?: { [name: string]: GatewayProvider } | undefined;
  /** In the mesh. Left out: not there. */
  mesh?: BackendMesh | undefined;
}
