import { type CertificateArn, parseArn } from "#domain/arn.ts";
import { type RenewalPolicy, renewalTime, spreadOf } from "#domain/certificate/renewal.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { Clock } from "#lib/clock.ts";
import { type Association, listAssociations } from "#store/certificate-associations.ts";
import { type CertificateDetails, readCertificate } from "#store/certificate-details.ts";
import { readTags } from "#store/certificate-tags.ts";
import { type CertificateState, readCertificateState } from "#store/certificates.ts";
import { type DomainValidation, readValidations } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";

/** Everything that the checks look at, read once. */
export interface Subject {
  readonly now: Date;
  readonly certificate: CertificateDetails;
  readonly state: CertificateState;
  /** How each domain was proved at the first issue: it is proved so again. None for what is not proved here. */
  readonly proofs: readonly DomainValidation[];
  readonly associations: readonly Association[];
  readonly tags: readonly Tag[];
  /** When its renewal begins, or began; undefined while there is nothing to renew. */
  readonly renewsAt: Date | undefined;
}

export interface SubjectDeps extends RenewalPolicy {
  readonly store: Store;
  readonly clock: Clock;
}

/** Reads a certificate as it is now; undefined when there is none. */
export async function readSubject(arn: CertificateArn, deps: SubjectDeps): Promise<Subject | undefined> {
  const { store, clock } = deps;
  const { account, region } = parseArn(arn) ?? {};
  const certificate = account && region ? await readCertificate(store, { account, region }, arn) : undefined;
  const state = await readCertificateState(store, arn);
  if (!certificate || !state) return undefined;
  return {
    now: clock.now(),
    certificate,
    state,
    proofs: await readValidations(store, arn, "ISSUE"),
    associations: await listAssociations(store, arn),
    tags: await readTags(store, arn),
    renewsAt: renewalBegin(certificate, deps),
  };
}

/** Whether somebody uses it: it is attached, or was exported since its last issue. */
export function isUsed({ certificate: { inUseBy, exportedAt } }: Pick<Subject, "certificate">): boolean {
  return inUseBy.length > 0 || exportedAt !== null;
}

function renewalBegin(certificate: CertificateDetails, policy: RenewalPolicy): Date | undefined {
  const { arn, type, notBefore, notAfter, issuedAt, renewAt } = certificate;
  if (renewAt !== null) return new Date(renewAt);
  if (notBefore === null || notAfter === null) return undefined;
  const validity = {
    notBefore: new Date(notBefore),
    notAfter: new Date(notAfter),
    issuedAt: issuedAt === null ? undefined : new Date(issuedAt),
    isPrivate: type === "PRIVATE",
  };
  return renewalTime(validity, policy, spreadOf(arn));
}
