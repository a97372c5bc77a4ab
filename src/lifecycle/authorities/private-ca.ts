import type { PrivateCaDeps } from "#ca/private/deps.ts";
import {
  findManaged,
  type ManagedCertificate,
  type ManagedVersion,
  prepareManaged,
  revokeManaged,
  signManaged,
} from "#ca/private/managed.ts";
import type { FailureReason } from "#domain/certificate/certificate.ts";
import { Refusal, type RefusalCode } from "#domain/refusal.ts";
import { pem } from "#lib/pem.ts";
import { CannotIssue, type CertificateAuthority, type SignedCertificate, type ToSign } from "#lifecycle/authority.ts";

export type PrivateAuthorityDeps = Pick<PrivateCaDeps, "store" | "clock" | "signers">;

/** An account's private CA. Nothing is proved: who may use the CA may have it certify what its constraints allow. */
export const privateAuthority: CertificateAuthority<PrivateAuthorityDeps> = {
  async findSigned(db, version) {
    const found = await findManaged(db, managed(version));
    return found && shown(found);
  },

  async prepare(tx, version, subjectPublicKeyInfo, deps) {
    try {
      return await prepareManaged(tx, managed(version), subjectPublicKeyInfo, deps);
    } catch (error) {
      const reason = error instanceof Refusal ? FAILURES[error.code] : undefined;
      throw error instanceof Refusal && reason ? new CannotIssue(reason, error.message) : error;
    }
  },

  async sign(id, _, deps) {
    const signed = await signManaged(id, deps);
    return signed instanceof Date ? signed : shown(signed);
  },

  revoke: (tx, version, reason, deps) => revokeManaged(tx, managed(version), reason, deps),
};

function managed({ certificate, generation }: ToSign): ManagedVersion {
  const { arn, account, region, names, certificateAuthorityArn } = certificate;
  return {
    authorityArn: certificateAuthorityArn ?? "",
    certificateArn: arn,
    generation,
    owner: { account, region },
    names,
  };
}

function shown({ der, chain }: ManagedCertificate): SignedCertificate {
  return { der, pem: pem("CERTIFICATE", der), chainPem: chain };
}

/** What ACM says of it: https://docs.aws.amazon.com/acm/latest/userguide/exceptions.html */
const FAILURES: Readonly<Partial<Record<RefusalCode, FailureReason>>> = {
  "private-ca-access-denied": "PCA_ACCESS_DENIED",
  "private-ca-args-invalid": "PCA_INVALID_ARGS",
  "private-ca-arn-invalid": "PCA_INVALID_ARN",
  "private-ca-csr-malformed": "PCA_INVALID_ARGS",
  "private-ca-names-forbidden": "PCA_NAME_CONSTRAINTS_VALIDATION",
  "private-ca-not-found": "PCA_RESOURCE_NOT_FOUND",
  "private-ca-state-forbids": "PCA_INVALID_STATE",
  "private-ca-validity-invalid": "PCA_INVALID_DURATION",
};
