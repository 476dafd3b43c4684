import { afterAll, afterEach, describe, expect, test } from "vitest";
import type { JsonObject } from "../../provider/model/fields.ts";
import { faultyApisix, faultyKuma } from "../support/fault-servers.ts";

const servers = [await faultyApisix(), await faultyKuma()];
const OURS = "0123456789abcdef";
const THEIRS = "fedcba9876543210";

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
});

/** Ends the wait of everybody when so many have come. */
function meeting(expected: number) {
  let come = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  return async () => {
    come += 1;
    if (come === expected) resolve();
    await promise;
  };
}

const ownerOf = (object: JsonObject | undefined) =>
  String((object?.labels as JsonObject | undefined)?.["pulumi-owner"]).split(".")[0];

describe.each(servers)("at $product", (server) => {
  const unbroken = (name: string) => server.break(name, undefined);
  afterEach(() => ["both", "overtaken", "edited", "removed", "taken"].forEach(unbroken));

  test("of two creates at once the last write wins whole, and the other one's next steps say so", async () => {
    const looked = meeting(2);
    server.break("both", async ({ method }) => {
      if (method === "PUT") await looked();
      return false;
    });
    const inputs = [await server.inputs("both", 1, OURS), await server.inputs("both", 2, THEIRS)] as const;
    const made = await Promise.allSettled(inputs.map((each) => server.lifecycle().create(each)));
    const owners = [OURS, THEIRS];
    const winner = owners.indexOf(ownerOf(server.stored("both")) ?? "");
    const loser = 1 - winner;
    expect(made[winner]?.status).toBe("fulfilled");
    const won = made[winner]?.status === "fulfilled" ? made[winner].value : undefined;
    const lost = made[loser];
    const before = server.stored("both");
    const seen = await server.lifecycle().read(won?.id ?? "", won?.outs ?? {});
    expect((await server.lifecycle().diff(seen.id, seen.props, inputs[winner] ?? {})).changes).toBe(false);

    if (lost?.status === "rejected") {
      expect(String(lost.reason.message)).toMatch(/exists already at .*\[ALREADY_EXISTS\]$/);
    } else {
      const { id = "", outs = {} } = lost?.value ?? {};
      const theirs = await server.lifecycle().read(id, outs);
      expect((await server.lifecycle().diff(id, theirs.props, inputs[loser] ?? {})).changes).toBe(true);
      await expect(server.lifecycle().update(id, theirs.props, inputs[loser] ?? {})).rejects.toThrow(
        /belongs to .* by now, so it was not changed\..*\[OWNED_BY_ANOTHER\]$/,
      );
      await server.lifecycle().delete(id, theirs.props);
    }
    expect(server.stored("both")).toEqual(before);
  });

  test("a create that is overtaken between its write and the answer says whose the object is", async () => {
    server.break("overtaken", ({ method }, response) => {
      if (method !== "PUT") return false;
      const { end } = response;
      // Somebody else's write comes first and last: this one is answered 200, and theirs is what stands.
      server.placeForeign("overtaken");
      response.end = ((text: string) => {
        server.placeForeign("overtaken");
        return end.call(response, text, "utf8");
      }) as typeof end;
      return false;
    });
    await expect(server.lifecycle().create(await server.inputs("overtaken", 1))).rejects.toThrow(
      /"(default\/)?overtaken" exists already at .* belongs to the stack theirs\.prod.*\[ALREADY_EXISTS\]$/,
    );
  });

  test("an edit between an update's look and its write is overwritten whole", async () => {
    const made = await server.lifecycle().create(await server.inputs("edited", 1));
    const clean = server.stored("edited");
    const wanted = await server.inputs("edited", 2);
    let edited = false;
    server.break("edited", ({ method }) => {
      if (method === "PUT" && !edited) {
        edited = true;
        // As a person would who knows nothing of Pulumi: with their labels, and other values.
        server.placeForeign("edited");
      }
      return false;
    });
    const { outs } = await server.lifecycle().update(made.id, made.outs, wanted);
    expect(edited).toBe(true);
    expect(server.stored("edited")?.labels).toEqual(clean?.labels);
    const seen = await server.lifecycle().read(made.id, outs);
    expect((await server.lifecycle().diff(made.id, seen.props, wanted)).changes).toBe(false);
  });

  test("an object that goes between a delete's look and its DELETE is deleted", async () => {
    const made = await server.lifecycle().create(await server.inputs("removed", 1));
    server.break("removed", ({ method }) => {
      if (method === "DELETE") server.remove("removed");
      return false;
    });
    await server.lifecycle().delete(made.id, made.outs);
    expect(server.stored("removed")).toBeUndefined();
  });

  test("an object that another stack has by now is neither changed nor deleted", async () => {
    const made = await server.lifecycle().create(await server.inputs("taken", 1));
    server.placeForeign("taken");
    const theirs = server.stored("taken");
    await expect(
      server.lifecycle().update(made.id, made.outs, await server.inputs("taken", 2)),
    ).rejects.toThrow(/belongs to the stack theirs\.prod .*\[OWNED_BY_ANOTHER\]$/);
    await server.lifecycle().delete(made.id, made.outs);
    expect(server.stored("taken")).toEqual(theirs);
  });
});
