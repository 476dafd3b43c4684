/**
 * Plugins that act in the rewrite phase alone. A consumer is known only after it, so where the route has such a plugin,
 * the consumer's configuration of it comes too late.
 */
export const REWRITE_PHASE: ReadonlySet<string> = new Set([
  "ai-prompt-decorator",
  "ai-prompt-template",
  "authz-casbin",
  "body-transformer",
  "client-control",
  "cors",
  "exit-transformer",
  "ext-plugin-pre-req",
  "fault-injection",
  "jwe-decrypt",
  "opentelemetry",
  "proxy-buffering",
  "proxy-control",
  "proxy-mirror",
  "proxy-rewrite",
  "real-ip",
  "redirect",
  "request-id",
  "request-validation",
  "saml-auth",
  "skywalking",
  "uri-blocker",
]);

/** Of a global rule's and a route's plugin of these names only the route's runs. */
export const PREFER_ROUTE: ReadonlySet<string> = new Set(["prometheus", "skywalking"]);

/** Plugins whose own programs or data may change a request in any way, its path and its upstream included. */
export const PROGRAMS: ReadonlySet<string> = new Set([
  "degraphql",
  "ext-plugin-post-req",
  "ext-plugin-pre-req",
  "grpc-transcode",
  "http-dubbo",
  "dubbo-proxy",
  "kafka-proxy",
  "serverless-post-function",
  "serverless-pre-function",
  "workflow",
]);

/** Plugins that send a request elsewhere than to the upstream of the route, or answer it themselves. */
export const ELSEWHERE: ReadonlySet<string> = new Set([
  "ai-proxy",
  "ai-proxy-multi",
  "aws-lambda",
  "azure-functions",
  "batch-requests",
  "mcp-bridge",
  "node-status",
  "openfunction",
  "openwhisk",
  "public-api",
]);
