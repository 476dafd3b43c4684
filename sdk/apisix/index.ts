export type * from "./arguments.ts";
export * from "./bundle.ts";
export type * from "./plugins.ts";
export * from "./provider.ts";
export * from "./resources.ts";
