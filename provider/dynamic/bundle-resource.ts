import * as pulumi from "@pulumi/pulumi";
import { type EntriesText, type Entry, entriesOf, specificKind, textOf } from "../model/bundle/entries.ts";
import { type BundleType, bundleOf } from "../model/bundle/types.ts";
import { type JsonObject, stableJson, UNKNOWN } from "../model/fields.ts";
import { handlerText } from "../model/kinds.ts";
import type { Declared } from "../model/lints/facts.ts";
import { markedPaths, withoutMarks } from "../model/marks.ts";
import { changedAt, withValueAt } from "../model/paths.ts";
import { secretPathsOf } from "../model/secret-fields.ts";
import { MASK } from "../model/secrets.ts";
import type { BundleContext } from "./bundle-handler.ts";
import { isEventual, isPlain } from "./eventual.ts";
import { providerFor } from "./provider.ts";
import { importRefused, ownerOf, stackLabel, warnOfOptions } from "./resource.ts";
import { lookAtEntries } from "./stack-view.ts";

/** What every bundle has beside its entries. */
export interface BundleOptions {
  /**
   * Takes over objects that exist already, whoever made them. What carries the bundle's own label and is in no entry, as after
   * a first run that died, is removed. Default: false.
   */
  adopt?: boolean | undefined;
  /**
   * Paths at which the values of the state stay, whatever the program says, such as `routes.*.status`: what the option
   * `ignoreChanges` is for other resources.
   */
  ignore?: readonly string[] | undefined;
}

/**
 * What bundles have in common: their entries go to the provider process as one text, since Pulumi carries every nested value
 * several times; what is secret goes in a marked one.
 */
export abstract class BundleResource extends pulumi.CustomResource {
  /** What the last run has changed, as in `12 added, 3 changed of 1,480`. */
  declare readonly summary: pulumi.Output<string>;

  protected constructor(
    type: string,
    name: string,
    args: BundleOptions & object,
    options: pulumi.CustomResourceOptions = {},
  ) {
    const bundle = bundleOf(type);
    if (!bundle) throw new Error(`There is no bundle "${type}".`);
    if (options.import !== undefined) throw new Error(importRefused(type, name));
    if (options.ignoreChanges?.length)
      throw new Error(
        `${type} "${name}": ignoreChanges knows nothing of entries; use the argument ignore: ${JSON.stringify(options.ignoreChanges)}.`,
      );
    const token = `pulumi-nodejs:dynamic/${type}`;
    const { adopt, ignore, ...tables } = args;
    const connected = providerFor(bundle.dialect, `${type} "${name}"`, options);
    const arrival = arrive(bundle, `${type} "${name}"`, tables);
    const texts = arrival.then(({ text }) => text);
    const secrets = texts.then((text) => text.secrets);
    const { provider } = connected;
    const looked = lookAtEntries(
      arrival.then(({ entries }) =>
        entries.map((entry) => ({ ...declaredOf(entry), bundle: name, provider })),
      ),
    );
    const eventual = eventualsIn(tables);
    super(
      token,
      name,
      {
        summary: undefined,
        ...(adopt === undefined ? {} : { adopt }),
        __provider: handlerText(type),
        __entries: texts.then((text) => text.entries),
        __secrets: pulumi.secret(secrets),
        // The resources that entries are made of come first. What is not known of them is in the entries.
        ...(eventual.length > 0 ? { __after: pulumi.all(eventual).apply(() => true) } : {}),
        __context: contextOf(ownerOf(token, name, options.parent), looked, ignore),
      },
      connected,
    );
    warnOfOptions(`${type} "${name}"`, options);
  }
}

async function contextOf(
  owner: string | Promise<string>,
  looked: Promise<string | undefined>,
  ignore: unknown,
): Promise<BundleContext> {
  const lint = await looked;
  return {
    owner: await owner,
    stack: stackLabel(pulumi.getProject(), pulumi.getStack()),
    isPreview: pulumi.runtime.isDryRun(),
    ...(lint === undefined ? {} : { lint }),
    ...(ignore === undefined ? {} : { ignore }),
  };
}

/** Entries, and their texts. */
interface Arrived {
  entries: Entry[];
  text: EntriesText;
}

/** The entries, at once where all of them stand in the program as they are. */
async function arrive(bundle: BundleType, label: string, tables: object): Promise<Arrived> {
  if (isPlain(tables)) return apart(bundle, JSON.parse(JSON.stringify(tables)), []);
  const wire = await pulumi.runtime.serializeProperties(label, tables as pulumi.Inputs);
  return apart(bundle, withoutMarks(wire), markedPaths(wire));
}

/** What is secret, by the program's marks and by the schemas, apart from the rest. Wrong entries are the check's to refuse. */
function apart(bundle: BundleType, tables: unknown, marks: (string | number)[][]): Arrived {
  const { entries, problems } = entriesOf(bundle, tables, marks);
  if (problems.length > 0) {
    const open = marks.reduce<unknown>((changed, path) => changedAt(changed, path, () => MASK), tables);
    return { entries: [], text: { entries: stableJson(open), secrets: undefined } };
  }
  const marked = entries.map(
    (entry): Entry => ({
      ...entry,
      secrets: [...entry.secrets, ...secretPathsOf(specificKind(entry).schema, entry.args)],
    }),
  );
  return { entries: marked, text: textOf(marked) };
}

/** What the lints see of an entry. */
function declaredOf({ kind, key, args, secrets }: Entry): Declared {
  const open = secrets.reduce<JsonObject>((changed, path) => withValueAt(changed, path, UNKNOWN), args);
  return { type: kind.type, name: key, args: open };
}

/** Every output and promise in a value, at any depth. */
function eventualsIn(value: unknown): unknown[] {
  if (isEventual(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(eventualsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value as JsonObject).flatMap(eventualsIn);
}
