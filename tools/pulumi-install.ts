/** Where a Pulumi executable shall be put, and where progress is told. */
export interface Installation {
  /** The folder with `bin` in it. */
  root: string;
  /** The executable in `bin`. */
  executable: string;
  log: (line: string) => void;
}
export async function installPulumi(_to: Installation): Promise<void> {
  throw new Error("not yet");
}
export async function buildPulumi(_to: Installation): Promise<void> {
  throw new Error("not yet");
}
