import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

/** A file for an archive. */
export interface ArchiveFile {
  /** Its name in the archive. */
  name: string;
  content: Buffer;
  isExecutable: boolean;
}

/**
 * Packs files into a `.tar.gz`, and writes its SHA-256 beside it as `sha256sum` does. The same files make the same archive
 * on every machine and at any time.
 */
export async function packArchive(archive: string, files: ArchiveFile[]): Promise<void> {
  const blocks = files.flatMap(({ name, content, isExecutable }) => [
    header(name, content.length, isExecutable ? 0o755 : 0o644),
    content,
    Buffer.alloc(-content.length & 511),
  ]);
  const tar = Buffer.concat([...blocks, Buffer.alloc(1024)]);
  await writeFile(archive, await promisify(gzip)(tar));
  await writeFile(`${archive}.sha256`, `${await sha256(archive)}  ${basename(archive)}\n`);
}

async function sha256(file: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
}

/** The 512 bytes before a file in a tar archive of the format `ustar`. */
function header(name: string, size: number, mode: number): Buffer {
  const bytes = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  bytes.write(name, 0, 100, "utf8");
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  bytes.write("        0", 148, "latin1");
  bytes.write("ustar\x0000", 257, "latin1");
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}
