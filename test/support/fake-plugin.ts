#!/usr/bin/env node
import { serve } from "../../provider/plugin/serve.ts";
import { fake, fakeProvider } from "./fake-provider.ts";

// The executable `pulumi-resource-fake`, for which this is bundled.
serve({ version: fake.version, load: async () => fakeProvider() });
