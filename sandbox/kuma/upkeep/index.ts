import { isDeepStrictEqual } from "node:util";
import type { ControlPlane } from "../control-plane.ts";
import type { StoredObject } from "../store.ts";
import { SELECTORS, withHostnames } from "./hostnames.ts";
import { withInitialisation } from "./identities.ts";
import { withAvailableServices } from "./ingresses.ts";
import type { Later } from "./later.ts";
import { makeMeshBelongings } from "./mesh-belongings.ts";
import { makeMeshServices, makeWorkloads, observed, withMembers } from "./mesh-services.ts";
import { withReferences } from "./telemetry.ts";
import { Addresses } from "./vips.ts";

/** How much longer than addresses and host names the control plane takes for everything else that it observes. */
const SLOWER = 8;

/** What a control plane does by itself when something has changed: some of it at once, the rest later. */
export class Upkeep {
  readonly #controlPlane: ControlPlane;
  readonly #later: Later | undefined;
  readonly #addresses = new Addresses();
  #isWorking = false;

  /** Without a later, nothing is done but what is done at once. */
  constructor(controlPlane: ControlPlane, later: Later | undefined) {
    this.#controlPlane = controlPlane;
    this.#later = later;
    controlPlane.store.onChange((before, after) => this.#changed(before, after));
  }

  #changed(before: StoredObject | undefined, after: StoredObject | undefined): void {
    if (this.#isWorking) return;
    if (after?.type === "Mesh") {
      this.#work(() => makeMeshBelongings(this.#controlPlane, after, before === undefined));
    }
    // Services have addresses in zones; the global control plane only passes them on.
    if (this.#controlPlane.role.mode === "global") return;
    this.#later?.("addresses", () => this.#work(() => this.#giveAddresses()));
    this.#later?.("host names", () => this.#work(() => this.#giveHostnames()));
    this.#later?.("everything else", () => this.#work(() => this.#observe()), SLOWER);
  }

  #work(work: () => void): void {
    const wasWorking = this.#isWorking;
    this.#isWorking = true;
    try {
      work();
    } finally {
      this.#isWorking = wasWorking;
    }
  }

  #giveAddresses(): void {
    const { store } = this.#controlPlane;
    const services = Object.keys(SELECTORS).flatMap((type) => store.list(type));
    this.#put(services.map((service) => this.#addresses.complete(service)));
  }

  #giveHostnames(): void {
    const { store, zone } = this.#controlPlane;
    const generators = store.list("HostnameGenerator");
    for (const type of Object.keys(SELECTORS)) this.#put(withHostnames(store.list(type), generators, zone));
  }

  #observe(): void {
    const controlPlane = this.#controlPlane;
    const { store } = controlPlane;
    for (const mesh of store.list("Mesh")) {
      makeMeshServices(controlPlane, mesh);
      makeWorkloads(controlPlane, mesh);
    }
    this.#put(store.list("MeshIdentity").map((identity) => withInitialisation(controlPlane, identity)));
    this.#put(store.list("MeshService").map((service) => observed(controlPlane, service)));
    this.#put(store.list("MeshMultiZoneService").map((service) => withMembers(controlPlane, service)));
    this.#put(withReferences(controlPlane));
    this.#put(withAvailableServices(controlPlane));
    this.#giveAddresses();
    this.#giveHostnames();
  }

  /** Stores what differs from what is stored. */
  #put(objects: StoredObject[]): void {
    const { store } = this.#controlPlane;
    for (const object of objects) {
      if (!isDeepStrictEqual(object, store.get(object.type, object.mesh, object.name))) store.put(object);
    }
  }
}
