import { findSigned } from "#ca/issue.ts";
import type { CrlReason, RevocationReason } from "#domain/certificate/revocation.ts";
import type { Ids } from "#lib/ids.ts";
import type { CertificateState } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";
import { revokeForAcme } from "./acme/revoke-for-acme.ts";
import { type AuthorityDeps, authorityOf } from "./authorities/index.ts";

/**
 * Revokes these versions of a certificate that is held, for good: the certificate stays what it is, under its ARN, with
 * the version in force; that of an ACME client, whose key we do not have, ends with its version in force. What nobody
 * signed here, or was revoked before, is passed over.
 */
export async function revokeVersions(
  tx: Tx,
  certificate: CertificateState,
  generations: readonly number[],
  reason: CrlReason,
  deps: AuthorityDeps & { readonly ids: Ids },
): Promise<void> {
  for (const generation of generations) {
    if (certificate.keyPairOrigin === "ACME") await revokeOfClient(tx, certificate, generation, reason, deps);
    else await authorityOf(certificate).revoke(tx, { certificate, generation }, reason, deps);
  }
}

async function revokeOfClient(
  tx: Tx,
  { arn }: CertificateState,
  generation: number,
  reason: CrlReason,
  deps: AuthorityDeps & { readonly ids: Ids },
): Promise<void> {
  const signed = await findSigned(tx, arn, generation, deps);
  if (!signed) return;
  const { issuerId, serial } = signed;
  const version = { certificateArn: arn, generation, issuerId, serial };
  await revokeForAcme(tx, version, { crlReason: reason, reason: ACM_REASONS[reason] }, deps);
}

/** As DescribeCertificate shows them. */
const ACM_REASONS: Readonly<Record<CrlReason, RevocationReason>> = {
  unspecified: "UNSPECIFIED",
  keyCompromise: "KEY_COMPROMISE",
  cACompromise: "CA_COMPROMISE",
  affiliationChanged: "AFFILIATION_CHANGED",
  superseded: "SUPERSEDED",
  cessationOfOperation: "CESSATION_OF_OPERATION",
  privilegeWithdrawn: "PRIVILEGE_WITHDRAWN",
  aACompromise: "A_A_COMPROMISE",
};
