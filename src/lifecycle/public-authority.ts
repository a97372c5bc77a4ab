import type { Upstream } from "#ca/upstream/upstream.ts";
import type { Authority } from "#domain/certificate/certificate.ts";
import { isPrivateName, type NamePolicy } from "#domain/certificate/public-names.ts";
import { baseDomain } from "#domain/certificate/requested-names.ts";
import type { DomainName } from "#domain/names.ts";

/** Which public CAs there are; without any, the CA within signs everything. */
export interface PublicAuthorityDeps extends Pick<NamePolicy, "privateNames"> {
  readonly upstream?: Upstream | undefined;
}

/** Who signs a certificate that no private CA was asked for: public CAs know nothing of names that are private on purpose. */
export function publicAuthority(
  names: readonly DomainName[],
  { upstream, privateNames }: PublicAuthorityDeps,
): Extract<Authority, "built-in" | "upstream"> {
  return upstream && !names.some((name) => isPrivateName(name, privateNames)) ? "upstream" : "built-in";
}

/**
 * Whether the record that proves a name to us is to be the one by which a public CA finds our answers. Where the CAs
 * look by HTTP it is so for wildcards, for which only the DNS will do.
 */
export function isProvedByChallenge(
  name: DomainName,
  names: readonly DomainName[],
  { clients }: Pick<Upstream, "clients">,
): boolean {
  return clients.some(({ ca }) => ca.challenge === "dns-01") || names.some((one) => one === `*.${baseDomain(name)}`);
}
