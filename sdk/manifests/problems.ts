import { RunError } from "@pulumi/pulumi";
import { printable, shortened } from "../../provider/model/text.ts";

/** Of one sentence; what is longer repeats a text of the manifest. */
const MOST_CHARACTERS = 1000;

/** Where something stands. */
export interface Place {
  file: string;
  line: number;
}

/** What is wrong with manifests. Nothing has been declared, and so nothing changed, when it is thrown. */
export class ManifestError extends RunError {
  /** Stable, for programs. */
  readonly kind = "INVALID_MANIFEST";

  constructor(message: string) {
    super(message);
    this.name = "ManifestError";
    this.stack = message;
  }
}

/** Gathers everything that is wrong, so that one run shows it all. */
export class Problems {
  readonly #lines = new Set<string>();

  /** Adds a sentence about what stands at a place. */
  add(place: Place | { file: string }, sentence: string): void {
    this.#lines.add(printable(`${show(place)}: ${shortened(sentence, MOST_CHARACTERS)}`));
  }

  /** Throws when something was added. */
  throwIfAny(what: string): void {
    if (this.#lines.size > 0) throw new ManifestError(`${what}: ${[...this.#lines].join("\n  ")}`);
  }
}

/** A place as editors and terminals take it: `httpbin.yaml:7`. */
export function show(place: Place | { file: string }): string {
  return "line" in place ? `${place.file}:${place.line}` : place.file;
}
