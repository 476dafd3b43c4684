/** A place where ours refuses what the sandbox takes, of a kind that has no recorded schema. */
interface StricterThanSandbox {
  why: string;
  kinds: RegExp;
  /** What our problem says, with its path. */
  problem: RegExp;
}

const NO_FORM = /: .*(is not an? (object|list|string|boolean|number)|is missing|is none of the values)/;

/** All places where ours is stricter on purpose than the sandbox. Nothing else may differ. */
export const STRICTER_THAN_SANDBOX: StricterThanSandbox[] = [
  {
    why: "null is no value: what is not wanted is left out",
    kinds: /./,
    problem: /: (null (is|has)|is not an? \w+$|is none of the values)/,
  },
  {
    why: "what no schema mentions is ignored by the server in silence",
    kinds: /./,
    problem: /: is no field (that exists here|of the manager)/,
  },
  {
    why: "what is no object's label says nothing; origin and waitForHostname are no fields of the server's",
    kinds: /^kuma:/,
    problem: /^(labels: .*is not an object|origin: |waitForHostname: )/,
  },
  {
    why: "an id that a URL would misread is refused before it is sent",
    kinds: /^apisix:/,
    problem:
      /^(\w+Id|plugin|username): .*(is no id: |is no name of a plugin|is no user name|is not a string)/,
  },
  {
    why: "the server's schema of a plugin's metadata does not say that it is an object",
    kinds: /PluginMetadata/,
    problem: /^metadata: is (not an object|missing)/,
  },
  {
    why: "an empty name of a balancer or discovery of one's own names none",
    kinds: /^apisix:(Upstream|Route|Service|StreamRoute)$/,
    problem: /(^|\.)(type|discoveryType)\.custom: "" is too short/,
  },
  {
    why: "the sandbox knows less of a credential than APISIX's limits of names and labels, which hold everywhere",
    kinds: /Credential/,
    problem: /^(name|labels.*): .*(is too (short|long|small)|may hold no white space|is not a string)/,
  },
  {
    why: "the sandbox knows of a secret manager only which fields it needs",
    kinds: /^apisix:Secret$/,
    problem:
      /: (.*is no https? or https URL|.*is no http or https URL|.*is not an? (string|boolean|object)|is missing)/,
  },
  {
    why: "a client certificate is of no use without its key, and TLS settings without TLS",
    kinds: /ExternalService/,
    problem:
      /(tls|verification)\.\w+: .*(is missing; clientCert and clientKey|has no effect without enabled)/,
  },
  {
    why: "a source that is empty or has two texts is a certificate that nobody meant",
    kinds: /ExternalService/,
    problem: /\.(caCert|clientCert|clientKey): (is empty|has .* of which Kuma would take one)/,
  },
  {
    why: "brackets are for IPv6 addresses",
    kinds: /kuma:ExternalService/,
    problem: /^networking\.address: .*has no valid IP address or domain name/,
  },
  {
    why: "the sandbox keeps the types of a mesh external service, of policies and of backends as they come",
    kinds: /kuma:(MeshExternalService|Policy|Mesh)$/,
    problem: NO_FORM,
  },
  {
    why: "texts and lists that say nothing are refused where a value was meant",
    kinds: /kuma:(MeshExternalService|ExternalService|Mesh|Secret)$/,
    problem: /: ("" is too short|is too short|.*is no name: |.*is not base64|.*is no time such as)/,
  },
  {
    why: "a reference to a secret is one in plugins and certificates, elsewhere it is a text like others",
    kinds: /^apisix:/,
    problem: /"\$(env|secret):\/\/.*" is /,
  },
  {
    why: "certificates and keys are given themselves, as nothing could be told of a reference's",
    kinds: /^apisix:/,
    problem: /(^|\.)(\w*[cC]ert|\w*[kK]ey|ca|certs\[\d+\]|keys\[\d+\]): is too short/,
  },
  {
    why: "value and scopes are other words of ours for data and scope",
    kinds: /:Secret$/,
    problem: /(^|\.)(value|scopes?): does not go with (data|scopes?)/,
  },
  {
    why: "a secret without a value is none",
    kinds: /kuma:Secret/,
    problem: /^value: is missing/,
  },
  {
    why: "a zone is named as everything else, and 0 is no port",
    kinds: /ZoneEgress/,
    problem: /^(zone: .*is no name|networking\.admin\.port: 0 is too small|networking\.address: )/,
  },
  {
    why: "the sandbox checks the backends of mTLS only, and takes the empty name for none",
    kinds: /kuma:Mesh$/,
    problem:
      /^(metrics|logging|tracing|mtls)\.(\w+: .*is the name of no backend|backends.*(is the name of another|sampling: ))/,
  },
  {
    why: "a policy to skip twice is one too many",
    kinds: /kuma:Mesh$/,
    problem: /^skipCreatingInitialPolicies\[\d+\]: .*stands in the list twice/,
  },
  {
    why: "a line break at the end of a label, a host or a name is one that nobody meant; APISIX's own patterns let it pass",
    kinds: /^apisix:/,
    problem: /(may hold no white space|is no host name or address|does not match \^|\\n" is )/,
  },
  {
    why: "an admin interface on the port of the egress works on no address but another one, and 65536 is no port",
    kinds: /ZoneEgress/,
    problem: /^networking\.(admin\.)?port: .*(is the same as networking\.port|is too large)/,
  },
];
