export type * from "./arguments.ts";
export * from "./bundle.ts";
export * from "./provider.ts";
export * from "./resources.ts";
