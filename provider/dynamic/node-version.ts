/** The lowest Node.js that this package works with, as `engines` in package.json says. */
const NEEDED = [22, 19] as const;

/**
 * Throws when this Node.js is older than the package needs, with one line that says so. Every entry point calls it before
 * it loads anything else, so this file is built for any Node.js and uses nothing that an old one lacks.
 */
export function requireNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  const error = new Error(
    `pulumi-external-backends needs Node.js ${NEEDED.join(".")} or later; this is ${process.version} (${process.execPath}).`,
  );
  // Where it was thrown says nothing to the person at the terminal.
  error.stack = error.message;
  throw error;
}
