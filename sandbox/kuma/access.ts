import { KumaError } from "./errors.ts";
import type { Kind } from "./kinds/index.ts";

/** User tokens that the control plane issued. */
export interface Tokens {
  /** May do everything. */
  admin: string;
  /** May do everything but read and write secrets, as a user of any group on a control plane without further access rules. */
  viewer?: string;
  /** No longer valid. */
  expired?: string;
}

/** Who sends a request, as Kuma writes it. */
export type User = "admin" | "dev/viewers,mesh-system:authenticated" | typeof anonymous;

const anonymous = "mesh-system:anonymous/mesh-system:unauthenticated";

/**
 * Finds out who sends a request. A request without a token is the administrator's if `localhostIsAdmin` says
 * so. With `localhostIsAdmin` and no tokens at all a token is not looked at.
 */
export function authenticate(
  authorization: string | undefined,
  tokens: Tokens | undefined,
  localhostIsAdmin: boolean,
): User {
  const token = /^Bearer (.*)$/.exec(authorization ?? "")?.[1];
  if (token === undefined || (!tokens && localhostIsAdmin)) return localhostIsAdmin ? "admin" : anonymous;
  if (tokens && token === tokens.admin) return "admin";
  if (tokens && token === tokens.viewer) return "dev/viewers,mesh-system:authenticated";
  throw new KumaError(401, "Invalid authentication data", "Unauthenticated");
}

/** Refuses secrets to everybody but the administrator. */
export function checkAccess(user: User, { type, adminOnly }: Kind): void {
  if (user === "admin" || !adminOnly) return;
  throw new KumaError(403, "Access Denied", `user "${user}" cannot access the resource of type "${type}"`);
}
