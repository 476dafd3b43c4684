// Writes as Markdown what stacks would change. Usage: node scripts/preview.mts STACK...
import { execFileSync, spawnSync } from "node:child_process";
import { connect } from "node:net";

/** GitHub takes 65,536 characters in a comment. */
const ROOM = 60_000;

/** The servers that a stack's configuration names. */
function serversOf(stack: string): URL[] {
  const text = execFileSync("pulumi", ["config", "--json", "--stack", stack], { encoding: "utf8" });
  const config = Object.entries(JSON.parse(text) as Record<string, { value?: string }>);
  return config.flatMap(([key, { value }]) =>
    /^(apisix:adminUrl|kuma:(url|globalUrl|zoneUrl))$/.test(key) && value ? [new URL(value)] : [],
  );
}

/** Whether a server takes a connection within three seconds. */
function isReached({ protocol, hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const usual = protocol === "https:" ? 443 : 80;
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: Number(port) || usual,
      timeout: 3000,
    });
    const answer = (reached: boolean) => {
      socket.destroy();
      resolve(reached);
    };
    socket.once("connect", () => answer(true));
    socket.once("timeout", () => answer(false));
    socket.once("error", () => answer(false));
  });
}

const stacks = process.argv.slice(2);
for (const stack of stacks) {
  const reached = (await Promise.all(serversOf(stack).map(isReached))).every(Boolean);
  const refresh = reached ? ["--refresh"] : [];
  const { status, stdout, stderr } = spawnSync(
    "pulumi",
    ["preview", "--stack", stack, "--diff", "--non-interactive", "--color", "never", ...refresh],
    { encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  const comparedWith = reached
    ? "compared with the servers"
    : "compared with the last deployment, since the servers cannot be reached from here";
  const text = `${stdout}${stderr}`.trim();
  const shown = text.length * stacks.length > ROOM ? `${text.slice(0, ROOM / stacks.length)}\n…` : text;
  console.log(
    `### ${stack}${status === 0 ? "" : " failed"}\n\n${comparedWith}\n\n\`\`\`\n${shown}\n\`\`\`\n`,
  );
  if (status !== 0) process.exitCode = 1;
}
