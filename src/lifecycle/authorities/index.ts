import type { Authority } from "#domain/certificate/certificate.ts";
import type { CertificateAuthority } from "#lifecycle/authority.ts";
import { type BuiltInDeps, builtIn } from "./built-in.ts";

export interface AuthorityDeps extends BuiltInDeps {}

/** Who signs. */
export const AUTHORITIES: Readonly<Partial<Record<Authority, CertificateAuthority<AuthorityDeps>>>> = {
  "built-in": builtIn,
};
