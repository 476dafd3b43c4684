import { Lexer, LuaSyntaxError, type Token } from "./lexer.ts";

/** The place in a text of Lua that a parser has come to. */
export class Cursor {
  readonly #lexer: Lexer;
  #ahead: Token | undefined;
  /** The token that comes next. */
  token: Token;

  constructor(source: string) {
    // A first line that begins with # is for the shell.
    this.#lexer = new Lexer(source.replace(/^#[^\r\n]*/, ""));
    this.token = this.#lexer.next();
  }

  /** Takes the next token. */
  next(): Token {
    const { token } = this;
    this.token = this.#ahead ?? this.#lexer.next();
    this.#ahead = undefined;
    return token;
  }

  /** The token after the next one. */
  look(): Token {
    this.#ahead ??= this.#lexer.next();
    return this.#ahead;
  }

  /** Whether the next token is of one of the kinds. */
  is(...kinds: string[]): boolean {
    return kinds.includes(this.token.kind);
  }

  /** Takes the next token if it is of the kind, and tells whether it was. */
  skip(kind: string): boolean {
    if (!this.is(kind)) return false;
    this.next();
    return true;
  }

  /** Takes the next token, which must be of the kind. */
  take(kind: string): Token {
    if (!this.is(kind)) this.fail(`'${kind}' expected`);
    return this.next();
  }

  /** Takes what closes something that was opened in a line. */
  close(kind: string, opened: string, line: number): void {
    if (this.skip(kind)) return;
    if (line === this.token.line) this.fail(`'${kind}' expected`);
    this.fail(`'${kind}' expected (to close '${opened}' at line ${line})`);
  }

  /** Refuses the text for what comes next. */
  fail(problem: string): never {
    const { text, line } = this.#ahead ?? this.token;
    const near = this.token.kind.startsWith("<") && this.token.kind !== "<eof>" ? text : this.token.text;
    throw new LuaSyntaxError(`${line}: ${problem} near '${near}'`);
  }

  /** Refuses the text for something before this place. */
  failBefore(problem: string): never {
    throw new LuaSyntaxError(`${this.token.line}: ${problem}`);
  }
}
