const events = ["uncaughtException", "unhandledRejection"] as const;
type Listener = (...args: unknown[]) => void;

let running = 0;
let before: Listener[][] = [];

/**
 * Does something, and afterwards removes the listeners for uncaught errors that it has left on the process. Pulumi's
 * inline programs leave theirs when the engine ends before the program does, and each would report the errors of every
 * later program once more.
 */
export async function withoutLeftListeners<T>(work: () => Promise<T>): Promise<T> {
  if (running === 0) before = events.map(listenersOf);
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    // While another program runs, a listener may be its own.
    if (running === 0) events.forEach(removeNew);
  }
}

function listenersOf(event: string): Listener[] {
  return process.listeners(event as NodeJS.Signals) as Listener[];
}

function removeNew(event: string, index: number): void {
  for (const listener of listenersOf(event)) {
    if (!before[index]?.includes(listener)) process.off(event, listener);
  }
}
