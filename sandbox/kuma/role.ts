/** What a control plane is within its federation; a standalone one is a zone of its own. */
export type Role = { mode: "standalone" } | { mode: "global" } | { mode: "zone"; zone: string };
