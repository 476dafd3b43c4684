import { gatewaysOf } from "../provider/model/inventory/gateways.ts";
import { controlPlanesOf } from "../provider/model/inventory/meshes.ts";
import { visibleIn } from "./code.ts";
import { explainConnection } from "./explain-connection.ts";
import { connectionText } from "./explain-connection-text.ts";
import type { ExplainOptions } from "./explain-options.ts";
import { explainRequest } from "./explain-request.ts";
import { requestText } from "./explain-request-text.ts";
import { Problem } from "./problem.ts";
import { readAll } from "./read-sources.ts";

/** What a command prints, and its exit status. */
export interface Result {
  text: string;
  /** What goes to standard error beside it. */
  errors?: string;
  status: 0 | 1 | 2;
}

/** Answers the question for every gateway, or control plane, that the sources tell of. */
export async function explain({ sources, question, json }: ExplainOptions): Promise<Result> {
  const { resources, notes } = await readAll(sources);
  if (question.about === "request") {
    const gateways = gatewaysOf(resources);
    if (gateways.length === 0) throw new Problem(["No source has anything of APISIX.", ...notes].join("\n"));
    const answers = gateways.map((one) => explainRequest(one, question));
    const outcomes = answers.map(({ outcome }) => outcome);
    const text = json
      ? asJson("request", question, answers, notes)
      : asText(
          answers.map((one) => requestText(visibleIn(one), visibleIn(question))),
          notes,
        );
    return { text, status: statusOf(outcomes) };
  }
  const planes = controlPlanesOf(resources).filter(({ meshes }) => meshes.includes(question.mesh));
  if (planes.length === 0) {
    const known = [...new Set(controlPlanesOf(resources).flatMap(({ meshes }) => meshes))];
    const there = known.length > 0 ? `there is ${known.join(", ")}` : "no source has anything of Kuma";
    throw new Problem([`No source has the mesh ${question.mesh}: ${there}.`, ...notes].join("\n"));
  }
  const answers = planes.map((one) => explainConnection(one, question));
  const text = json
    ? asJson("connection", question, answers, notes)
    : asText(
        answers.map((one) => connectionText(visibleIn(one), visibleIn(question))),
        notes,
      );
  return { text, status: statusOf(answers.map(({ outcome }) => outcome)) };
}

function statusOf(outcomes: readonly string[]): 0 | 1 | 2 {
  if (outcomes.includes("served")) return 0;
  return outcomes.includes("cannot be said") ? 2 : 1;
}

function asText(parts: readonly string[][], notes: readonly string[]): string {
  const missing = notes.length > 0 ? [["Not known", ...notes.map((note) => `  ${note}`)]] : [];
  return [...parts, ...missing].map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function asJson(
  about: string,
  question: object,
  answers: readonly object[],
  notes: readonly string[],
): string {
  return `${JSON.stringify({ version: 1, about, question: withoutHeaders(question), answers, notes }, undefined, 2)}\n`;
}

/** A header may be a key. */
function withoutHeaders(question: object): object {
  const { about: _, headers: __, ...rest } = question as { about: string; headers?: unknown };
  return rest;
}
