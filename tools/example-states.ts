import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { generate } from "selfsigned";
import { startApisix } from "../sandbox/apisix/index.ts";
import { startKuma } from "../sandbox/kuma/index.ts";
import { Engine, type StackConfig } from "./engine.ts";
import { loadProgram } from "./program.ts";
import { repository } from "./repository.ts";

/** The examples whose ways out are drawn, with what their stacks have to be told. */
const EXAMPLES: Record<string, (kumaUrl: string, certificate: Certificate) => StackConfig> = {
  "api-platform": (_, { cert, private: key }) => ({
    "api-platform:shopKey": { value: "a-key-of-the-shop", secret: true },
    "api-platform:mobileKey": { value: "a-key-of-the-apps", secret: true },
    "api-platform:partnerCert": cert,
    "api-platform:partnerKey": { value: key, secret: true },
  }),
  canary: () => ({}),
  "external-backend": (_, { cert }) => ({ "external-backend:caCert": cert }),
  // A control plane of one zone, which has its egress itself.
  "zone-egress": (url) => ({
    "zone-egress:zones": JSON.stringify({ "zone-1": { url, egressAddress: "10.0.0.9" } }),
  }),
};

type Certificate = Awaited<ReturnType<typeof generate>>;

/**
 * Runs examples as they stand through the real engine, each against servers of its own in memory, and writes the states of their
 * stacks into a folder, as `pulumi stack export` prints them. Returns the files.
 */
export async function writeExampleStates(folder: string): Promise<string[]> {
  const certificate = await generate([{ name: "commonName", value: "gateway.shop.example" }], {
    keyType: "ec",
  });
  const engine = await Engine.start();
  const files: string[] = [];
  try {
    for (const [project, configOf] of Object.entries(EXAMPLES)) {
      const [apisix, kuma] = await Promise.all([startApisix(), startKuma()]);
      try {
        const directory = join(repository, "examples", project);
        const stack = await engine.stack("prod", loadProgram(directory), {
          project,
          config: {
            "apisix:adminUrl": apisix.adminUrl,
            "kuma:url": kuma.url,
            ...configOf(kuma.url, certificate),
          },
          environment: { APISIX_ADMIN_KEY: apisix.adminKey },
        });
        await stack.up();
        const file = join(folder, `${project}.json`);
        const { output } = await stack.cli(["stack", "export", "--stack", "prod"]);
        await writeFile(file, asInstalled(output, project));
        files.push(file);
      } finally {
        await Promise.all([apisix.close(), kuma.close()]);
      }
    }
  } finally {
    await engine.close();
  }
  return files;
}

/** Names of files as they are where the package is installed, and not where it is made. */
function asInstalled(state: string, project: string): string {
  return state
    .replaceAll("../../../../dist/", "node_modules/pulumi-external-backends/dist/")
    .replaceAll(`../../../../examples/${project}/`, "");
}
