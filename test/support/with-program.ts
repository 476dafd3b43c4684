import * as grpc from "@grpc/grpc-js";
// @ts-expect-error: its types leave the class out.
import { LanguageServer } from "@pulumi/pulumi/automation/server.js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type { OperationOptions, TestStack } from "../../tools/engine.ts";

/** Runs a command of Pulumi that runs the stack's program, with options that the Automation API does not have. */
export async function withProgram(
  stack: TestStack,
  args: string[],
  options: OperationOptions = {},
): Promise<string> {
  const server = new grpc.Server();
  server.addService(LanguageRuntimeService, new LanguageServer(stack.program) as never);
  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  try {
    const client = [`--client=127.0.0.1:${port}`, "--exec-kind=auto.inline"];
    return (await stack.cli([...args, ...client], options)).output;
  } finally {
    server.forceShutdown();
  }
}
