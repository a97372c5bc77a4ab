import type { DomainName, Named } from "#domain/names.ts";
import type { FailureReason } from "./certificate.ts";
import { publicSuffix } from "./public-suffix.ts";
import { baseDomain, internationalProblem } from "./requested-names.ts";

/** The end of names, one label or more: `internal`, `home.arpa`. Lower case, without dots at its ends. */
export type NameSuffix = Named<"NameSuffix">;

/** Which names are this installation's own affair. */
export interface NamePolicy {
  /** Names below these need not be public: the CA within issues for them all the same. */
  readonly privateNames: readonly NameSuffix[];
  /** Names below these, and they themselves, are looked at by people first: no certificate is given by itself. */
  readonly highRiskNames: readonly NameSuffix[];
}

export interface NameProblem {
  readonly reason: Extract<FailureReason, "INVALID_PUBLIC_DOMAIN" | "ADDITIONAL_VERIFICATION_REQUIRED">;
  /** The true reason, a sentence for whoever asked for the certificate. */
  readonly message: string;
}

/** Reads the end of names; undefined when it is none. */
export function parseNameSuffix(text: string): NameSuffix | undefined {
  const name = text.toLowerCase().replace(/^\.|\.$/g, "");
  return name.length <= 253 && name.split(".").every((label) => LABEL.test(label)) ? (name as NameSuffix) : undefined;
}

/** Why no certificate is given for a name, whoever proves control of it; undefined when nothing is wrong with it. */
export function nameProblem(name: DomainName, { privateNames, highRiskNames }: NamePolicy): NameProblem | undefined {
  const risk = suffixOf(name, highRiskNames);
  if (risk !== undefined) {
    const message = `${name} is among the high-risk names of this installation (${risk}): somebody who may decide must see to it.`;
    return { reason: "ADDITIONAL_VERIFICATION_REQUIRED", message };
  }
  const problem = internationalProblem(name) ?? (isPrivateName(name, privateNames) ? undefined : publicProblem(name));
  return problem === undefined ? undefined : { reason: "INVALID_PUBLIC_DOMAIN", message: problem };
}

/** Whether a name is one of the suffixes, or below one, that need not be public. */
export function isPrivateName(name: DomainName, privateNames: readonly NameSuffix[]): boolean {
  return suffixOf(name, privateNames) !== undefined;
}

/**
 * The domain that is registered: one label below the public suffix, or below the private suffix where the name has one
 * of those. Undefined for a name that is a suffix itself, and for one that is not public.
 */
export function registrableDomain(name: DomainName, privateNames: readonly NameSuffix[]): DomainName | undefined {
  const base = baseDomain(name);
  const own = suffixOf(name, privateNames);
  if (own === undefined) {
    const found = publicSuffix(base);
    return found.kind === "below" ? found.registrable : undefined;
  }
  if (base === (own as string)) return undefined;
  const [label = ""] = base
    .slice(0, -own.length - 1)
    .split(".")
    .slice(-1);
  return `${label}.${own}` as DomainName;
}

/** What keeps a name out of the public DNS; undefined when it is registered by somebody, or could be. */
function publicProblem(name: DomainName): string | undefined {
  const base = baseDomain(name);
  const reserved = RESERVED.find(([suffix]) => base === suffix || base.endsWith(`.${suffix}`));
  if (reserved) return `${name} is not a public name: .${reserved[0]} ${reserved[1]}.${PRIVATELY}`;
  switch (publicSuffix(base).kind) {
    case "ip-address":
      return `${name} is an IP address: certificates are for domain names only.`;
    case "unknown":
      return `${name} is not a public name: there is no top-level domain .${base.split(".").at(-1)}.${PRIVATELY}`;
    case "suffix":
      return `${base} is a public suffix, under which others register their domains: no certificate is given for ${name}.`;
    case "below":
      return undefined;
  }
}

/** The longest of the suffixes that the name is, or lies below. */
function suffixOf(name: DomainName, suffixes: readonly NameSuffix[]): NameSuffix | undefined {
  const base = baseDomain(name);
  const all = suffixes.filter((suffix) => base === (suffix as string) || base.endsWith(`.${suffix}`));
  return all.toSorted((a, b) => b.length - a.length)[0];
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
const PRIVATELY = " Names that are private on purpose are named by the setting private-names.";
/** IANA's registry of special-use domain names, and .internal (ICANN, 29 July 2024). */
const RESERVED: readonly (readonly [suffix: string, why: string])[] = [
  ["alt", "is kept out of the DNS (RFC 9476)"],
  ["arpa", "is the Internet's own infrastructure (RFC 3172)"],
  ["example", "is for documentation (RFC 6761)"],
  ["internal", "is for private use (ICANN)"],
  ["invalid", "is never to exist (RFC 6761)"],
  ["local", "is for names on one link (RFC 6762)"],
  ["localhost", "is every machine itself (RFC 6761)"],
  ["onion", "is Tor's (RFC 7686)"],
  ["test", "is for tests (RFC 6761)"],
];
