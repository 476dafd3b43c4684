/** Whether an address is the given one or within the given network (`10.0.0.0/8`); undefined for what is no such thing. */
export function inNetwork(network: string, address: string): boolean | undefined {
  const [base = "", mask] = network.split("/");
  const wanted = parse(base);
  if (!wanted || (mask !== undefined && !/^\d+$/.test(mask))) return undefined;
  const given = parse(address);
  if (given?.length !== wanted.length) return false;
  const bits = mask === undefined ? wanted.length : Number(mask);
  return bits > wanted.length ? undefined : given.slice(0, bits) === wanted.slice(0, bits);
}

/** Whether a text is an IP address, of version 4 or 6. */
export function isAddress(text: string): boolean {
  return parse(text) !== undefined;
}

/** The bits of an address, 32 or 128 of them. */
function parse(address: string): string | undefined {
  if (!address.includes(":")) return version4(address);
  const inner = /^\[.*\]$/.test(address) ? address.slice(1, -1) : address;
  const [head = "", tail, ...more] = inner.split("::");
  if (more.length > 0) return undefined;
  const left = groups(head);
  const right = tail === undefined ? "" : groups(tail);
  if (left === undefined || right === undefined) return undefined;
  const missing = 128 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 16) return undefined;
  return left + "0".repeat(missing) + right;
}

function version4(address: string): string | undefined {
  const numbers = address.split(".");
  if (numbers.length !== 4 || numbers.some((number) => !/^\d{1,3}$/.test(number) || Number(number) > 255)) {
    return undefined;
  }
  return numbers.map((number) => Number(number).toString(2).padStart(8, "0")).join("");
}

function groups(text: string): string | undefined {
  if (text === "") return "";
  const parts = text.split(":");
  let bits = "";
  for (const [index, part] of parts.entries()) {
    const last4 = index === parts.length - 1 && part.includes(".") ? version4(part) : undefined;
    if (last4 === undefined && !/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
    bits += last4 ?? Number.parseInt(part, 16).toString(2).padStart(16, "0");
  }
  return bits;
}
