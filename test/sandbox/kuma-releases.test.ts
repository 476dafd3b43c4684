import { expect, onTestFinished, test } from "vitest";
import { startKuma } from "../../sandbox/kuma/index.ts";

const timeout = {
  targetRef: { kind: "Mesh" },
  to: [{ targetRef: { kind: "Mesh" }, default: { connectionTimeout: "1s" } }],
};

test.each([
  { type: "MeshTimeout", path: "/meshes/default/meshtimeouts/a", object: { spec: timeout } },
  { type: "Mesh", path: "/meshes/a", object: {} },
])("a control plane before 2.6 drops the labels of a $type in silence", async ({ type, path, object }) => {
  const kuma = await startKuma({ version: "2.5.0" });
  onTestFinished(() => kuma.close());
  const mesh = type === "Mesh" ? {} : { mesh: "default" };
  const written = await fetch(kuma.url + path, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ type, name: "a", ...mesh, labels: { team: "edge" }, ...object }),
  });
  expect(written.status).toBe(201);
  const stored = await (await fetch(kuma.url + path)).json();
  expect(stored).toMatchObject({ type, name: "a", ...object });
  expect(stored).not.toHaveProperty("labels");
});
