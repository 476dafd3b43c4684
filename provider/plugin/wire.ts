/** How a field's value stands in a message: protobuf's wire types. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
const GROUP_START = 3;
const GROUP_END = 4;
const FIXED32 = 5;

/** Messages inside one another deeper than this are refused, before the stack of calls is used up. */
const DEEPEST = 4000;

/** Bytes that are no message, or a message that has no bytes: the text says why. */
export class WireError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "WireError";
  }
}

/** Reads protobuf's wire format. Everything that does not fit into the bytes is a {@link WireError}. */
export class Reader {
  /** Where the message that is being read ends. */
  end: number;
  readonly #bytes: Buffer;
  #position = 0;
  #depth = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
  }

  /** False at the end of the message that is being read. */
  get more(): boolean {
    return this.#position < this.end;
  }

  /** The next field's number and wire type, as `number * 8 + type`. */
  tag(): number {
    const tag = this.#unsigned();
    if (tag < 8) throw new WireError("a field has the number 0");
    return tag;
  }

  /** An integer of up to 64 bits, with a sign; beyond 2^53 its last digits are lost. */
  integer(): number {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte();
      const bits = byte & 127;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >> 4;
      } else high |= bits << (shift - 32);
      if (byte < 128) return high * 0x1_0000_0000 + (low >>> 0);
    }
    throw new WireError("an integer has more than 10 bytes");
  }

  double(): number {
    const at = this.#take(8);
    return this.#bytes.readDoubleLE(at);
  }

  text(): string {
    const length = this.#unsigned();
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  bytes(): Uint8Array {
    const length = this.#unsigned();
    const at = this.#take(length);
    return new Uint8Array(this.#bytes.subarray(at, at + length));
  }

  /** Goes into a message inside this one; {@link leave} with what this returns goes on behind it. */
  enter(): number {
    const length = this.#unsigned();
    if (length > this.end - this.#position) throw new WireError("the bytes end too early");
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new WireError("values are nested too deeply");
    const outer = this.end;
    this.end = this.#position + length;
    return outer;
  }

  leave(outer: number): void {
    this.#depth -= 1;
    this.end = outer;
  }

  /** Passes over the value of a field that nobody reads. */
  skip(tag: number): void {
    const type = tag & 7;
    if (type === VARINT) this.integer();
    else if (type === FIXED64) this.#take(8);
    else if (type === BYTES) this.#take(this.#unsigned());
    else if (type === FIXED32) this.#take(4);
    else
      throw new WireError(
        type === GROUP_START || type === GROUP_END ? "groups are not read" : "no type of a field",
      );
  }

  #byte(): number {
    if (this.#position >= this.end) throw new WireError("the bytes end too early");
    return this.#bytes[this.#position++] as number;
  }

  /** A length or a tag. */
  #unsigned(): number {
    const byte = this.#byte();
    if (byte < 128) return byte;
    this.#position -= 1;
    const value = this.integer();
    if (value < 0 || value > 0xffff_ffff) throw new WireError("a length or a number of a field is too large");
    return value;
  }

  #take(length: number): number {
    const at = this.#position;
    if (length > this.end - at) throw new WireError("the bytes end too early");
    this.#position = at + length;
    return at;
  }
}

/**
 * Writes protobuf's wire format from the end to the beginning: what comes last is written first. So a message's length is
 * known when its turn comes, and nothing is measured or moved.
 */
export class Writer {
  #bytes = Buffer.allocUnsafe(1024);
  #start = 1024;

  /** How much has been written. */
  get length(): number {
    return this.#bytes.length - this.#start;
  }

  /** What has been written. */
  finish(): Buffer {
    return this.#bytes.subarray(this.#start);
  }

  tag(number: number, type: number): void {
    this.integer(number * 8 + type);
  }

  /** An integer of up to 53 bits and a sign. */
  integer(value: number): void {
    if (value >= 0 && value < 128) {
      this.#reserve(1);
      this.#bytes[this.#start] = value;
      return;
    }
    let low = value >>> 0;
    let high = Math.floor(value / 0x1_0000_0000) >>> 0;
    const groups: number[] = [];
    do {
      groups.push(low & 127);
      low = (low >>> 7) | ((high & 127) << 25);
      low >>>= 0;
      high >>>= 7;
    } while (low !== 0 || high !== 0);
    this.#reserve(groups.length);
    groups.forEach((bits, index) => {
      this.#bytes[this.#start + index] = index < groups.length - 1 ? bits | 128 : bits;
    });
  }

  double(value: number): void {
    this.#reserve(8);
    this.#bytes.writeDoubleLE(value, this.#start);
  }

  /** A text with its length before it. */
  text(value: string): void {
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.#bytes.write(value, this.#start, length, "utf8");
    this.integer(length);
  }

  /** Bytes with their length before them. */
  bytes(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#start);
    this.integer(value.length);
  }

  #reserve(length: number): void {
    if (length > this.#start) this.#grow(length);
    this.#start -= length;
  }

  #grow(length: number): void {
    const written = this.length;
    const bytes = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, written + length + 1024));
    this.#bytes.copy(bytes, bytes.length - written, this.#start);
    this.#start = bytes.length - written;
    this.#bytes = bytes;
  }
}
