import { providerClass, resourceClasses } from "./plugin-classes.ts";

/** In tests through the plugins it takes the place of `pulumi-external-backends/kuma`. */
const classes = resourceClasses("kuma");
export const Provider = providerClass("kuma");
export const { ExternalService, Mesh, MeshExternalService, MeshPatch, Policy, Secret, ZoneEgress } = classes;
