import { describeCertificate } from "#ca/describe.ts";
import type { Keeping } from "#custody/custody.ts";
import { stockPool } from "#custody/key-pool.ts";
import { takeLeafKey } from "#custody/leaf-keys.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { isRequestable } from "#domain/certificate/key-algorithms.ts";
import { isRenewing, renewalAfter } from "#domain/certificate/renewal.ts";
import { type CertificateEvent, statusAfter } from "#domain/certificate/status.ts";
import { HOUR, later, type Millis } from "#lib/duration.ts";
import { askPermit, keepPermit, type PermitDeps } from "#lifecycle/proof/permit.ts";
import { findPublicKey, insertVersion } from "#store/certificate-versions.ts";
import { type CertificateState, changeCertificate, readCertificateState, recordTrouble } from "#store/certificates.ts";
import type { Store, Tx } from "#store/store.ts";
import { recordAct } from "./acts.ts";
import { promiseAdvance } from "./advance-job.ts";
import { type AuthorityDeps, authorityOf } from "./authorities/index.ts";
import { CannotIssue, type CertificateAuthority, type SignedCertificate, type ToSign } from "./authority.ts";
import { recordFailure } from "./end.ts";
import { holdForStep, type StepDeps } from "./hold-for-step.ts";
import { putInForce, saidColumns } from "./put-in-force.ts";

export interface IssueDeps extends Keeping, StepDeps, AuthorityDeps, PermitDeps {
  readonly store: Store;
}

/** The first issue, or a renewal: a new key and a certificate for it, under the same ARN. */
export type Issuing = Extract<CertificateEvent, "issued" | "renewed">;

/**
 * Issues the next version of a certificate whose domains are proven. The steps are here in one place because their
 * order is what matters: a process may die between any two of them, or two may do them at once, and yet nothing is
 * signed twice and nothing half-done is shown.
 *
 * 0. The CAA records of the names are asked whether the CA may issue for them.
 * 1. A key is made, sealed, and kept as the next version. Nobody uses it yet.
 * 2. What is to be signed is written down by its CA, in the same transaction.
 * 3. It is signed; the CA keeps the result, so that a successor finds it. A CA that is far away may need longer: the
 *    time at which to go on is answered.
 * 4. In one transaction: the version becomes the one in force, status and renewal move on from what they were, earlier
 *    keys are destroyed, edges are told, and the next look is promised.
 */
export async function issueVersion(arn: CertificateArn, issuing: Issuing, deps: IssueDeps): Promise<Date | undefined> {
  const { store } = deps;
  const certificate = await readCertificateState(store, arn);
  if (!certificate || !isWanted(certificate, issuing)) return undefined;
  const version = { certificate, generation: certificate.generation + 1 };
  const ca = authorityOf(certificate);
  try {
    const leaf = (await ca.findSigned(store, version, deps)) ?? (await signNext(version, issuing, ca, deps));
    if (leaf instanceof Date) return leaf;
    if (leaf) await store.transaction().execute((tx) => recordIssue(tx, version, leaf, issuing, deps));
    return undefined;
  } catch (error) {
    const now = await readCertificateState(store, arn);
    if (now?.generation !== certificate.generation) return undefined; // somebody else was faster
    const trouble = error instanceof Error ? error.message : String(error);
    if (error instanceof CannotIssue && issuing === "issued") {
      await recordFailure(arn, error.reason, trouble, deps);
      return undefined;
    }
    const reason = error instanceof CannotIssue ? error.reason : "OTHER";
    await recordTrouble(store, arn, certificate.generation, trouble, reason);
    if (error instanceof CannotIssue) return later(deps.clock.now(), RETRY_RENEWAL);
    throw error;
  }
}

/** Whether the certificate still waits for this: somebody else may have issued it since the step was decided. */
function isWanted({ status, renewal }: CertificateState, issuing: Issuing): boolean {
  return issuing === "issued" ? status === "PENDING_VALIDATION" : status === "ISSUED" && isRenewing(renewal);
}

/** Steps 0 to 3; undefined when the certificate was changed meanwhile. */
async function signNext(
  version: ToSign,
  issuing: Issuing,
  ca: CertificateAuthority<IssueDeps>,
  deps: IssueDeps,
): Promise<SignedCertificate | Date | undefined> {
  const { certificate, generation } = version;
  const { keyAlgorithm } = certificate;
  if (!isRequestable(keyAlgorithm)) throw new Error(`no key of ${keyAlgorithm} can be made`);
  const permit = await askPermit(version, ca, deps);
  if (permit instanceof Date) return permit;
  await stockPool(keyAlgorithm, deps);
  const prepared = await deps.store.transaction().execute(async (tx): Promise<string | undefined> => {
    const held = await holdForStep(tx, certificate.arn, issuing === "issued" ? "issue" : "renew", deps);
    if (held?.generation !== certificate.generation) return undefined;
    await keepPermit(tx, version, permit);
    return await ca.prepare(tx, version, await nextKey(tx, certificate, generation, deps), deps);
  });
  return prepared === undefined ? undefined : await ca.sign(prepared, version, deps);
}

/** The public half of the next version's key: of the one that a predecessor left, or of a new one. */
async function nextKey(
  tx: Tx,
  certificate: CertificateState,
  generation: number,
  deps: IssueDeps,
): Promise<Uint8Array> {
  const { arn, keyAlgorithm } = certificate;
  const kept = await findPublicKey(tx, arn, generation);
  if (kept) return kept;
  if (!isRequestable(keyAlgorithm)) throw new Error(`no key of ${keyAlgorithm} can be made`);
  const { spki, envelope } = await takeLeafKey(tx, keyAlgorithm, certificate, arn, deps);
  await insertVersion(tx, {
    certificateArn: arn,
    generation,
    subjectPublicKeyInfo: spki,
    madeAt: deps.clock.now().getTime(),
    sealed: envelope,
  });
  return spki;
}

/** Step 4. */
async function recordIssue(
  tx: Tx,
  { certificate, generation }: ToSign,
  leaf: SignedCertificate,
  issuing: Issuing,
  deps: IssueDeps,
): Promise<void> {
  const { arn } = certificate;
  const now = deps.clock.now();
  const facts = describeCertificate(leaf.der);
  const moved = await changeCertificate(tx, arn, certificate, {
    status: statusAfter(issuing, certificate.status),
    generation,
    issuedAt: now.getTime(),
    exportedAt: null,
    renewAt: null,
    orderedAt: null,
    trouble: null,
    ...saidColumns(facts),
    ...(issuing === "renewed"
      ? {
          renewal: renewalAfter("renewed", certificate.renewal) ?? certificate.renewal,
          renewalReason: null,
          renewalUpdatedAt: now.getTime(),
        }
      : {}),
  });
  if (!moved) return; // deleted, given up or issued by somebody else meanwhile
  await putInForce(tx, arn, generation, facts, { certificate: leaf.pem, chain: leaf.chainPem }, now);
  await recordAct(tx, arn, issuing === "issued" ? "CertificateIssued" : "CertificateRenewed", deps);
  await promiseAdvance(tx, arn, now);
}

/** A CA that will not renew today may tomorrow: a CAA record is put right, a private CA is enabled again. */
const RETRY_RENEWAL: Millis = HOUR;
