import * as pulumi from "@pulumi/pulumi";
import { addressProblem } from "../../provider/model/kuma/external-service.ts";
import { ExternalBackendError } from "./error.ts";

/** An address, whole and in its parts. */
export interface Address {
  /** `host:port`. */
  text: string;
  /** An IPv6 address has its brackets. */
  host: string;
  port: number;
}

/** What is wrong with an address, as far as it is known already. */
export function addressRefusal(path: string, address: pulumi.Input<string>): string | undefined {
  if (typeof address !== "string") return undefined;
  const problem = addressProblem(address);
  return problem && `${path}: ${JSON.stringify(address)} ${problem}.`;
}

/** Takes an address apart; one that becomes known later is refused then. */
export function addressOf(what: string, path: string, address: pulumi.Input<string>): pulumi.Output<Address> {
  const output = pulumi.output(address);
  return pulumi.all([output, pulumi.isSecret(output)]).apply(([text, secret]) => {
    const refusal = addressRefusal(path, text);
    if (refusal) {
      const problem = `${path}: ${addressProblem(text)}.`;
      throw new ExternalBackendError(what, [secret ? problem : refusal]);
    }
    const colon = text.lastIndexOf(":");
    return { text, host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
  });
}
