/**
 * Does work some time later; work of one name is done once, however often it was asked for in the meantime. Slow
 * work takes that many times as long.
 */
export type Later = (name: string, work: () => void, slowness?: number) => void;

/** Work that waits until nothing has changed for so many milliseconds. */
export function timers(delay: number): { later: Later; stop(): void } {
  const waiting = new Map<string, NodeJS.Timeout>();
  return {
    later(name, work, slowness = 1) {
      clearTimeout(waiting.get(name));
      waiting.set(name, setTimeout(work, delay * slowness).unref());
    },
    stop() {
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };
}

/**
 * Work that is done by hand: one piece at a time, the one that has waited longest first, but urgent pieces before
 * all others. `next` says whether there was any.
 */
export function byHand(isUrgent: (name: string) => boolean = () => false): { later: Later; next(): boolean } {
  const waiting = new Map<string, () => void>();
  return {
    later(name, work) {
      if (!waiting.has(name)) waiting.set(name, work);
    },
    next() {
      const first = [...waiting].find(([name]) => isUrgent(name)) ?? [...waiting][0];
      if (!first) return false;
      const [name, work] = first;
      waiting.delete(name);
      work();
      return true;
    },
  };
}
