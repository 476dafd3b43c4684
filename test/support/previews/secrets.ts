/** What the programs keep secret. */
export const SECRETS = { key: "a-key-that-nobody-sees", host: "hidden-host.example" };
