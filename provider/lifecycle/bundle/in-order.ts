/** Some work that may have to wait for other work. */
export interface Task {
  /** What has to be done before. */
  after: Set<Task>;
  work(): Promise<void>;
}

/**
 * Does all of it, at most so many at once, each after what it waits for. Tasks that wait for each other in a circle begin in
 * the order in which they are given. `goesOn` is asked before each; what it refuses is not begun.
 */
export async function inOrder(tasks: readonly Task[], most: number, goesOn: () => boolean): Promise<void> {
  const waiting = new Map(tasks.map((task) => [task, task.after.size]));
  const followers = new Map<Task, Task[]>();
  for (const task of tasks)
    for (const before of task.after) {
      const known = followers.get(before);
      if (known) known.push(task);
      else followers.set(before, [task]);
    }
  const ready = tasks.filter((task) => task.after.size === 0);
  for (const task of ready) waiting.delete(task);
  let next = 0;
  await new Promise<void>((resolve, reject) => {
    let running = 0;
    const begin = () => {
      while (running < most) {
        if (!goesOn()) next = ready.length;
        else if (next === ready.length && running === 0 && waiting.size > 0) {
          const [first] = waiting.keys();
          if (first) {
            waiting.delete(first);
            ready.push(first);
          }
        }
        const task = ready[next];
        if (!task) break;
        next += 1;
        running += 1;
        task.work().then(() => done(task), reject);
      }
      if (running === 0) resolve();
    };
    const done = (task: Task) => {
      running -= 1;
      for (const follower of followers.get(task) ?? []) {
        const left = waiting.get(follower);
        if (left === undefined) continue;
        if (left > 1) waiting.set(follower, left - 1);
        else {
          waiting.delete(follower);
          ready.push(follower);
        }
      }
      begin();
    };
    begin();
  });
}
