import { isAddress } from "../serving/networks.ts";

/** A name that the certificate of an endpoint has to have, as a DNS name or an IP address. */
export interface SubjectMatch {
  match: "exact" | "prefix";
  value: string;
}

/** TLS that Kuma begins towards an endpoint. */
export interface Origination {
  /** Server name sent to the endpoint; undefined where none is sent. */
  sni: string | undefined;
  /** By which certificates the chain is verified; `none` accepts any. */
  chain: "own CA" | "system CAs" | "none";
  /** One of these names has to stand in the certificate; empty where no name is verified. */
  subjects: SubjectMatch[];
  clientCertificate: boolean;
  renegotiation: boolean;
  /** Bounds of the TLS version, where they have an effect. */
  versions: { min?: string; max?: string };
}

/** The settings of TLS to an endpoint, once secrets are read. */
export interface TlsSettings {
  ownCa: boolean;
  systemCas: boolean;
  clientCertificate: boolean;
  renegotiation: boolean;
  serverName: string;
  skipHostname: boolean;
  subjects: SubjectMatch[];
  versions: { min?: string; max?: string };
}

/** What TLS to a host does with these settings. Names are verified only where the chain is. */
export function originate(host: string, settings: TlsSettings): Origination {
  const sni = settings.serverName === "" ? (isDnsName(host) ? host : "") : settings.serverName;
  const verified = settings.ownCa || settings.systemCas;
  const names: SubjectMatch[] = [{ match: "exact", value: sni === "" ? host : sni }, ...settings.subjects];
  return {
    sni: sni === "" ? undefined : sni,
    chain: settings.ownCa ? "own CA" : settings.systemCas ? "system CAs" : "none",
    subjects: verified && !settings.skipHostname ? names : [],
    clientCertificate: settings.clientCertificate,
    renegotiation: settings.renegotiation,
    versions: verified ? settings.versions : {},
  };
}

/** Whether a text is a DNS name as Kuma judges it, and no IP address. */
export function isDnsName(text: string): boolean {
  if (text === "" || text.length > 255 || isIpAddress(text)) return false;
  return /^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62}(\.[a-zA-Z0-9_][a-zA-Z0-9_-]{0,62})*[._]?$/.test(text);
}

/** Whether a text is an IP address, without brackets. */
export function isIpAddress(text: string): boolean {
  return isAddress(text) && !text.startsWith("[");
}
