import { describe } from "vitest";
import { EXTERNAL_BACKEND } from "../support/proposals/external-backend.ts";
import { KUBERNETES } from "../support/proposals/kubernetes.ts";
import { MANIFESTS } from "../support/proposals/manifests.ts";
import { OPTIONAL_PEER } from "../support/proposals/optional-peer.ts";
import { carryOut } from "../support/proposals/row.ts";

describe("what an ExternalBackend proposes helps", () => carryOut(EXTERNAL_BACKEND, undefined));
describe("what Manifests propose helps", () => carryOut(MANIFESTS, undefined));
describe("what objects of Kubernetes propose helps", () => carryOut(KUBERNETES, undefined));
describe("the package that is said to be needed helps", () => carryOut(OPTIONAL_PEER, undefined));
