import * as pulumi from "@pulumi/pulumi";
import { ExternalBackend } from "pulumi-external-backends";

const config = new pulumi.Config();

// At the gateway requests for the host go to the backend; in the mesh services reach it as http://backend.mesh.
const backend = new ExternalBackend("backend", {
  address: config.require("backend"),
  gateway: { hosts: [config.require("host")], passHost: "node" },
  mesh: {},
});

export const urn = backend.urn;
