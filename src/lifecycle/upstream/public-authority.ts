import type { Upstream } from "#ca/upstream/upstream.ts";
import type { Authority } from "#domain/certificate/certificate.ts";
import { isPrivateName, type NamePolicy } from "#domain/certificate/public-names.ts";
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
