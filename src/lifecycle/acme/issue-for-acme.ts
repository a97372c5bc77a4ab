import { describeLeaf } from "#ca/describe-leaf.ts";
import {
  type LeafRequest,
  type PrepareDeps,
  type Prepared,
  prepareLeaf,
  recordSigned,
  type SignDeps,
  signTaken,
  type TakenLeaf,
  takeLeaf,
  takeStampedLeaf,
  type UnrecordedLeaf,
} from "#ca/issue.ts";
import { LintError } from "#ca/lint/lint.ts";
import { TimestampsMissing } from "#ca/transparency/outside/timestamps.ts";
import type { AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { CertificateArn } from "#domain/arn.ts";
import type { KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import { statusAfter } from "#domain/certificate/status.ts";
import type { Tag } from "#domain/certificate/tags.ts";
import type { DomainName, Owner } from "#domain/names.ts";
import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";
import { recordAct } from "#lifecycle/acts.ts";
import { promiseAdvance } from "#lifecycle/advance-job.ts";
import { CannotIssue } from "#lifecycle/authority.ts";
import { saidColumns } from "#lifecycle/put-in-force.ts";
import { writeTags } from "#store/certificate-tags.ts";
import { replaceSignedVersion } from "#store/certificate-versions.ts";
import { changeCertificate, holdCertificate, insertCertificate, type NewCertificate } from "#store/certificates.ts";
import type { Tx } from "#store/store.ts";

/** https://docs.aws.amazon.com/acm/latest/userguide/acme-endpoints.html: certificates of ACME clients live 45 days. */
export const ACME_LEAF_LIFETIME: Millis = 45 * DAY;

/** One version of an ACME client's certificate; the client keeps the key. */
export interface AcmeVersion extends Owner, Pick<LeafRequest, "validity"> {
  readonly certificateArn: CertificateArn;
  readonly generation: number;
  readonly endpointArn: AcmeEndpointArn;
  readonly accountId: string;
  /** Distinct, the first one leads. */
  readonly names: readonly DomainName[];
  readonly keyAlgorithm: KeyAlgorithm;
  readonly subjectPublicKeyInfo: Uint8Array;
  /** What a new certificate is tagged with. */
  readonly tags: readonly Tag[];
}

/** What was written down: taken, unless logs of others are to be asked first. */
export type BegunLeaf = TakenLeaf | Pick<Prepared, "intentId">;

/**
 * Writes down what is about to be signed, in the transaction that decides it, and takes it: the first of three steps, as
 * in issue.ts. Throws CannotIssue for a key or names that the rules of the CA do not allow.
 */
export async function prepareForAcme(tx: Tx, version: AcmeVersion, deps: PrepareDeps): Promise<BegunLeaf> {
  try {
    const prepared = await prepareLeaf(tx, { ...version, purpose: "acme" }, deps);
    return deps.signers.outsideLogs ? prepared : await takeLeaf(tx, prepared, deps);
  } catch (error) {
    throw error instanceof LintError ? new CannotIssue("OTHER", error.message) : error;
  }
}

/**
 * Signs what was written down, once; a successor of a process that died writes it down afresh. Throws CannotIssue, and
 * TimestampsMissing with the time at which to go on.
 */
export async function signForAcme(
  version: AcmeVersion,
  begun: BegunLeaf | undefined,
  deps: SignDeps & PrepareDeps,
): Promise<UnrecordedLeaf> {
  const own = begun ?? (await deps.store.transaction().execute((tx) => prepareForAcme(tx, version, deps)));
  try {
    return await signTaken("intent" in own ? own : await takeStampedLeaf(own, deps), deps);
  } catch (error) {
    const isFinal = error instanceof TimestampsMissing && !error.until;
    throw isFinal ? new CannotIssue("OTHER", error.message) : error;
  }
}

/**
 * Puts a signed version in force, in the transaction that ends its order: the certificate comes into being with its
 * first version and keeps its ARN with all later ones. One that is overtaken by a later version changes nothing.
 */
export async function recordForAcme(
  tx: Tx,
  version: AcmeVersion,
  unrecorded: UnrecordedLeaf,
  deps: PrepareDeps,
): Promise<void> {
  const leaf = await recordSigned(tx, unrecorded, deps);
  const { certificateArn: arn, generation, names, keyAlgorithm, subjectPublicKeyInfo, tags } = version;
  const now = deps.clock.now().getTime();
  const facts = describeLeaf(leaf, names, keyAlgorithm);
  const said = { ...saidColumns(facts), issuedAt: now };
  const held = generation > 1 ? await holdCertificate(tx, arn) : undefined;
  const isFirst = !held && (await insertCertificate(tx, { ...rowOf(version, now), ...said }));
  if (!isFirst) {
    const present = held ?? (await holdCertificate(tx, arn));
    if (!present || present.generation >= generation || present.status === "REVOKED") return;
    const status = statusAfter("reissued", present.status);
    if (!(await changeCertificate(tx, arn, present, { status, generation, renewAt: null, ...said }))) return;
  }
  const { serial, subject, issuer, signatureAlgorithm, extendedKeyUsages } = facts;
  const extendedKeyUsageOids = extendedKeyUsages.map(({ oid }) => oid ?? null);
  const signed = { serial, subject, issuer, signatureAlgorithm, extendedKeyUsageOids };
  const pem = { certificate: leaf.pem, chain: leaf.chainPem };
  const made = { certificateArn: arn, generation, subjectPublicKeyInfo, madeAt: now };
  await replaceSignedVersion(tx, made, { ...signed, ...pem });
  if (isFirst && tags.length > 0) await writeTags(tx, arn, tags);
  await recordAct(tx, arn, isFirst ? "CertificateIssued" : "CertificateRenewed", deps);
  await promiseAdvance(tx, arn, later(facts.notAfter, SECOND)); // its client renews it: nothing is due before its end
}

function rowOf(version: AcmeVersion, now: number): Omit<NewCertificate, "keyUsages" | "extendedKeyUsages"> {
  const { account, region, certificateArn: arn, generation, names, keyAlgorithm } = version;
  const [domainName] = names;
  if (domainName === undefined) throw new Error(`${arn} has no name`);
  return {
    arn,
    account,
    region,
    createdAt: now,
    requestKey: null,
    type: "AMAZON_ISSUED",
    keyPairOrigin: "ACME",
    authority: "built-in",
    certificateAuthorityArn: null,
    acmeEndpointArn: version.endpointArn,
    acmeAccountId: version.accountId,
    status: "ISSUED",
    keyAlgorithm,
    domainName,
    names,
    validationMethod: "DNS",
    exportOption: "DISABLED",
    managedBy: null,
    generation,
    renewal: "NONE",
  };
}
