import * as pulumi from "@pulumi/pulumi";
import { declareGlobal } from "./global";
import { declareZone } from "./zone";

// Every other stack is a zone's, also of one that is being removed: `pulumi destroy --run-program` needs its program.
const stack = pulumi.getStack();
if (stack === "global") declareGlobal();
else declareZone(stack);
