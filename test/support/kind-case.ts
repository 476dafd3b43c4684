import type { CustomResource, CustomResourceOptions } from "@pulumi/pulumi";
import type { Json } from "../../provider/model/fields.ts";
import type { World } from "./world.ts";

/** An object as a server stores it. */
export type Stored = Record<string, unknown>;

/** A change outside, with the lines of `preview --refresh --diff` that show it and how it will be put right. */
export interface ChangeByHand {
  change(object: Stored): Stored;
  lines: [found: string, correction: string];
}

/** What tests have to know of a kind beside its schema: its row in `kinds-apisix.ts`, `kinds-plugins.ts` or `kinds-kuma.ts`. */
export interface KindRow {
  /** As in `apisix:Route`. */
  type: string;
  /** The objects have no labels at the server, so that nothing there says whose they are. */
  unlabelled?: true;
  /** The id in a test whose ids begin with `prefix`, where it is not made of that and the kind's name. */
  id?(prefix: string): string;
  /** The arguments as they are declared under a name, where the server takes no two objects with the same in them. */
  declared?(args: object, name: string): object;
  /** As few arguments as will do. */
  minimal: object;
  /** More arguments, the minimal ones not among them. */
  full: object;
  /** The same as `full`, written in another way: order, other forms of the same thing, defaults. */
  rewritten: object;
  /** What somebody does by hand to an object declared as `full`: changes a declared field, adds an undeclared one. */
  byHand: Record<"changed" | "added", ChangeByHand>;
  /** The path of its requests. */
  path(id: string): string;
  /** What is looked into below the path before it is deleted. */
  contents?: readonly string[];
  /** What the server has, to be changed as if by another person. */
  get(world: World, id: string): Stored | undefined;
  put(world: World, id: string, object: Stored): void;
  remove(world: World, id: string): void;
  /** Values of fields whose schema cannot say which are right, by their path, with `[]` for elements of lists. */
  values?: Readonly<Record<string, readonly Json[]>>;
}

/** One kind of resource as the tests over all kinds need it. */
export interface KindCase extends KindRow {
  /** Declares one in a program. */
  declare(name: string, args: object, options?: CustomResourceOptions): CustomResource;
  /** The argument that becomes the id; left out, it is the resource's name. */
  identity: string;
}

/** How an object of APISIX is reached. */
export function atApisix(plural: string) {
  return {
    path: (id: string) => `/apisix/admin/${plural}/${id}`,
    get: (world: World, id: string) => world.apisix.store.get(plural, id),
    put: (world: World, id: string, object: Stored) => world.apisix.store.put(plural, id, object),
    remove: (world: World, id: string) => world.apisix.store.delete(plural, id),
  };
}

/** How an object of Kuma is reached; `mesh` is empty for one that is in no mesh. */
export function atKuma(type: string, mesh: string | undefined, path: (id: string) => string) {
  return {
    path,
    get: (world: World, id: string) => world.kuma.store.get(type, mesh, id),
    put: (world: World, id: string, object: Stored) =>
      world.kuma.store.put({ ...object, type, ...(mesh ? { mesh } : {}), name: id }),
    remove: (world: World, id: string) => world.kuma.store.delete(type, mesh, id),
  };
}

/** The changes by hand of kinds with a description and a name: `full` has the description "declared". */
export const byHandDescribed: KindRow["byHand"] = {
  changed: {
    change: (object) => ({ ...object, desc: "changed" }),
    lines: ['~ desc: "declared" => "changed"', '~ desc: "changed" => "declared"'],
  },
  added: {
    change: (object) => ({ ...object, name: "by hand" }),
    lines: ['+ name: "by hand"', '- name: "by hand"'],
  },
};

/** A consumer that every sandbox of these tests has, for what lies below one. */
export const CONSUMER = "pulumi_tests_somebody";
