export { Manifests, type ManifestsArgs } from "./manifests.ts";
export { ManifestError } from "./problems.ts";
