import { parse } from "tldts";
import type { DomainName } from "#domain/names.ts";

/** What the Public Suffix List says of a name. */
export type PublicSuffix =
  | { readonly kind: "ip-address" }
  /** There is no such top-level domain, as far as the list knows. */
  | { readonly kind: "unknown" }
  /** Others register their domains right under it. */
  | { readonly kind: "suffix" }
  | { readonly kind: "below"; readonly registrable: DomainName };

/**
 * Where a name stands towards the public suffixes: those of the ICANN section of publicsuffix.org only. Below a suffix of
 * its private section, github.io for one, its owner may decide.
 */
export function publicSuffix(name: DomainName): PublicSuffix {
  const { isIp, isIcann, domain } = parse(name, ICANN_ONLY);
  if (isIp === true) return { kind: "ip-address" };
  if (isIcann !== true) return { kind: "unknown" };
  return domain === null ? { kind: "suffix" } : { kind: "below", registrable: domain as DomainName };
}

const ICANN_ONLY = { allowPrivateDomains: false, extractHostname: false, validateHostname: false } as const;
