/** A difference between the sandbox and a real APISIX that is meant to be. */
interface Known {
  why: string;
  words: RegExp;
}

/** All differences that there may be. */
export const KNOWN: Known[] = [
  {
    why: "the HTTP server of Node.js refuses methods and paths of which it knows nothing before the sandbox sees them",
    words: /^path: (\.status: 400 instead of \d+; )?(\.body: "" instead|\.contentType: nothing)/,
  },
  {
    why: "the sandbox reads only the beginnings of the statements of definitions, and tells no places",
    words: /(^|\W)(invalid content: |\/protos\/)/,
  },
  {
    why: "a secret manager's or a list's empty table may be written as a list or an object",
    words: /^\w+: \.body\.list: \[\] instead of \{\}$/,
  },
  {
    why: "the HTTP and the gateway's own bytes that are no UTF-8 are shown as bytes by the server",
    words: /\\ufffd|\ufffd/,
  },
  {
    why: "how many others have made meanwhile is not known",
    words: /instead of "others"$|"others" instead of/,
  },
  {
    why: "what of a list becomes of an id given to it is a list, without the id",
    words: /\.body\.value: \{"id":"RUN-\d"\} instead of \[\]/,
  },
];

/** The reason why a difference may be. */
export function knownDifference(what: string): string | undefined {
  return KNOWN.find(({ words }) => words.test(what))?.why;
}
