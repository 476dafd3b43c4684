/** What the rule `global-rules-only-in` is told. */
export interface GlobalRulesSettings {
  /** Stacks that may have global rules, as PROJECT/STACK, with `*` for any characters. */
  allowedStacks: readonly string[];
}

/** What the rule `outside-hosts` is told. */
export interface OutsideHostsSettings {
  /** Host names and addresses that may be reached, with `*` for any characters, as in `*.example.com`. */
  hosts: readonly string[];
}

/** What the rule `routes-authenticated` is told. */
export interface RoutesAuthenticatedSettings {
  /** Names of resources (of entries, in bundles) whose routes need no authentication, with `*` for any characters. */
  except: readonly string[];
  /** Further plugins that authenticate, as of one's own. */
  plugins: readonly string[];
}

/** What the rule `verified-tls` is told. */
export interface VerifiedTlsSettings {
  /** Whether what is sent outside may go without TLS. Default: `allowed`. */
  plainText: "allowed" | "refused";
  /** Whether gateways may speak TLS to upstreams, whose certificates APISIX does not verify. Default: `allowed`. */
  gateways: "allowed" | "refused";
}
