import { createGrant, type GrantDeps, retireGrant } from "#custody/grants.ts";
import { type CertificateArn, parseArn } from "#domain/arn.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import { keyIdOf } from "#domain/keys/names.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { deleteAssociation, findAssociation, insertAssociation } from "#store/certificate-associations.ts";
import { findCurrentVersion } from "#store/certificate-versions.ts";
import { type CertificateState, holdCertificate } from "#store/certificates.ts";
import { findGrant } from "#store/grants.ts";
import type { Tx } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";
import { endDeployment, promiseDeployment } from "./deployment-job.ts";
import { readCertificateArn } from "./find.ts";
import { announceTo } from "./put-in-force.ts";

export interface Attachment {
  /** As the caller wrote it. */
  readonly certificateArn: string;
  /** Who shall use it, for example a load balancer. */
  readonly resourceArn: string;
  /** The account and the region that the certificate must be of. */
  readonly resourceOwner: Owner;
  /** What the resource can serve; anything when undefined. */
  readonly supportedKeyAlgorithms?: readonly KeyAlgorithm[];
}

export interface Attached {
  readonly certificateArn: CertificateArn;
  readonly grantToken: string;
}

/**
 * Lets a resource use a certificate: the association, its place in InUseBy and the grant to open the key are one change.
 * Asking again answers the same, for as long as its grant is there. Throws a refusal with the true reason when the certificate cannot be used there.
 */
export async function attachCertificate(
  tx: Tx,
  { certificateArn, resourceArn, resourceOwner, supportedKeyAlgorithms }: Attachment,
  deps: GrantDeps,
): Promise<Attached> {
  const arn = readCertificateArn(certificateArn);
  checkPlace(arn, resourceOwner);
  const certificate = await holdCertificate(tx, arn);
  if (!certificate) {
    throw new Refusal("certificate-not-found", `There is no certificate ${arn} in account ${resourceOwner.account}.`);
  }
  const now = deps.clock.now();
  checkUsable(certificate, now, supportedKeyAlgorithms);
  const present = await findAssociation(tx, arn, resourceArn);
  if (present && (await findGrant(tx, keyIdOf(present.keyArn), present.grantId))) {
    return { certificateArn: arn, grantToken: present.grantToken };
  }
  if (present) await deleteAssociation(tx, arn, resourceArn); // its grant was ended by hand: whoever attaches anew gets another

  const version = await findCurrentVersion(tx, arn);
  if (!version?.sealed) throw new Error(`${arn} is ${certificate.status} but has no key in force`);
  const { keyArn } = version.sealed;
  const { grantId, grantToken } = await createGrant(
    tx,
    {
      keyArn,
      granteePrincipal: resourceArn,
      operations: ["Decrypt", "DescribeKey"],
      constraints: { encryptionContextEquals: { "aws:acm:arn": arn } },
      name: undefined,
    },
    deps,
  );
  await insertAssociation(tx, {
    certificateArn: arn,
    resourceArn,
    keyArn,
    grantId,
    grantToken,
    createdAt: now.getTime(),
  });
  await announceTo(tx, arn, resourceArn);
  await promiseDeployment(tx, { certificateArn: arn, resourceArn, generation: version.generation }, now);
  await promiseAdvance(tx, arn, now); // from now on it is renewed
  return { certificateArn: arn, grantToken };
}

/** Ends a resource's use of a certificate: association and grant go together. Does nothing where there is none. */
export async function detachCertificate(
  tx: Tx,
  { certificateArn, resourceArn }: { readonly certificateArn: CertificateArn; readonly resourceArn: string },
  deps: GrantDeps,
): Promise<void> {
  await holdCertificate(tx, certificateArn);
  const association = await deleteAssociation(tx, certificateArn, resourceArn);
  if (!association) return;
  await retireGrant(tx, association, deps);
  await endDeployment(tx, certificateArn, resourceArn, deps.clock.now());
  await announceTo(tx, certificateArn, resourceArn);
  await promiseAdvance(tx, certificateArn, deps.clock.now()); // from now on it is not renewed, if nobody else uses it
}

function checkPlace(arn: CertificateArn, owner: Owner): void {
  const { account, region } = parseArn(arn) ?? {};
  if (account !== owner.account) {
    throw new Refusal(
      "certificate-wrong-account",
      `The certificate ${arn} belongs to account ${account}; it can be used in that account only, and this is ${owner.account}.`,
    );
  }
  if (region !== owner.region) {
    throw new Refusal(
      "certificate-wrong-region",
      `The certificate ${arn} is in ${region}; here it must be one of ${owner.region}. Request it there: the same validation record proves the domain.`,
    );
  }
}

function checkUsable(certificate: CertificateState, now: Date, supported: readonly KeyAlgorithm[] | undefined): void {
  const { arn, status, keyAlgorithm, notAfter, keyPairOrigin } = certificate;
  if (keyPairOrigin === "ACME") {
    throw new Refusal(
      "certificate-unusable",
      `The certificate ${arn} cannot be used: it was issued to an ACME client, which keeps the key.`,
    );
  }
  const why =
    status === "ISSUED" && notAfter !== null && notAfter < now.getTime() ? UNUSABLE.EXPIRED : UNUSABLE[status];
  if (why !== undefined) {
    throw new Refusal("certificate-unusable", `The certificate ${arn} cannot be used: ${why}.`);
  }
  if (supported && !supported.includes(keyAlgorithm)) {
    throw new Refusal(
      "certificate-unsupported",
      `The certificate ${arn} has a key of ${keyAlgorithm}, which is not supported here; supported are ${supported.join(", ")}.`,
    );
  }
}

const UNUSABLE: Readonly<Record<CertificateStatus, string | undefined>> = {
  ISSUED: undefined,
  PENDING_VALIDATION: "it is PENDING_VALIDATION, its domains are not all proven yet",
  INACTIVE: "it is INACTIVE",
  EXPIRED: "it has expired",
  VALIDATION_TIMED_OUT: "it is VALIDATION_TIMED_OUT, its domains were not proven within 72 hours",
  REVOKED: "it was revoked",
  FAILED: "its request failed",
};
