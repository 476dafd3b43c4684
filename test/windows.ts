/** The executables of the plugins are scripts of Node.js in `dist/plugin`, which Windows does not start. */
const PLUGINS =
  "It starts plugins, which are scripts in dist; on Windows they are the executables of `npm run plugins`.";
/** The formatter behind the generators lies in node_modules as a shell script. */
const GENERATED =
  "It compares generated files, which are the same everywhere, and runs the formatter as a shell script.";

/** The test files that are left out on Windows, each with its reason. None of these has been run there yet. */
export const NOT_ON_WINDOWS: Readonly<Record<string, string>> = {
  "test/changesets.test.ts": "It looks at files of a release, which are the same everywhere.",
  "test/doors/plugin-engine.test.ts": PLUGINS,
  "test/doors/plugin-executable.test.ts": PLUGINS,
  "test/doors/plugin-process.test.ts": PLUGINS,
  "test/doors/plugin-python.test.ts": PLUGINS,
  "test/doors/plugin-schema.test.ts": PLUGINS,
  "test/doors/plugin-server.test.ts": PLUGINS,
  "test/doors/plugin-start.test.ts": PLUGINS,
  "test/doors/plugin-yaml.test.ts": PLUGINS,
  "test/e2e/bundle.test.ts": PLUGINS,
  "test/e2e/bundle-killed.test.ts": "It kills processes, which it looks up in /proc.",
  "test/e2e/bundle-large-state.test.ts": PLUGINS,
  "test/e2e/doors.test.ts": PLUGINS,
  "test/e2e/examples-infra-repo-change.test.ts": "It puts a shell script in the place of Pulumi.",
  "test/e2e/examples-infra-repo.test.ts": "It puts a shell script in the place of Pulumi.",
  "test/e2e/examples-languages.test.ts": PLUGINS,
  "test/e2e/explain.test.ts": PLUGINS,
  "test/e2e/faults.test.ts": PLUGINS,
  "test/e2e/getting-started.test.ts": "It runs the commands in bash, and makes symbolic links.",
  "test/e2e/import-bundle.test.ts": PLUGINS,
  "test/e2e/import.test.ts": PLUGINS,
  "test/e2e/killed.test.ts": "It kills processes, which it looks up in /proc.",
  "test/e2e/package.test.ts": "It makes symbolic links, and starts npm without a shell.",
  "test/e2e/plugin-secrets.test.ts": PLUGINS,
  "test/e2e/policies.test.ts": "It puts a shell script in the place of Pulumi's runner of policy packs.",
  "test/e2e/start.test.ts": "It limits the memory and the files of a process with a shell.",
  "test/e2e/templates.test.ts": PLUGINS,
  "test/sdk/generate.test.ts": GENERATED,
  "test/sdk/generate-docs.test.ts": GENERATED,
  "test/sdk/generate-plugins.test.ts": GENERATED,
  "test/sdk/generate-schema.test.ts": GENERATED,
  "test/sdk/kubernetes-imports.test.ts": "It compares paths that are written with slashes.",
  "test/workflows.test.ts": "It looks at workflows, which are the same everywhere.",
};
