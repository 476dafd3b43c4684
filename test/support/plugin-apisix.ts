import { providerClass, resourceClasses } from "./plugin-classes.ts";

/** In tests through the plugins it takes the place of `pulumi-external-backends/apisix`. */
const classes = resourceClasses("apisix");
export const Provider = providerClass("apisix");
export const {
  Consumer,
  ConsumerGroup,
  Credential,
  GlobalRule,
  PluginConfig,
  PluginMetadata,
  Proto,
  Route,
  Secret,
  Service,
  Ssl,
  StreamRoute,
  Upstream,
} = classes;
