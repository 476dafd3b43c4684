/** Whether a version, as in `3.11.0`, comes before another. Only the first two numbers count. */
export function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number.parseFloat);
  const [wantedMajor = 0, wantedMinor = 0] = than.split(".").map(Number.parseFloat);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}
