import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as apisix from "pulumi-external-backends/apisix";
import { parse } from "yaml";
import { bundlesOf } from "./table";

// Partners come from a table, in which each line is an upstream and a route.
const bundles = bundlesOf(join(__dirname, "routes.csv"));

// A team with wishes of its own has a file with objects as apisix.Bundle takes them.
const folder = join(__dirname, "teams");
for (const file of readdirSync(folder)) {
  const team = basename(file, ".yaml");
  if (bundles.has(team)) throw new Error(`${file}: the team stands in routes.csv, too`);
  bundles.set(team, parse(readFileSync(join(folder, file), "utf8")));
}

// One resource per team: its preview says what changes for the team, and no two teams can have one host.
for (const [team, objects] of bundles) new apisix.Bundle(team, objects);
