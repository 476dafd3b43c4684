/** Where previews or comparisons are behind what the servers do. Each is to be mended; none may be added for a new field. */
interface Gap {
  why: string;
  kinds: RegExp;
  /** The server's refusal of what no preview refuses. */
  refusal?: RegExp;
  /** The field that a read says to have drifted although nothing did. */
  drift?: RegExp;
}

/** All of them. */
export const GAPS: readonly Gap[] = [
  {
    why: "addresses, TLS versions and names of mesh external services; names over 63 characters",
    kinds: /^kuma:MeshExternalService$/,
    refusal: /400: /,
  },
  { why: "Kuma writes a time in seconds", kinds: /^kuma:Mesh(Patch)?$/, drift: /^mtls\.backends/ },
  {
    why: "what a policy says is judged by the server",
    kinds: /^kuma:Policy$/,
    refusal: /400: /,
    drift: /^spec\./,
  },
];

/** The gap that a refusal by the server, or a field that has drifted, is part of. */
export function gapOf(type: string, found: { refusal: string } | { drift: string }): Gap | undefined {
  return GAPS.find(
    ({ kinds, refusal, drift }) =>
      kinds.test(type) && ("refusal" in found ? refusal?.test(found.refusal) : drift?.test(found.drift)),
  );
}
