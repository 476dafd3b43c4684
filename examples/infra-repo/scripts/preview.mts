// Writes as Markdown what stacks would change, and what that opens. Usage: node scripts/preview.mts STACK...
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** GitHub takes 65,536 characters in a comment: so many for the previews, and so many for what they open. */
const ROOM = { previews: 40_000, opens: 20_000 };

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

/** Runs a command; its output has no colours. */
function run(command: string, args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
}

function shortened(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room)}\n…` : text;
}

const stacks = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "preview-"));
const previews: string[] = [];
for (const stack of stacks) {
  const reached = (await Promise.all(serversOf(stack).map(isReached))).every(Boolean);
  const options = [
    "--stack",
    stack,
    "--non-interactive",
    "--color",
    "never",
    ...(reached ? ["--refresh"] : []),
  ];
  const { status, stdout, stderr } = run("pulumi", ["preview", "--diff", ...options]);
  const comparedWith = reached
    ? "compared with the servers"
    : "compared with the last deployment, since the servers cannot be reached from here";
  const text = shortened(`${stdout}${stderr}`.trim(), ROOM.previews / stacks.length);
  console.log(`### ${stack}${status === 0 ? "" : " failed"}\n\n${comparedWith}\n\n\`\`\`\n${text}\n\`\`\`\n`);
  if (status !== 0) process.exitCode = 1;
  // Once more for what reads it: with what does not change, which competes with what does.
  const file = join(folder, `${stack}.json`);
  writeFileSync(file, run("pulumi", ["preview", "--json", "--show-sames", ...options]).stdout);
  previews.push("--preview", file);
}

// All stacks together, since what opens is known only from all.
const map = ["pulumi-external-backends", "map", "--change", "--markdown", ...previews];
const { status, stdout, stderr } = run("npx", ["--no", "--", ...map]);
rmSync(folder, { recursive: true });
if (status === 0) console.log(shortened(stdout.trim(), ROOM.opens));
else {
  console.log(`### What this change opens is not known\n\n\`\`\`\n${`${stdout}${stderr}`.trim()}\n\`\`\``);
  process.exitCode = 1;
}
