import { parameters, withQuery } from "../request.ts";
import { escapedPath } from "../request-path.ts";
import { isObject, type JsonObject, type Store } from "../store.ts";
import type { GatewayPlugin, Passage, Reply } from "./plugin.ts";

/** `key-auth`: lets those through whose key a consumer, or one of its credentials, has. */
export const keyAuth: GatewayPlugin = {
  rewrite(configuration, passage): Reply | undefined {
    const { request, store } = passage;
    const header = String(configuration.header ?? "apikey").toLowerCase();
    const parameter = String(configuration.query ?? "apikey");
    const sent = request.headers[header];
    const inQuery = parameters(request.query).filter(([name]) => name === parameter);
    // A parameter that stands there twice is a list, which is nobody's key.
    const key = sent ?? (inQuery.length > 1 ? true : inQuery[0]?.[1]);
    const found = typeof key === "string" ? ownerOf(store, key) : undefined;
    if (found && configuration.hide_credentials === true) hide(passage, header, sent ? undefined : parameter);
    const anonymous = found ? undefined : anonymousConsumer(store, configuration);
    if (found || anonymous) {
      recognise(passage, (found ?? anonymous) as Owner);
      return undefined;
    }
    const realm = String(configuration.realm ?? "key");
    passage.response.setHeader("www-authenticate", `apikey realm="${realm}"`);
    const message = key === undefined ? "Missing API key in request" : "Invalid API key in request";
    return { status: 401, body: { message } };
  },
};

interface Owner {
  consumer: JsonObject;
  /** The id of the credential that has the key, if it is not the consumer's own. */
  credential?: string;
}

/** Whose a key is; of two who have the same, the one written last. */
function ownerOf(store: Store, key: string): Owner | undefined {
  const has = ({ value }: { value: JsonObject }) => {
    const plugin = isObject(value.plugins) ? value.plugins["key-auth"] : undefined;
    return isObject(plugin) && plugin.key === key;
  };
  const owners = store.entries("consumers").flatMap((consumer) => [
    ...(has(consumer) ? [{ at: consumer.createdIndex, owner: { consumer: consumer.value } }] : []),
    ...store
      .entries(`consumers/${consumer.id}/credentials`)
      .filter(has)
      .map(({ id, createdIndex }) => ({
        at: createdIndex,
        owner: { consumer: consumer.value, credential: id },
      })),
  ]);
  return owners.sort((left, right) => left.at - right.at).at(-1)?.owner;
}

function anonymousConsumer(store: Store, configuration: JsonObject): Owner | undefined {
  const name = configuration.anonymous_consumer;
  const consumer = name === undefined ? undefined : store.find("consumers", String(name))?.value;
  return consumer && { consumer };
}

function recognise(passage: Passage, { consumer, credential }: Owner): void {
  const { request } = passage;
  passage.consumer = consumer;
  const name = String(consumer.username);
  request.consumer = name;
  request.headers["x-consumer-username"] = name;
  if (credential !== undefined) request.headers["x-credential-identifier"] = credential;
  const custom = isObject(consumer.labels) ? consumer.labels.custom_id : undefined;
  if (custom !== undefined) request.headers["x-consumer-custom-id"] = String(custom);
}

function hide({ request }: Passage, header: string, parameter: string | undefined): void {
  if (parameter === undefined) {
    delete request.headers[header];
    return;
  }
  const kept = request.query.split("&").filter((part) => parameters(part)[0]?.[0] !== parameter);
  request.query = kept.join("&");
  request.upstreamUrl = withQuery(escapedPath(request.path), request.query);
}
