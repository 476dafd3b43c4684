const PART = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = new RegExp(`^${PART}(\\.${PART})*$`);

/** An RFC 1123 subdomain of at most 253 characters. */
export function isSubdomain(text: string): boolean {
  // The length first: a pattern that looks at megabytes may find no end.
  return text.length <= 253 && SUBDOMAIN.test(text);
}

/** An RFC 1035 label, which host names are made of: it begins with a letter and has no dots. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text);
}
