import type { Dispatcher } from "undici";

/** TLS towards the servers. PEM texts. */
export interface TlsOptions {
  caCert?: string;
  clientCert?: string;
  clientKey?: string;
  serverName?: string;
  insecureSkipVerify?: boolean;
}

/** How to speak to a server. */
export interface HttpOptions {
  tls: TlsOptions;
  /** Headers of every request. */
  headers: Record<string, string>;
  /** Seconds for one call, its repetitions included. */
  requestTimeout: number;
  /** Connections at the same time. */
  maxConcurrency: number;
  /** Ends a request before its time, if the caller of the moment has one. */
  signal?: (() => AbortSignal | undefined) | undefined;
}

/** What a server answered. */
export interface Answer {
  status: number;
  text: string;
  /** The body, if it is JSON. */
  json: unknown;
  headers: Record<string, string | string[] | undefined>;
}

/** No whole answer came. */
export class NoAnswer extends Error {
  readonly timedOut: boolean;

  constructor(cause: unknown, timedOut: boolean) {
    super(deepest(cause), { cause });
    this.timedOut = timedOut;
  }
}

/** Speaks HTTP: deadline, repetition of what may be repeated, TLS, proxies of the environment. Follows no redirect. */
export class HttpClient {
  readonly #options: HttpOptions;
  #dispatcher: Promise<Dispatcher> | undefined;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** Sends one request and reads the whole answer. Throws {@link NoAnswer}. */
  async send(
    method: "GET" | "PUT" | "DELETE",
    url: string,
    headers: Record<string, string>,
    body?: unknown,
    seconds = this.#options.requestTimeout,
  ): Promise<Answer> {
    // A signal with a timeout of its own would stay in memory until that has passed, answered or not.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(timedOut()), seconds * 1000).unref();
    const given = this.#options.signal?.();
    const signal = given ? AbortSignal.any([deadline.signal, given]) : deadline.signal;
    // Loaded when a request is made: a preview makes none, and starts a fifth faster without.
    const { request } = await import("undici");
    this.#dispatcher ??= dispatcherFor(this.#options);
    try {
      const answer = await request(url, {
        method,
        dispatcher: await this.#dispatcher,
        signal,
        headersTimeout: 0,
        bodyTimeout: 0,
        headers: {
          accept: "application/json",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
          ...this.#options.headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.body.text();
      return { status: answer.statusCode, text, json: parse(text), headers: answer.headers };
    } catch (error) {
      throw new NoAnswer(error, deadline.signal.aborted);
    } finally {
      clearTimeout(timer);
    }
  }
}

function timedOut(): DOMException {
  return new DOMException("The operation was aborted due to timeout", "TimeoutError");
}

async function dispatcherFor({ tls, maxConcurrency }: HttpOptions): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent, interceptors } = await import("undici");
  const connect = {
    ...(tls.caCert === undefined ? {} : { ca: tls.caCert }),
    ...(tls.clientCert === undefined ? {} : { cert: tls.clientCert }),
    ...(tls.clientKey === undefined ? {} : { key: tls.clientKey }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
    rejectUnauthorized: !tls.insecureSkipVerify,
  };
  const agent = { connections: maxConcurrency, connect, requestTls: connect };
  const proxied = /^https?_proxy$/i;
  const dispatcher = Object.keys(process.env).some((name) => proxied.test(name) && process.env[name])
    ? new EnvHttpProxyAgent(agent)
    : new Agent(agent);
  return dispatcher.compose(
    // Every method that is used here may be sent twice: a PUT writes the whole object.
    interceptors.retry({
      maxRetries: 3,
      minTimeout: 200,
      maxTimeout: 5_000,
      statusCodes: [429, 502, 503, 504],
      throwOnError: false,
    }),
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The message nearest to the cause: `connect ECONNREFUSED 127.0.0.1:9180` and not `fetch failed`. */
function deepest(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return deepest(error.errors[0]);
  if (error instanceof Error && error.cause instanceof Error) return deepest(error.cause);
  return error instanceof Error ? error.message || error.name : String(error);
}
