import { LuaSyntaxError } from "./lexer.ts";
import { type Returned, readChunk } from "./syntax.ts";

/**
 * What loading a text of Lua gives: what the chunk returns, as far as it is known, or why it is none.
 * @param name What errors call the chunk, where that is not its text.
 */
export function loadLua(source: string, name = source): Returned | { error: string } {
  try {
    return readChunk(source);
  } catch (problem) {
    if (!(problem instanceof LuaSyntaxError)) throw problem;
    return { error: `${chunkName(name)}:${problem.message}` };
  }
}

/** How LuaJIT names a text in its errors: by its first line, cut to 45 characters if that is not all. */
function chunkName(source: string): string {
  if (/^[=@]/.test(source)) return source.slice(1, 60);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the name ends at the first control character.
  const [line = ""] = /^[^\x00-\x1f]{0,48}/.exec(source) ?? [];
  return line === source ? `[string "${source}"]` : `[string "${line.slice(0, 45)}..."]`;
}
