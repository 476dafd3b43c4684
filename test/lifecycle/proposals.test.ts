import { afterAll, describe } from "vitest";
import { carryOut } from "../support/proposals/row.ts";
import { clearServers, startServers, stopServers } from "../support/proposals/servers.ts";
import { AT_SERVERS } from "../support/proposals/table.ts";

const servers = await startServers();
afterAll(() => stopServers(servers));

describe("what an error of a resource proposes helps", () => {
  carryOut(AT_SERVERS, servers, () => clearServers(servers));
});
