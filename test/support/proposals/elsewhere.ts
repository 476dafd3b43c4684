/** The proposals that other tests carry out, most of them through the engine: the file and the test. */
export const ELSEWHERE: readonly [proposal: string, file: string, title: string][] = [
  [
    "Check the URL, the network and whether the server runs; nothing is lost",
    "e2e/failures",
    "that cannot be reached is one clear error of each operation, and loses nothing",
  ],
  [
    "and stays as it is. Add it to the program",
    "e2e/import",
    "what the plugins import without a secret that the server does not give back can stay so, and change with it",
  ],
  ["or let the same stack declare both", "e2e/destroy", "a route goes before its upstream"],
  ["pass a provider", "e2e/providers", "a resource's own provider goes before its parent's"],
  [
    "After a rotation run `pulumi refresh`",
    "e2e/credentials",
    "after a rotation refresh, up and destroy go through, and the state has no credential in clear",
  ],
  [
    "If that is the same server under a new address",
    "e2e/right-server",
    "a changed URL is refused, and goes through with the server's id",
  ],
  [
    "If it is another server, run pulumi destroy",
    "e2e/proposals",
    "a stack goes to another server by a destroy with the old URL, or beside it with a second provider",
  ],
  [
    "if the resource was renamed, add aliases",
    "e2e/replacement",
    "a rename with an alias shows nothing and asks for no object",
  ],
  [
    "or choose another",
    "lifecycle/refusals",
    "proposes what is legal for $type and has at most 64 characters",
  ],
  [
    "To leave it there, remove it from this program and run pulumi state delete.",
    "e2e/proposals",
    "what another stack has taken over is left there by state delete, and neither stack sees a change",
  ],
  [
    "Give one of them another",
    "e2e/proposals",
    "of two resources that declare one object, one with another id makes both go through",
  ],
  [
    "Remove that first, or set deleteContents: true",
    "e2e/mesh",
    "a mesh with an object of somebody else in it is deleted only with deleteContents",
  ],
  [
    "External services belong to the global control plane",
    "e2e/federation",
    "external services go to the global control plane, zone egresses to the zone's",
  ],
  [
    "Set ignoreChanges on the resource itself",
    "e2e/words-old-states",
    "where a %s sets ignoreChanges, nothing is damaged, and after one run without it all goes on",
  ],
  [
    "Run once without ignoreChanges.",
    "e2e/words-old-states",
    "where a %s sets ignoreChanges, nothing is damaged, and after one run without it all goes on",
  ],
  [
    "pulumi-external-backends needs Node.js",
    "doors/node-version",
    "the Node.js that package.json promises is enough, and so are all later ones",
  ],
  [
    "Put them into a JSON file of names and values, and run the command again with",
    "e2e/import",
    "what is imported from live servers shows no change, can be changed, and goes when it is destroyed",
  ],
  [
    "secrets in clear, readable by you alone; delete it when all is done",
    "e2e/import",
    "what is imported from live servers shows no change, can be changed, and goes when it is destroyed",
  ],
  [
    "is set by another patch of this stack, too; set it in one place",
    "e2e/mesh",
    "two patches of one field in a stack are an error at preview, and one goes through",
  ],
  [
    "customTimeouts do not reach dynamic resources; set requestTimeout (seconds) on the provider instead.",
    "e2e/proposals",
    "what a slow server does not make for customTimeouts it makes for the provider's requestTimeout",
  ],
  [
    "To take over what exists at the server, declare it and set adopt: true; to read it only, use Upstream.get(",
    "e2e/proposals",
    "what the option import does not take over adopt does, and get reads it",
  ],
  [
    "ignoreChanges knows nothing of entries; use the argument ignore",
    "e2e/proposals",
    "what ignoreChanges cannot leave alone in a bundle, ignore does",
  ],
];
