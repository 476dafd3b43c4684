import { Session } from "../lifecycle/session.ts";

/** What the plugin passes to `configure`. Each handler gets one of its own over the same settings. */
interface Configuration {
  get(key: string): unknown;
  /** The settings themselves, one object per process of the plugin. */
  rawConfig?: object;
}

const sessions = new WeakMap<object, Session>();

/** The session of the operation that this configuration belongs to: one for all kinds of resources. */
export function sessionOf(configuration: Configuration): Session {
  const key = configuration.rawConfig ?? configuration;
  const known = sessions.get(key);
  if (known) return known;
  // What is printed reaches the person at the terminal.
  const session = new Session((name) => configuration.get(name), {
    print: (text) => console.log(`warning: ${text}`),
    say: (severity, text) => console.log(severity === "error" ? `error: ${text}` : text),
    progress: (text) => console.log(text),
  });
  sessions.set(key, session);
  return session;
}
