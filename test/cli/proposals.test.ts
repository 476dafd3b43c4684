import { afterAll, describe } from "vitest";
import { COMMANDS } from "../support/proposals/commands.ts";
import { carryOut } from "../support/proposals/row.ts";
import { clearServers, startServers, stopServers } from "../support/proposals/servers.ts";

const servers = await startServers();
afterAll(() => stopServers(servers));

describe("what a command proposes helps", () => {
  carryOut(COMMANDS, servers, () => clearServers(servers));
});
