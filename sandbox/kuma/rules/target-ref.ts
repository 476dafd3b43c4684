import type { Violation } from "../errors.ts";
import type { Fields } from "../message.ts";
import { complainIf, complaint, fields, isSet, list, text } from "./checks.ts";
import { checkSelector, checkTags } from "./tags.ts";

/** The kinds that a target reference can name. */
export type TargetKind =
  | "Mesh"
  | "MeshSubset"
  | "MeshGateway"
  | "MeshService"
  | "MeshExternalService"
  | "MeshMultiZoneService"
  | "MeshServiceSubset"
  | "MeshHTTPRoute"
  | "Dataplane";

/** What is special about the place where a reference stands. */
export interface Place {
  /** Said instead of the usual words when a kind is not taken here. */
  kindReason?: string;
  /** The policy has no rules for traffic that comes in, so that no single port can be chosen. */
  noInbound?: boolean;
  /** Listeners of a gateway cannot be chosen. */
  noListeners?: boolean;
  /** Names that are taken although they are none. */
  anyName?: string[];
}

type Check = (ref: Fields, field: string, place: Place) => Violation[];

const never =
  (...names: string[]): Check =>
  (ref, field) =>
    names
      .filter((name) => !isEmpty(ref[name]))
      .flatMap((name) => complaint(`${field}.${name}`, `must not be set with kind ${text(ref.kind)}`));

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === "" || Object.keys(Object(value)).length === 0;

const legalName: Check = ({ name }, field, { anyName = [] }) =>
  complainIf(
    !anyName.includes(text(name)) && !/^[0-9a-z.\-_]*$/.test(text(name)),
    `${field}.name`,
    "invalid characters: must consist of lower case alphanumeric characters, '-', '.' and '_'.",
  );

const proxyTypes: Check = ({ proxyTypes: types }, field) =>
  complainIf(
    isSet(types) && list(types).length === 0,
    `${field}.proxyTypes`,
    "must be undefined or have at least one element",
  );

const nameOrLabels =
  (reason: string): Check =>
  (ref, field) => [
    ...complainIf(
      isEmpty(ref.labels) && isEmpty(ref.name),
      field,
      `name or labels must be set when kind is ${text(ref.kind)}`,
    ),
    ...eitherLabelsOrName(reason)(ref, field, {}),
  ];

const eitherLabelsOrName =
  (reason: string): Check =>
  (ref, field) =>
    complainIf(
      !isEmpty(ref.labels) && !(isEmpty(ref.name) && isEmpty(ref.namespace)),
      `${field}.labels`,
      reason,
    );

const NAME_AND_NAMESPACE = "either labels or name and namespace must be specified";

const named: Check[] = [
  (ref, field) =>
    complainIf(isEmpty(ref.name), `${field}.name`, `must be set when kind is ${text(ref.kind)}`),
  legalName,
  never("mesh", "proxyTypes"),
  ({ tags }, field) => checkSelector(tags, `${field}.tags`),
  never("labels", "namespace", "sectionName"),
];

/** What each kind of reference may say beside its kind. */
const checks: Record<TargetKind, Check[]> = {
  Mesh: [
    ({ name }, field) =>
      complainIf(!isEmpty(name), `${field}.name`, "using name with kind Mesh is not yet supported"),
    never("mesh", "tags", "labels", "namespace", "sectionName"),
    proxyTypes,
  ],
  Dataplane: [
    never("tags", "mesh", "proxyTypes"),
    eitherLabelsOrName(NAME_AND_NAMESPACE),
    ({ sectionName }, field, { noInbound }) =>
      complainIf(
        noInbound === true && !isEmpty(sectionName),
        `${field}.sectionName`,
        "can only be used with inbound policies",
      ),
  ],
  MeshSubset: [
    never("name", "mesh", "labels", "namespace", "sectionName"),
    ({ tags }, field) => checkTags(tags, `${field}.tags`),
    proxyTypes,
  ],
  MeshService: [legalName, never("mesh", "tags", "proxyTypes"), nameOrLabels(NAME_AND_NAMESPACE)],
  MeshHTTPRoute: [
    legalName,
    never("mesh", "tags", "proxyTypes", "sectionName"),
    nameOrLabels(NAME_AND_NAMESPACE),
  ],
  MeshServiceSubset: named,
  MeshGateway: [
    ...named,
    (ref, field, { noListeners }) => (noListeners ? never("tags")(ref, field, {}) : []),
  ],
  MeshExternalService: [
    legalName,
    never("mesh", "tags", "proxyTypes", "sectionName"),
    nameOrLabels("either labels or name must be specified"),
  ],
  MeshMultiZoneService: [],
};

/** Checks a reference: its kind against those that this place takes, then what else it says. */
export function checkTargetRef(
  value: unknown,
  field: string,
  kinds: TargetKind[],
  place: Place = {},
): Violation[] {
  const ref = fields(value);
  const kind = text(ref.kind);
  if (kind === "") return complaint(`${field}.kind`, "must be defined");
  if (!(kinds as string[]).includes(kind)) {
    return complaint(`${field}.kind`, place.kindReason ?? `value '${kind}' is not supported`);
  }
  return checks[kind as TargetKind].flatMap((check) => check(ref, field, place));
}

/** Whether the reference also means gateways: it names one, or does not say that only sidecars are meant. */
export function includesGateways(value: unknown): boolean {
  const { kind, proxyTypes: types } = fields(value);
  if (kind === "MeshGateway" || kind === "MeshHTTPRoute") return true;
  const isOfMany = kind === "Mesh" || kind === "MeshSubset";
  return isOfMany && (list(types).length === 0 || list(types).includes("Gateway"));
}

/** What a PUT answers about a reference at the top that goes away. */
export function targetRefWarnings(value: unknown): string[] {
  const kind = text(fields(value).kind);
  if (["MeshService", "MeshServiceSubset", "MeshSubset"].includes(kind)) {
    return [`${kind} value for 'targetRef.kind' is deprecated, use Dataplane with labels instead`];
  }
  if (kind !== "MeshHTTPRoute") return [];
  return ["MeshHTTPRoute value for 'targetRef.kind' is deprecated, use MeshHTTPRoute in spec.to[].targetRef"];
}
