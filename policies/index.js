// The policy pack for `--policy-pack ./node_modules/pulumi-external-backends/policies`.
const { PolicyPack } = require("@pulumi/policy");
const { policies } = require("../dist/policies/index.js");

module.exports = new PolicyPack("external-backends", { policies: policies() });
