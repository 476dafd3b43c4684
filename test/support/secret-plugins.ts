import type { JsonObject } from "../../provider/model/fields.ts";

const url = "https://a.example";
const model = { provider: "openai", model: "m" };
const redis = { policy: "redis", redis_host: "redis.example" };
const sentinel = { policy: "redis-sentinel", redis_sentinels: [{ host: "a.example", port: 1 }] };
const master = { redis_master_name: "m" };

/**
 * Every field of built-in plugins that APISIX encrypts, in configurations that are valid if the secret has 32 characters.
 * One of `ai-cache` excludes another: see {@link otherCache}.
 */
export function requestPlugins(secret: string): Record<string, JsonObject> {
  const auth = { header: { "x-key": secret }, query: { key: secret } };
  const clouds = {
    ...auth,
    gcp: { service_account_json: secret },
    aws: { access_key_id: "a", secret_access_key: secret, session_token: secret },
  };
  return {
    "ai-aliyun-content-moderation": {
      ...{ endpoint: url, region_id: "a", access_key_id: "a", access_key_secret: secret },
    },
    "ai-cache": {
      ...{ policy: "redis", redis_host: "redis.example", redis_password: secret },
      semantic: {
        embedding: { openai: { model: "m", api_key: secret } },
        vector_search: { redis: {} },
      },
    },
    "ai-lakera-guard": { api_key: secret },
    "ai-proxy": { provider: "openai", auth: clouds },
    "ai-proxy-multi": {
      instances: [{ name: "a", provider: "openai", auth: clouds, weight: 1 }],
      balancer: { algorithm: "semantic" },
      semantic_opts: { embeddings: { ...model, auth } },
    },
    "ai-rag": {
      embeddings_provider: { azure_openai: { endpoint: url, api_key: secret } },
      vector_search_provider: { azure_ai_search: { endpoint: url, api_key: secret } },
    },
    "ai-rate-limiting": {
      ...{ limit: 1, time_window: 1, ...sentinel, ...master },
      ...{ redis_password: secret, sentinel_password: secret },
    },
    "authz-casdoor": { callback_url: url, endpoint_addr: url, client_id: "a", client_secret: secret },
    "authz-keycloak": { token_endpoint: url, client_id: "a", client_secret: secret },
    "aws-lambda": {
      function_uri: url,
      authorization: { apikey: secret, iam: { accesskey: secret, secretkey: secret } },
    },
    "azure-functions": { function_uri: url, authorization: { apikey: secret } },
    "cas-auth": { idp_uri: url, cas_callback_uri: "/a", logout_uri: "/b", cookie: { secret } },
    "clickhouse-logger": {
      ...{ endpoint_addr: url, user: "a", password: secret, database: "a", logtable: "a" },
    },
    csrf: { key: secret },
    "dingtalk-auth": {
      ...{ app_key: "a", app_secret: secret, secret, secret_fallbacks: [secret], redirect_uri: url },
    },
    "elasticsearch-logger": {
      endpoint_addr: url,
      field: { index: "a" },
      auth: { username: "a", password: secret },
      headers: { "x-key": secret },
    },
    "feishu-auth": {
      ...{ app_id: "a", app_secret: secret, secret, secret_fallbacks: [secret] },
      ...{ auth_redirect_uri: url, redirect_uri: url },
    },
    "google-cloud-logging": {
      auth_config: { client_email: "a@a.example", private_key: secret, project_id: "a", token_uri: url },
      resource: { type: "global" },
    },
    "graphql-limit-count": {
      ...{ count: 1, time_window: 1, ...sentinel, ...master },
      ...{ redis_password: secret, sentinel_password: secret },
    },
    "http-logger": { uri: url, auth_header: secret },
    "kafka-logger": {
      kafka_topic: "a",
      brokers: [{ host: "a.example", port: 1, sasl_config: { user: "a", password: secret } }],
    },
    "kafka-proxy": { sasl: { username: "a", password: secret } },
    lago: {
      ...{ endpoint_addrs: [url], token: secret, event_code: "a" },
      ...{ event_transaction_id: "a", event_subscription_id: "a" },
    },
    "ldap-auth-advanced": { ldap_uri: "ldap.example:389", base_dn: "a", ldap_password: secret },
    "limit-conn": {
      ...{ conn: 1, burst: 1, default_conn_delay: 1, key: "host", ...redis, redis_password: secret },
    },
    "limit-count": {
      ...{ count: 1, time_window: 1, ...sentinel, ...master },
      ...{ redis_password: secret, sentinel_password: secret },
    },
    "limit-req": { rate: 1, burst: 1, key: "host", ...redis, redis_password: secret },
    loggly: { customer_token: secret },
    "loki-logger": { endpoint_addrs: [url], headers: { "x-key": secret } },
    openfunction: { function_uri: url, authorization: { service_token: secret } },
    "openid-connect": {
      ...{ client_id: "a", discovery: url, client_secret: secret, client_rsa_private_key: secret },
      dpop: { private_key: secret },
      session: { secret, redis: { password: secret } },
    },
    openwhisk: { api_host: url, service_token: secret, namespace: "a", action: "a" },
    "rocketmq-logger": { nameserver_list: ["a.example:1"], topic: "a", secret_key: secret },
    "sls-logger": {
      ...{ host: "a.example", port: 1, project: "a", logstore: "a" },
      ...{ access_key_id: "a", access_key_secret: secret },
    },
    "splunk-hec-logging": { endpoint: { uri: url, token: secret } },
    "tencent-cloud-cls": { cls_host: "a.example", cls_topic: "a", secret_id: "a", secret_key: secret },
    "traffic-split": {
      rules: [
        {
          weighted_upstreams: [
            {
              upstream: {
                nodes: { "a.example:443": 1 },
                tls: { client_cert: "a".repeat(128), client_key: secret.repeat(2) },
              },
            },
          ],
        },
      ],
    },
  };
}

/** What `ai-cache` takes instead. */
export function otherCache(secret: string): Record<string, JsonObject> {
  return {
    "ai-cache": {
      ...{ policy: "redis", redis_host: "redis.example" },
      semantic: {
        embedding: { azure_openai: { endpoint: url, api_key: secret } },
        vector_search: { redis: {} },
      },
    },
  };
}

/** The same of plugins that tell consumers apart. */
export function consumerPlugins(secret: string): Record<string, JsonObject> {
  return {
    "basic-auth": { username: "a", password: secret },
    "hmac-auth": { key_id: "a", secret_key: secret },
    "jwe-decrypt": { key: secret, secret },
    "jwt-auth": { key: "a", secret },
    "key-auth": { key: secret },
  };
}
