import { BlockList, isIPv4, isIPv6 } from "node:net";

/** Whether a text is an address, or a network such as `10.0.0.0/8`, as APISIX reads it. */
export function isNetwork(range: string): boolean {
  const address = addressOf(range);
  return isIPv4(address) || isIPv6(address);
}

/** The address of a network, without its prefix and the brackets of IPv6. */
export function addressOf(range: string): string {
  const [address = ""] = range.split("/");
  return address.replace(/^\[(.*)\]$/, "$1");
}

/** Whether an address is the given one, or within the given network (`10.0.0.0/8`). */
export function inNetwork(range: string, address: string): boolean {
  if (!isNetwork(range) || !isNetwork(address)) return false;
  const network = addressOf(range);
  const family = (text: string) => (isIPv6(text) ? "ipv6" : "ipv4");
  const [, length] = range.split("/");
  const bits = isIPv6(network) ? 128 : 32;
  const prefix = length !== undefined && /^\d+$/.test(length) ? Math.min(Number(length), bits) : bits;
  const list = new BlockList();
  list.addSubnet(network, prefix, family(network));
  return list.check(addressOf(address), family(addressOf(address)));
}
