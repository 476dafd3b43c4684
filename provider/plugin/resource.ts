import { createHash } from "node:crypto";

/** What a URN says about a resource. */
export interface ResourceIdentity {
  /** As in `apisix:index:Route`. */
  type: string;
  name: string;
  /** The hash that says whose an object is. */
  owner: string;
  /** PROJECT.STACK as a label's value. */
  stack: string;
}

/** Reads a URN: `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. */
export function identityOfResource(urn: string): ResourceIdentity {
  const [stack = "", project = "", types = "", ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return {
    type: types.slice(types.lastIndexOf("$") + 1),
    name: name.join("::"),
    owner: createHash("sha256").update(urn).digest("hex").slice(0, 16),
    stack: labelOf(`${project}.${stack}`),
  };
}

/** Letters, digits, `-`, `_` and `.`, at most 63, first and last a letter or digit. */
function labelOf(text: string): string {
  return text
    .replace(/[^A-Za-z0-9\-_.]/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
