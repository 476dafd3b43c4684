import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Violation } from "../errors.ts";
import { DecodeError } from "../go/decode-error.ts";
import { isFilePath } from "../go/files.ts";
import { isDnsName } from "../go/network.ts";
import { quote } from "../go/quote.ts";
import { dataSource, type Fields, message } from "../message.ts";
import { complainIf, complaint, fields, list, text } from "../rules/checks.ts";
import type { Store, StoredObject } from "../store.ts";

const FIELD = "mtls.backends";

/** The secrets in which the control plane keeps a certificate authority that it made. */
export const builtinSecrets = (mesh: string, backend: string) => ({
  cert: `${mesh}.ca-builtin-cert-${backend}`,
  key: `${mesh}.ca-builtin-key-${backend}`,
});

/** Complaints about the certificate authorities of a mesh, as far as only its surroundings tell. */
export function checkAuthorities(mesh: StoredObject, store: Store): Violation[] {
  const { backends, skipValidation } = fields(mesh.mtls);
  return list(backends).flatMap((each, index) => {
    const { type, name, conf } = fields(each);
    if (type !== "builtin" && type !== "provided") {
      return complaint(`${FIELD}[${index}].type`, "could not find installed plugin for this type");
    }
    if (skipValidation === true) return [];
    const field = `${FIELD}[${index}].conf`;
    return type === "builtin"
      ? checkBuiltin(mesh.name, text(name), field)
      : checkProvided(mesh.name, conf, field, store);
  });
}

/** Complaints about a change from one certificate authority to another while they are in use. */
export function checkAuthorityChange(before: StoredObject, after: StoredObject): Violation[] {
  const [old, next] = [before, after].map(({ mtls }) => text(fields(mtls).enabledBackend));
  return complainIf(
    Boolean(old && next && old !== next),
    "mtls.enabledBackend",
    "Changing CA when mTLS is enabled is forbidden. Disable mTLS first and then change the CA",
  );
}

function checkBuiltin(mesh: string, backend: string, field: string): Violation[] {
  const { cert } = builtinSecrets(mesh, backend);
  const at = `${field}.mtls.backends.name`;
  return [
    ...complainIf(cert.length > 255, at, "Backend name is too long. Max length: 255"),
    ...complainIf(
      !isDnsName(cert) || cert !== cert.toLowerCase(),
      at,
      `${quote(backend)} name must be valid dns name`,
    ),
  ];
}

const providedConfiguration = message({ cert: dataSource, key: dataSource });

function checkProvided(mesh: string, conf: unknown, field: string, store: Store): Violation[] {
  let decoded: Fields;
  try {
    decoded = providedConfiguration(conf ?? {});
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return complaint(field, `could not convert backend config: ${error.message}`);
  }
  const { cert, key } = decoded;
  const says = [...checkSource(cert, `${field}.cert`), ...checkSource(key, `${field}.key`)];
  if (says.length > 0) return says;
  try {
    const keyText = load(mesh, fields(key), store);
    return checkPair(load(mesh, fields(cert), store), keyText, `${field}.cert`);
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    return ["cert", "key"].flatMap((name) => complaint(`${field}.${name}`, error.message));
  }
}

function checkSource(source: unknown, field: string): Violation[] {
  if (source === undefined) return complaint(field, "has to be defined");
  const [entry] = Object.entries(fields(source));
  if (!entry) {
    return complaint(field, "data source has to be chosen. Available sources: secret, file, inline");
  }
  const [name, value] = entry;
  return complainIf(value === "" && name !== "inlineString", `${field}.${name}`, "cannot be empty");
}

/** Secrets and files that a mesh names and that are not there. */
class LoadError extends Error {}

function load(mesh: string, { secret, file, inline, inlineString }: Fields, store: Store): string {
  if (typeof inline === "string") return Buffer.from(inline, "base64").toString();
  if (typeof inlineString === "string") return inlineString;
  if (typeof file === "string") {
    const what = isFilePath(file) ? "no such file or directory" : "invalid argument";
    throw new LoadError(`could not load data: open ${file}: ${what}`);
  }
  const found = store.get("Secret", mesh, text(secret));
  if (found) return Buffer.from(text(found.data), "base64").toString();
  const what = `type="Secret" name=${quote(text(secret))} mesh=${quote(mesh)}`;
  throw new LoadError(`could not load data: resource not found: ${what}`);
}

/**
 * What Go says of a certificate and its key, as far as the sandbox tells kinds of mistakes apart. A key that has not
 * the form of one is taken for one that somebody has blanked out, as recordings do.
 */
function checkPair(cert: string, key: string, field: string): Violation[] {
  const says = (reason: string) => complaint(field, `not a valid TLS key pair: ${reason}`);
  const certificates = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0) return says("tls: failed to find any PEM data in certificate input");
  let parsed: X509Certificate[];
  try {
    parsed = certificates.map((each) => new X509Certificate(each));
  } catch {
    return says("x509: malformed certificate");
  }
  if (key.includes("PRIVATE KEY-----") && !isKeyOf(parsed[0], key)) {
    return says("tls: private key does not match public key");
  }
  const reason = "basic constraint 'CA' must be set to 'true' (see X509-SVID: 4.1. Basic Constraints)";
  return parsed.flatMap((each, index) => complainIf(!each.ca, `${field}[${index}]`, reason));
}

function isKeyOf(certificate: X509Certificate | undefined, key: string): boolean {
  try {
    return certificate?.checkPrivateKey(createPrivateKey(key)) ?? false;
  } catch {
    return false;
  }
}
