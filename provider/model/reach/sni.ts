/** The server name under which an egress knows an ExternalService. */
export function sniOfTag(tag: string, mesh: string): string {
  return `${tag}{mesh=${mesh}}`;
}

/** The server name under which an egress knows a MeshExternalService. */
export function sniOfMeshExternalService(name: string, port: number, mesh: string): string {
  return `a${hash(`${name};${mesh};`)}.${label(name)}.${port}.${label(mesh)}.mes`;
}

function label(text: string): string {
  return text.length > 62 ? `${text.slice(0, 62)}x` : text;
}

/** FNV-1a with 64 bits, as hexadecimal digits. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    value = BigInt.asUintN(64, (value ^ BigInt(byte)) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0");
}
