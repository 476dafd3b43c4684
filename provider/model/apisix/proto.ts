import * as z from "zod";
import type { Kind } from "../kind.ts";
import { desc, idArgument, labels, name, SERVER_MADE } from "./fields.ts";

/** Protocol buffer definitions, for grpc-transcode. */
export const proto: Kind = {
  type: "apisix:Proto",
  title: "proto",
  doc: "Protocol buffer definitions, for the plugin grpc-transcode.",
  docs: "https://apisix.apache.org/docs/apisix/admin-api/#proto",
  examples: [
    `
import { readFileSync } from "node:fs";

new apisix.Proto("greeter", { content: readFileSync("greeter.proto", "utf8") });
`,
  ],
  dialect: "apisix",
  identity: ["protoId"],
  schema: z.strictObject({
    protoId: idArgument("proto"),
    content: z
      .string()
      .min(1)
      .max(1048576)
      .describe("The definitions: text of a .proto file, or a binary descriptor as base64, at most 1 MiB."),
    name,
    desc,
    labels,
  }),
  labelsSince: "3.13",
  serverSchema: "proto",
  path: ([id]) => `protos/${id}`,
  serverMade: SERVER_MADE,
};
