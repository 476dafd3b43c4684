/** What Kuma's CRDs leave without a description, by the field's name, or by the names of the field and of what it stands in. */
const MISSING: Record<string, string> = {
  add: "Headers to add.",
  backendRefs: "Where the requests go.",
  backends: "Where the access logs go.",
  "ca.certificate": "Certificate of the CA.",
  connection: "Hash on the connection. Needed with the type `Connection` or `SourceIP`.",
  cookie: "Hash on a cookie. Needed with the type `Cookie`.",
  dataplane: "Selects data planes.",
  dataplaneLabels: "Selects data planes by their labels.",
  "dataplaneLabels.matchLabels": "Labels that the data planes have.",
  dataplaneRef: "Selects one data plane.",
  "dataplaneRef.name": "Name of the data plane.",
  dataplaneTags: "Selects data planes by the tags of their inbounds.",
  default: "What holds for the traffic that matches.",
  enabled: "Whether it is switched on.",
  envVar: "From an environment variable of the control plane.",
  "envVar.name": "Name of the environment variable.",
  expiry: "Life of a certificate.",
  file: "From a file of the control plane.",
  "file.path": "Path of the file.",
  filterState: "Hash on an object of the filter state. Needed with the type `FilterState`.",
  filters: "Changes of requests and responses, in this order.",
  header: "Hash on a header. Needed with the type `Header`.",
  headers: "Headers that a request has to have.",
  identities: "Identities of the data planes.",
  insecureInline: "The text itself, which then stands readable at the control plane.",
  "insecureInline.value": "The text.",
  json: "Fields of the JSON object of each line. Needed with the type `Json`.",
  "json.key": "Name of the field.",
  "json.value": "Value of the field, with placeholders.",
  "attributes.key": "Name of the attribute.",
  "secretRef.kind": "Kind of the object that holds the text.",
  "secretRef.name": "Name of the object that holds the text.",
  matchLabels: "Labels that the services have.",
  meshExternalService: "Selects MeshExternalServices.",
  meshMultiZoneService: "Selects MeshMultiZoneServices.",
  "selector.meshService": "Selects MeshServices.",
  method: "Method that a request has to have.",
  "ports.name": "Name of the port.",
  name: "Name of the header.",
  "queryParams.name": "Name of the query parameter.",
  omitEmptyValues: "Whether fields without a value are left out.",
  path: "Path that a request has to have.",
  percentage: "A percentage.",
  plain: "Text of each line, with placeholders. Needed with the type `Plain`.",
  port: "The port.",
  ports: "Ports of the service.",
  provider: "Where the certificates come from.",
  queryParameter: "Hash on a query parameter. Needed with the type `QueryParameter`.",
  remove: "Names of headers to remove.",
  replaceFullPath: "What takes the place of the whole path.",
  replacePrefixMatch: "What takes the place of the prefix that matched.",
  requestHeaderModifier: "Changes headers of requests. Needed with the type `RequestHeaderModifier`.",
  requestMirror: "Sends a copy of the requests elsewhere. Needed with the type `RequestMirror`.",
  requestRedirect: "Answers with a redirect. Needed with the type `RequestRedirect`.",
  responseHeaderModifier: "Changes headers of responses. Needed with the type `ResponseHeaderModifier`.",
  scheme: "Scheme of the redirect.",
  secretRef: "From an object of the control plane.",
  selector: "What is selected.",
  set: "Headers to set.",
  spiffeID: "The identity's SPIFFE ID.",
  "spiffeID.path": "Template of the path.",
  targetPort: "Port of the data plane, by number or by name.",
  template: "Template of the host name.",
  trustDomain: "Template of the trust domain.",
  type: "Which of the kinds it is.",
  urlRewrite: "Changes the URL of requests. Needed with the type `URLRewrite`.",
  value: "The value.",
  weight: "Weight among the backends. Backends get requests in proportion to it.",
  zones: "Names of the zones.",
};

/** Names that Kuma's descriptions call a field by, besides the field's own name. */
const ALIASES = [
  "FileBackend",
  "GrpcHealthCheck",
  "HttpHealthCheck",
  "LocalConf",
  "LocalHTTP",
  "LocalTCP",
  "PreciseHostname",
  "TCPBackend",
  "TcpHealthCheck",
];

const MISSPELT: Record<string, string> = {
  confguration: "configuration",
  definees: "defines",
  resposible: "responsible",
  inplace: "in place",
};

/** The end of a line that is the end of a sentence, though no point stands there. */
const NEW_SENTENCE = /(\w)\n+(?=(Available|Default|If|Must|Needed|Setting|Used|When) )/g;

const VERB = /^(is|are|[a-z]+s|define|used|defined|section|list of|struct|freeform)\b/;

/**
 * A sentence about a field: what the CRD says, without Go's habit of beginning with the field's name; else a sentence of ours.
 *
 * @param path The kind and the names of the fields on the way, `*` for the values of a map.
 */
export function descriptionOf(description: unknown, path: readonly string[]): string {
  const [outer = "", name = ""] = path.slice(-2);
  if (typeof description !== "string") {
    const sentence = MISSING[`${outer}.${name}`] ?? MISSING[name];
    if (sentence === undefined) throw new Error(`${path.join(".")} has no description in the CRD: give one.`);
    return sentence;
  }
  const text = description
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(NEW_SENTENCE, "$1. ")
    .replace(/\s+/g, " ")
    // A note to Kuma's developers, before the comment goes on.
    .replace(/^NOTICE:.*? \/\/ /, "")
    .replace(/\w+/g, (word) => MISSPELT[word] ?? word)
    .trim();
  const sentences = capital(path.length === 1 ? text : withoutSubject(text, name)).replace(/:$/, ".");
  return /[.!?)]$/.test(sentences) ? sentences : `${sentences}.`;
}

/** "RequestTimeout is the time …" and "RequestTimeout The time …" as "the time …", "Path defines …" as "defines …". */
function withoutSubject(text: string, name: string): string {
  const [first = "", ...rest] = text.split(" ");
  const isSubject = first.toLowerCase() === name.toLowerCase() || ALIASES.includes(first);
  const predicate = rest.join(" ");
  if (!isSubject || !(VERB.test(predicate) || /^(The|A|An) /.test(predicate))) return text;
  return predicate.replace(/^(is|are) /, "");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
