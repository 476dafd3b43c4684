import * as pulumi from "@pulumi/pulumi";
import { type EntriesText, type Entry, entriesOf, specificKind, textOf } from "../model/bundle/entries.ts";
import { type BundleType, bundleOf } from "../model/bundle/types.ts";
import { type JsonObject, stableJson } from "../model/fields.ts";
import { handlerText } from "../model/kinds.ts";
import { markedPaths, withoutMarks } from "../model/marks.ts";
import { changedAt } from "../model/paths.ts";
import { secretPathsOf } from "../model/secret-fields.ts";
import { MASK } from "../model/secrets.ts";
import type { BundleContext } from "./bundle-handler.ts";
import { isEventual, isPlain } from "./eventual.ts";
import { providerFor } from "./provider.ts";
import { importRefused, ownerOf, stackLabel } from "./resource.ts";

/** What every bundle has beside its entries. */
export interface BundleOptions {
  /** Takes over objects that exist already, whoever made them. Default: false. */
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
    const texts = textsOf(bundle, `${type} "${name}"`, tables);
    const secrets = Promise.resolve(texts).then((text) => text.secrets);
    const eventual = eventualsIn(tables);
    super(
      token,
      name,
      {
        summary: undefined,
        ...(adopt === undefined ? {} : { adopt }),
        __provider: handlerText(type),
        __entries: Promise.resolve(texts).then((text) => text.entries),
        __secrets: pulumi.secret(secrets),
        // The resources that entries are made of come first. What is not known of them is in the entries.
        ...(eventual.length > 0 ? { __after: pulumi.all(eventual).apply(() => true) } : {}),
        __context: contextOf(ownerOf(token, name, options.parent), ignore),
      },
      providerFor(bundle.dialect, `${type} "${name}"`, options),
    );
  }
}

async function contextOf(owner: string | Promise<string>, ignore: unknown): Promise<BundleContext> {
  return {
    owner: await owner,
    stack: stackLabel(pulumi.getProject(), pulumi.getStack()),
    isPreview: pulumi.runtime.isDryRun(),
    ...(ignore === undefined ? {} : { ignore }),
  };
}

/** The entries as texts, at once where all of them stand in the program as they are. */
function textsOf(bundle: BundleType, label: string, tables: object): EntriesText | Promise<EntriesText> {
  if (isPlain(tables)) return apart(bundle, JSON.parse(JSON.stringify(tables)), []);
  return pulumi.runtime
    .serializeProperties(label, tables as pulumi.Inputs)
    .then((wire) => apart(bundle, withoutMarks(wire), markedPaths(wire)));
}

/** What is secret, by the program's marks and by the schemas, apart from the rest. Wrong entries are the check's to refuse. */
function apart(bundle: BundleType, tables: unknown, marks: (string | number)[][]): EntriesText {
  const { entries, problems } = entriesOf(bundle, tables, marks);
  if (problems.length > 0) {
    const open = marks.reduce<unknown>((changed, path) => changedAt(changed, path, () => MASK), tables);
    return { entries: stableJson(open), secrets: undefined };
  }
  return textOf(
    entries.map(
      (entry): Entry => ({
        ...entry,
        secrets: [...entry.secrets, ...secretPathsOf(specificKind(entry).schema, entry.args)],
      }),
    ),
  );
}

/** Every output and promise in a value, at any depth. */
function eventualsIn(value: unknown): unknown[] {
  if (isEventual(value)) return [value];
  if (Array.isArray(value)) return value.flatMap(eventualsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value as JsonObject).flatMap(eventualsIn);
}
