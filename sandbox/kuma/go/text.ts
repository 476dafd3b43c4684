import { isUtf8 } from "node:buffer";

/** Bytes as a text: each byte that is no part of UTF-8 becomes a replacement character, as in Go. */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString("utf8");
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((each) => isUtf8(bytes.subarray(at, at + each))) ?? 0;
    text += length === 0 ? "\ufffd" : bytes.toString("utf8", at, at + length);
    at += length || 1;
  }
  return text;
}
