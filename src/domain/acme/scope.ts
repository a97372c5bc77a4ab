import type { DomainName } from "#domain/names.ts";
import type { AcmeDomainStatus } from "./domain-validation.ts";

/** For which names a validated domain may be used. */
export interface DomainScope {
  /** The domain itself. */
  readonly exactDomain: boolean;
  /** Every name below it, at any depth; no wildcards. */
  readonly subdomains: boolean;
  /** `*.` and the domain, nothing else. */
  readonly wildcards: boolean;
}

/** A domain validation of an endpoint, as far as it decides who may order what. */
export interface ScopedDomain {
  readonly domainName: string;
  readonly status: AcmeDomainStatus;
  readonly scope: DomainScope;
}

/** The domains whose validation could cover `name`: for `*.a.example.com` and `a.example.com` the same ones. */
export function coveringDomains(name: DomainName): readonly string[] {
  const labels = name.replace(/^\*\./, "").split(".");
  return labels.map((_, index) => labels.slice(index).join("."));
}

/**
 * Why none of the endpoint's domain validations covers `name`, for whoever ordered it; undefined when one does.
 * `domains` may hold others, too.
 */
export function uncoveredBecause(name: DomainName, domains: readonly ScopedDomain[]): string | undefined {
  const candidates = coveringDomains(name).flatMap((domain) =>
    domains.filter(({ domainName }) => domainName === domain),
  );
  const reasons = candidates.map((candidate) => reasonAgainst(name, candidate));
  if (reasons.includes(undefined)) return undefined;
  const [nearest] = reasons;
  return nearest ?? `no domain validation of this endpoint is for ${name.replace(/^\*\./, "")} or a domain above it`;
}

function reasonAgainst(name: DomainName, { domainName, status, scope }: ScopedDomain): string | undefined {
  const option = OPTIONS[optionFor(name, domainName)];
  if (option === undefined)
    return `the domain validation of ${domainName} covers *.${domainName}, but no deeper wildcard`;
  if (!scope[option.member]) return `the domain validation of ${domainName} has ${option.shown} DISABLED`;
  return status === "VALID" ? undefined : `the domain validation of ${domainName} is ${status}`;
}

/** Which part of a scope decides about `name`. */
function optionFor(name: DomainName, domain: string): keyof typeof OPTIONS {
  if (name === domain) return "exact";
  if (name === `*.${domain}`) return "wildcard";
  return name.startsWith("*.") ? "deeper-wildcard" : "below";
}

const OPTIONS = {
  exact: { member: "exactDomain", shown: "ExactDomain" },
  wildcard: { member: "wildcards", shown: "Wildcards" },
  below: { member: "subdomains", shown: "Subdomains" },
  "deeper-wildcard": undefined,
} as const;
