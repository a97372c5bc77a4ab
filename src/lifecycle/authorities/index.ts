import type { Authority } from "#domain/certificate/certificate.ts";
import type { CertificateAuthority } from "#lifecycle/authority.ts";
import type { CertificateState } from "#store/certificates.ts";
import { type BuiltInDeps, builtIn } from "./built-in.ts";
import { type PrivateAuthorityDeps, privateAuthority } from "./private-ca.ts";
import { type UpstreamDeps, upstream } from "./upstream.ts";

export interface AuthorityDeps extends BuiltInDeps, PrivateAuthorityDeps, UpstreamDeps {}

/** Who signs. */
export const AUTHORITIES: Readonly<Record<Authority, CertificateAuthority<AuthorityDeps>>> = {
  "built-in": builtIn,
  "private-ca": privateAuthority,
  upstream,
};

/** The CA of a certificate. Throws where there is none: imported certificates have none. */
export function authorityOf({
  arn,
  authority,
}: Pick<CertificateState, "arn" | "authority">): CertificateAuthority<AuthorityDeps> {
  if (authority === null) throw new Error(`${arn} has no CA that could sign it`);
  return AUTHORITIES[authority];
}
