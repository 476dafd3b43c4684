import { isObject, type JsonObject, UNKNOWN } from "../../model/fields.ts";
import { nearest } from "../../model/nearest.ts";
import { ownershipOf } from "../../model/owner.ts";
import type { Inspection } from "./inspection.ts";
import type { Remarks, Subject } from "./subject.ts";

const SERVICE = "kuma.io/service";
const ZONE = "kuma.io/zone";

/** What this control plane has that the resource will meet. */
export async function inspectAt(inspection: Inspection, subject: Subject): Promise<Remarks> {
  const { kind, id, args } = subject;
  const warnings: string[] = [];
  const { mesh } = args;
  if (typeof mesh === "string" && mesh !== UNKNOWN) {
    if ((await inspection.exists("meshes", mesh)) === false) {
      warnings.push(
        `The ${kind.title} "${id}" is of the mesh "${mesh}", which is neither at ${inspection.url} nor declared before it in ` +
          "this program. Declare it there and pass its name, or check the name.",
      );
    }
    const service = isObject(args.tags) ? args.tags[SERVICE] : undefined;
    if (typeof service === "string" && service !== UNKNOWN) {
      warnings.push(...(await namesakes(inspection, subject, mesh, service)));
    }
  }
  const unknown = kind.specific && (await unknownType(inspection, args.type));
  return { errors: unknown === undefined ? [] : [unknown], warnings };
}

/** What is wrong with the type of an object of which only the server knows more, if it tells which types it has. */
async function unknownType(inspection: Inspection, type: unknown): Promise<string | undefined> {
  if (typeof type !== "string" || type === UNKNOWN) return undefined;
  const answer = await inspection.document("_resources", true);
  if (!isObject(answer) || !Array.isArray(answer.resources)) return undefined;
  const types = answer.resources.flatMap((one) => (isObject(one) ? [String(one.name)] : []));
  if (types.length === 0 || types.includes(type)) return undefined;
  const near = nearest(type, types);
  const hint = near === undefined ? "" : `; did you mean "${near}"?`;
  return `type: the control plane ${inspection.url} has no type "${type}"${hint}`;
}

/** Services and data planes of the same mesh that others have made under the same name. */
async function namesakes(
  inspection: Inspection,
  { id, args, stack }: Subject,
  mesh: string,
  service: string,
): Promise<string[]> {
  const zone = isObject(args.tags) ? args.tags[ZONE] : undefined;
  const services = ((await inspection.objects("external-services")) ?? []).filter(
    (other) =>
      other.mesh === mesh &&
      `${mesh}/${String(other.name)}` !== id &&
      isObject(other.tags) &&
      other.tags[SERVICE] === service &&
      (zone === undefined || other.tags[ZONE] === undefined || other.tags[ZONE] === zone) &&
      // Those of this stack are judged together, by its lints.
      (stack === undefined || ownershipOf(other)?.stack !== stack),
  );
  const dataplanes = ((await inspection.objects("dataplanes")) ?? []).filter(
    (other) => other.mesh === mesh && inboundTags(other).some((tags) => tags[SERVICE] === service),
  );
  const others = [
    ...services.map(({ name }) => `the external service "${String(name)}"`),
    ...dataplanes.map(({ name }) => `the data plane "${String(name)}"`),
  ];
  if (others.length === 0) return [];
  const shown = others.slice(0, 5).join(", ");
  const more = others.length > 5 ? ` and ${others.length - 5} more` : "";
  return [
    `The external service "${id}" has the ${SERVICE} "${service}" of ${shown}${more} in the same mesh, so each request goes to any of them. ` +
      `Give it another ${SERVICE}, or, if they are the same service in several zones, each its ${ZONE}.`,
  ];
}

function inboundTags({ networking }: JsonObject): JsonObject[] {
  const inbound = isObject(networking) && Array.isArray(networking.inbound) ? networking.inbound : [];
  return inbound.flatMap((one) => (isObject(one) && isObject(one.tags) ? [one.tags] : []));
}
