import { hasUnknown, isObject, type JsonObject, sameJson } from "../model/fields.ts";
import type { DialectName, Kind } from "../model/kind.ts";
import { isKind, kindOf, typesOf } from "../model/kinds.ts";
import { withMarks, withoutMarks } from "../model/marks.ts";
import { nearest } from "../model/nearest.ts";
import { settingsOf } from "../model/settings.ts";
import { settingsProblem } from "../server/connection.ts";
import { BackendError } from "../server/errors.ts";
import { type Resources, resourcesOf } from "./door.ts";
import type { Provider } from "./provider.ts";
import { version } from "./version.ts";

/** The provider of one kind of server, as its plugin serves it. `schema` reads the plugin's schema. */
export function pluginProvider(dialect: DialectName, schema: () => Promise<string>): Provider {
  let resources: Resources | undefined;
  const configured = () => {
    if (resources) return resources;
    throw new BackendError(
      "INVALID_CONFIGURATION",
      `The plugin ${dialect} was asked before it was configured.`,
    );
  };
  return {
    getSchema: schema,
    async checkConfig({ news }) {
      const settings = settingsIn(news);
      const known = Object.fromEntries(Object.entries(settings).filter(([, value]) => !hasUnknown(value)));
      const problem = settingsProblem(dialect, known);
      if (problem !== undefined) return { inputs: news, failures: [{ property: "", reason: problem }] };
      // What a generated package takes from an environment variable comes without a mark.
      const secret = settingsOf(dialect).filter((setting) => setting.secret);
      return {
        inputs: withMarks(
          news,
          secret.map(({ name }) => [name]),
        ) as JsonObject,
      };
    },
    // Another server is refused per resource. With an answer of "none" the engine would go on with the old settings.
    async diffConfig({ oldInputs, olds, news }) {
      const before = Object.keys(oldInputs).length > 0 ? oldInputs : olds;
      const isSame = sameJson(withoutMarks(before), withoutMarks(news)) && !hasUnknown(news);
      return { changes: isSame ? "none" : "some" };
    },
    async configure({ args }) {
      resources = resourcesOf(settingsIn(args), (type) => kindOfToken(dialect, type), dialect);
    },
    check: (request, call) => configured().check(request, call),
    diff: (request, call) => configured().diff(request, call),
    create: (request, call) => configured().create(request, call),
    read: (request, call) => configured().read(request, call),
    update: (request, call) => configured().update(request, call),
    delete: (request, call) => configured().delete(request, call),
    async *list(request, call) {
      yield* await configured().list(request, call);
    },
  };
}

/** The settings alone, without marks; `version` is the engine's own. */
function settingsIn(args: JsonObject): JsonObject {
  const plain = withoutMarks(args);
  const { version: _, pluginDownloadURL: __, ...settings } = isObject(plain) ? plain : {};
  return settings;
}

/** The kind of `apisix:index:Route`. */
function kindOfToken(dialect: DialectName, token: string): Kind {
  const [name, module, type] = token.split(":");
  if (name === dialect && module === "index" && isKind(`${dialect}:${type}`))
    return kindOf(`${dialect}:${type}`);
  const near = nearest(type ?? "", typesOf(dialect));
  const isOther = name !== dialect && (name === "apisix" || name === "kuma");
  throw new BackendError(
    "INVALID_CONFIGURATION",
    isOther
      ? `${token}: the provider given is one of ${dialect}; it needs one of ${name}.`
      : `The plugin ${dialect} ${version} has no resource "${token}"; ` +
          (near ? `did you mean ${dialect}:index:${near}?` : `its types are ${dialect}:index:TYPE.`),
  );
}
