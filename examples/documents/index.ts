import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { Manifests } from "pulumi-external-backends";

const config = new pulumi.Config();

// Which of the files in apisix/ and kuma/, by their names without .yaml.
const files = config.requireObject<string[]>("files").map((name) => join(__dirname, `${name}.yaml`));

new Manifests("documents", {
  files,
  namespace: "apisix",
  services: config.getObject<Record<string, string>>("services"),
});
