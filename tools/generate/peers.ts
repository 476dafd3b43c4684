import { readFileSync } from "node:fs";
import { join } from "node:path";
import { leftTable } from "../markdown.ts";
import { repository } from "../repository.ts";
import { withPart } from "./tables.ts";

/** Another program for the same work, or this package. */
export interface Peer {
  name: string;
  /** The version of which the cells speak. */
  version: string;
  /** Where its sources are; left out for this package. */
  url?: string;
}

/** A row of the comparison. What is not known of a peer has no cell. */
export interface Question {
  question: string;
  /** By the names of the peers. `source` is the place in its repository, or its command, from which the text was read. */
  cells: Record<string, { text: string; source: string }>;
}

/** The README. */
export const readmeFile: string = join(repository, "README.md");

/** What is known of this package and others. */
export function comparison(): { peers: Record<string, Peer>; questions: Question[] } {
  return JSON.parse(readFileSync(join(repository, "docs", "peers.json"), "utf8"));
}

/** The README with its table of peers as it has to be. */
export function readme(): string {
  const { peers, questions } = comparison();
  const heads = Object.values(peers).map(({ name, version, url }) =>
    url === undefined ? name : `[${name}](${url}) ${version}`,
  );
  const rows = questions.map(({ question, cells }) => [
    question,
    ...Object.keys(peers).map((peer) => cells[peer]?.text ?? ""),
  ]);
  return withPart(readFileSync(readmeFile, "utf8"), "peers", [leftTable([["", ...heads], ...rows])]);
}
