const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = new RegExp(`^${label}(\\.${label})*$`);

/** Why a text is no domain name in lower case, as Kubernetes says it; nothing if it is one. */
export function subdomainReasons(text: string): string[] {
  const reasons: string[] = [];
  if (Buffer.byteLength(text) > 253) reasons.push("must be no more than 253 characters");
  if (!subdomain.test(text)) reasons.push(subdomainReason);
  return reasons;
}

const subdomainReason =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must " +
  "start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** Why a text is no part of a domain name in lower case. */
export function labelReasons(text: string): string[] {
  const reasons: string[] = [];
  if (Buffer.byteLength(text) > 63) reasons.push("must be no more than 63 characters");
  if (!new RegExp(`^${label}$`).test(text)) {
    reasons.push(subdomain.test(text) ? "must not contain dots" : labelReason);
  }
  return reasons;
}

const labelReason =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and " +
  "end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

/** Why a text is no part of a domain name in the older and narrower sense, where a letter comes first. */
export function olderLabelReasons(text: string): string[] {
  const reasons: string[] = [];
  if (Buffer.byteLength(text) > 63) reasons.push("must be no more than 63 characters");
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text)) reasons.push(olderLabelReason);
  return reasons;
}

const olderLabelReason =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
  "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for " +
  "validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
