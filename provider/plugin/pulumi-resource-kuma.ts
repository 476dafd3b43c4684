#!/usr/bin/env node
import { serve } from "./serve.ts";
import { version } from "./version.ts";

// The executable `pulumi-resource-kuma`. The provider is loaded after the port is printed.
void serve({
  version,
  async load() {
    const { pluginProvider } = await import("./plugin.ts");
    return pluginProvider("kuma", async () =>
      JSON.stringify((await import("../../schemas/kuma.json")).default),
    );
  },
});
