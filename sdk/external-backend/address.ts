import * as pulumi from "@pulumi/pulumi";
import { addressProblem } from "../../provider/kuma/external-service.ts";

/** A host with its port. */
export interface Address {
  /** An IPv6 address has its brackets. */
  host: string;
  port: number;
}

/** Takes an address apart. A wrong one is refused as early as it is known. */
export function addressOf(what: string, path: string, address: pulumi.Input<string>): pulumi.Output<Address> {
  const parse = (text: string): Address => {
    const problem = addressProblem(text);
    if (problem) throw new Error(`${what}: ${path}: ${JSON.stringify(text)} ${problem}.`);
    const colon = text.lastIndexOf(":");
    return { host: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
  };
  if (typeof address === "string") return pulumi.output(parse(address));
  return pulumi.output(address).apply(parse);
}
