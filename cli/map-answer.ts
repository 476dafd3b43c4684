import * as z from "zod";
import { EFFECTS } from "../provider/model/change/line.ts";

/** Whose something is. */
export const owner = z.strictObject({
  type: z.string().describe("As in `apisix:Route`."),
  name: z.string().describe("Pulumi's name of it, or the object's id where it is in no stack."),
  place: z.string(),
  stack: z.string().optional().describe("PROJECT/STACK; absent where no stack has it."),
  line: z.string().optional().describe("Where the program declares it, as in `index.ts line 7`."),
  changed: z.string().optional().describe("When it was changed last."),
  operation: z.string().optional().describe("What the preview does with it."),
  differs: z.array(z.string()).optional().describe("The arguments that the preview changes."),
});

const certificate = z.strictObject({
  field: z.string().describe("Where it stands."),
  subject: z.string(),
  validUntil: z.string().describe("ISO 8601."),
});

const exit = z.strictObject({
  group: z.string().describe("By `--by`; empty where it has none."),
  host: z.string().describe("A name or an address; `*` for all, `?` where it is not known."),
  port: z.int().nullable().describe("Null where every port is meant, or where it is not known."),
  protocol: z.string(),
  tls: z.enum(["verified", "not verified", "cannot be verified at APISIX", "none", "not known"]),
  from: z.array(z.string()).describe("From where it is reached."),
  place: z.string(),
  owners: z.array(owner).describe("What names it first, then what leads there."),
  labels: z.record(z.string(), z.string()).describe("Those of the first owner."),
  certificates: z.array(certificate),
  because: z.array(z.string()).describe("What of it is not known."),
});

/** The answer of `map --json`. */
export const mapAnswer = z
  .strictObject({
    version: z.literal(1),
    exits: z.array(exit),
    ending: z.array(certificate).describe("Certificates that end within `--days`."),
    comparison: z
      .strictObject({
        unmanaged: z.array(owner).describe("At a server, and in no state that was given."),
        differing: z.array(z.strictObject({ owner, fields: z.array(z.string()) })),
        missing: z.array(owner).describe("In a state, and not at its server."),
      })
      .optional()
      .describe("Present where both states or previews and servers were read."),
    notes: z.array(z.string()).describe("What could not be read."),
  })
  .meta({ title: "Answer of pulumi-external-backends map --json" });

/** See {@link mapAnswer}. */
export type MapAnswer = z.infer<typeof mapAnswer>;
/** A row of the map. */
export type MapRow = MapAnswer["exits"][number];

/** The answer of `map --change --json`. */
export const changeAnswer = z
  .strictObject({
    version: z.literal(1),
    changes: z.array(
      z.strictObject({
        effect: z.enum(EFFECTS),
        about: z.string().describe("As in `route r1` or `httpbin.org:443`."),
        place: z.string(),
        text: z.string().describe("For people."),
        examples: z.array(z.string()).describe("Requests that it was seen with."),
      }),
    ),
    notes: z.array(z.string()).describe("What could not be read."),
  })
  .meta({ title: "Answer of pulumi-external-backends map --change --json" });
