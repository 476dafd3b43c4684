export type * from "./arguments.ts";
export * from "./provider.ts";
export * from "./resources.ts";
