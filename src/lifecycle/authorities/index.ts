import type { Authority } from "#domain/certificate/certificate.ts";
import type { CertificateAuthority } from "#lifecycle/authority.ts";
import type { CertificateState } from "#store/certificates.ts";
import { type BuiltInDeps, builtIn } from "./built-in.ts";
import { type UpstreamDeps, upstream } from "./upstream.ts";

export interface AuthorityDeps extends BuiltInDeps, UpstreamDeps {}

/** Who signs. */
export const AUTHORITIES: Readonly<Partial<Record<Authority, CertificateAuthority<AuthorityDeps>>>> = {
  "built-in": builtIn,
  upstream,
};

/** The CA of a certificate. Throws where there is none: imported certificates have none. */
export function authorityOf({
  arn,
  authority,
}: Pick<CertificateState, "arn" | "authority">): CertificateAuthority<AuthorityDeps> {
  const ca = authority === null ? undefined : AUTHORITIES[authority];
  if (!ca) throw new Error(`${arn} has no CA that could sign it`);
  return ca;
}
