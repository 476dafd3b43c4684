export { type Reference, referencesOf } from "../references.ts";
