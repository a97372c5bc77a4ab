import { X509Certificate } from "node:crypto";
import { type CertificateArn, parseArn } from "#domain/arn.ts";
import { leafPeriod, type Period } from "#domain/certificate/validity.ts";
import type { IssuancePurpose } from "#domain/hierarchy/names.ts";
import type { DomainName, Named } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { timeOrderedId } from "#lib/time-ordered-id.ts";
import { keyFamily } from "#lib/x509-algorithms.ts";
import { readCertificate, signed } from "#lib/x509-certificate.ts";
import { takeCrlPlace } from "#store/crls.ts";
import {
  abandonIntent,
  findLiveIntent,
  findSignedIntent,
  finishIntent,
  insertIntent,
  type SignedRow,
  type TakenIntent,
  takeIntent,
} from "#store/issuance.ts";
import { deleteTimestamps } from "#store/outside-logs.ts";
import type { Db, Tx } from "#store/store.ts";
import { replaceIntentTbs } from "#store/transparency.ts";
import { shardOf } from "./crl-shards.ts";
import type { CaDeps } from "./deps.ts";
import { chainOf } from "./hierarchies/chain.ts";
import { issuerFor } from "./hierarchies/issuer-for.ts";
import { isInternal } from "./internal-name.ts";
import { leafTbs } from "./leaf.ts";
import { lintLeaf } from "./lint/lint.ts";
import { certifiedKey, type LintProfile } from "./lint/linted-leaf.ts";
import { freshSerial } from "./serials.ts";
import { type LeafIssuer, signAndCheck } from "./signers.ts";
import { ownTimestamp } from "./transparency/append.ts";
import { keptIntent } from "./transparency/outside/kept-intent.ts";
import { awaitTimestamps, heldTimestamps } from "./transparency/outside/timestamps.ts";
import { timestampsExtension, withExtension } from "./transparency/structures.ts";

/** What is to be certified. */
export interface LeafRequest {
  readonly certificateArn: CertificateArn;
  /** Which of the certificate's versions: it is signed once for each. */
  readonly generation: number;
  /** DER. */
  readonly subjectPublicKeyInfo: Uint8Array;
  /** The first one becomes the common name. */
  readonly names: readonly DomainName[];
  /** For example `LEAF_VALIDITY`; the rules of the day may make it shorter. Or from when to when, exactly. */
  readonly validity: Millis | Period;
  /** What for; unless given, ACM. It may have a hierarchy of its own. */
  readonly purpose?: IssuancePurpose;
}

/** Names one recorded intent. */
export type IntentId = Named<"IntentId">;

/** A linted and recorded intent: a token that `signLeaf` redeems once. */
export interface Prepared {
  readonly intentId: IntentId;
  readonly issuerId: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface SignedLeaf extends Prepared {
  readonly der: Buffer;
  readonly pem: string;
  /** The intermediate, then roots as other roots signed them: what a server sends after its leaf. */
  readonly chainPem: string;
}

/**
 * Writes down, in the caller's transaction, what is about to be signed: issuer by key type, serial number, the linted
 * TBSCertificate. An earlier intent that nobody is signing is given up. Throws when the certificate of this generation
 * is signed already (see `findSigned`) or being signed, and when the rules find a fault. One that waits for logs of others
 * and says the same goes on.
 */
export async function prepareLeaf(tx: Tx, request: LeafRequest, deps: PrepareDeps): Promise<Prepared> {
  return await prepare(tx, { ...request, addresses: [] }, "server", request.purpose ?? "acm", deps);
}

/** The same for one of Sealkeeper's own servers, which may have local names and IP addresses. */
export async function prepareInternalLeaf(tx: Tx, request: InternalLeafRequest, deps: PrepareDeps): Promise<Prepared> {
  return await prepare(tx, request, "internal", "internal", deps);
}

/** A leaf that is not publicly trustable: `certificateArn` is any name of its own. */
export interface InternalLeafRequest extends Omit<LeafRequest, "certificateArn" | "names" | "purpose"> {
  readonly certificateArn: string;
  readonly names: readonly string[];
  /** IP addresses of 4 or 16 bytes. */
  readonly addresses: readonly Uint8Array[];
}

/**
 * Redeems an intent: signs it, once. Not inside a transaction. Throws when the intent was taken before or given up;
 * then `findSigned` shows whether somebody else finished it, and `prepareLeaf` makes a new one.
 *
 * 0. Where logs of others are to know it, they are asked first; throws TimestampsMissing while too few have answered.
 * 1. The intent is taken: it becomes `signing` in one statement, so that nobody else can sign it, ever.
 * 2. The TBSCertificate that was linted and stored is signed, and the signature checked.
 * 3. The certificate is read back: it must hold exactly the TBSCertificate that was linted.
 * 4. The result is recorded, with its line in the journal. A process that dies before leaves a `signing` intent, which
 *    is abandoned with whatever was signed: that never left the process.
 */
export async function signLeaf(prepared: Pick<Prepared, "intentId">, deps: SignDeps): Promise<SignedLeaf> {
  const taken = await takeStampedLeaf(prepared, deps);
  const unrecorded = await signTaken(taken, deps);
  return await deps.store.transaction().execute((tx) => recordSigned(tx, unrecorded, deps));
}

/** An intent that is taken: whoever holds this may sign it, and nobody else. */
export interface TakenLeaf {
  readonly intent: TakenIntent;
}

/** Signed, but not on record: it must not leave the process before it is. */
export interface UnrecordedLeaf extends TakenLeaf {
  readonly der: Buffer;
}

/** Step 1 by itself, also in the very transaction that prepared the intent: it commits before anything is signed. */
export async function takeLeaf(
  db: Db,
  { intentId }: Pick<Prepared, "intentId">,
  { clock }: Pick<SignDeps, "clock">,
): Promise<TakenLeaf> {
  const intent = await takeIntent(db, intentId, clock.now().getTime());
  if (!intent?.tbs) throw new Error(`intent ${intentId} was redeemed or abandoned before`);
  return { intent };
}

/** Steps 0 and 1. Not inside a transaction. */
export async function takeStampedLeaf(prepared: Pick<Prepared, "intentId">, deps: SignDeps): Promise<TakenLeaf> {
  await awaitTimestamps(prepared.intentId, deps);
  return await takeLeaf(deps.store, prepared, deps);
}

/** Steps 2 and 3 by themselves. Not inside a transaction, and only after the one that took the intent has committed. */
export async function signTaken({ intent }: TakenLeaf, deps: SignDeps): Promise<UnrecordedLeaf> {
  const { store, signers } = deps;
  const { id, issuerId, tbs: linted } = intent;
  if (!linted) throw new Error(`intent ${id} has nothing to be signed`);
  const issuer = await signers.issuer(store, issuerId);
  const tbs = await timestamped(intent, Buffer.from(linted), issuer, deps);
  const der = signed(tbs, issuer.algorithm.identifier, signAndCheck(issuer, tbs));
  if (!readCertificate(der).tbs.equals(tbs) || !new X509Certificate(der).verify(issuer.publicKey)) {
    throw new Error(`intent ${id}: the certificate is not what was linted`);
  }
  return { intent, der };
}

/**
 * With logs, a precertificate is logged first, under the same serial number. What is to be signed then has their
 * timestamps in it; it is linted and written down in the place of what was intended.
 */
async function timestamped(intent: TakenIntent, linted: Buffer, issuer: LeafIssuer, deps: SignDeps): Promise<Buffer> {
  const { id, certificateArn } = intent;
  const precertificate = intent.precertificate ? Buffer.from(intent.precertificate) : undefined;
  const timestamps = [
    ...(deps.signers.transparency ? [await ownTimestamp({ id, tbs: linted, precertificate }, issuer, deps)] : []),
    ...(await heldTimestamps({ ...intent, tbs: linted }, issuer, deps)),
  ];
  if (timestamps.length === 0) return linted;
  const tbs = withExtension(linted, timestampsExtension(timestamps));
  lintLeaf(tbs, { profile: isInternal(certificateArn) ? "internal" : "server", issuer, now: deps.clock.now() });
  if (!(await replaceIntentTbs(deps.store, id, tbs))) throw new Error(`intent ${id} was abandoned while it was logged`);
  return tbs;
}

/** Step 4 by itself, in the transaction that uses the result. Throws when the intent was abandoned meanwhile. */
export async function recordSigned(
  tx: Tx,
  { intent, der }: UnrecordedLeaf,
  { clock }: Pick<SignDeps, "clock">,
): Promise<SignedLeaf> {
  const { id } = intent;
  if (!(await finishIntent(tx, id, der, clock.now().getTime()))) {
    throw new Error(`intent ${id} was abandoned while it was signed`);
  }
  if (intent.precertificate) await deleteTimestamps(tx, id);
  await recordSigning(tx, intent, clock);
  return await signedLeaf(tx, { ...intent, certificate: der }, clock);
}

/** What was signed for this generation; undefined when nothing was yet. */
export async function findSigned(
  db: Db,
  certificateArn: CertificateArn,
  generation: number,
  { clock }: Pick<CaDeps, "clock">,
): Promise<SignedLeaf | undefined> {
  const row = await findSignedIntent(db, certificateArn, generation);
  return row && (await signedLeaf(db, row, clock));
}

/** What `prepareLeaf` needs of the CA. */
export type PrepareDeps = Pick<CaDeps, "clock" | "ids" | "signers">;
/** What `signLeaf` needs of the CA. */
export type SignDeps = Pick<CaDeps, "store" | "clock" | "signers">;

async function prepare(
  tx: Tx,
  request: InternalLeafRequest,
  profile: LintProfile,
  purpose: IssuancePurpose,
  { clock, ids, signers }: PrepareDeps,
): Promise<Prepared> {
  const { certificateArn, generation, subjectPublicKeyInfo, names, addresses, validity } = request;
  const now = clock.now();
  const certified = certifiedKey(subjectPublicKeyInfo);
  const { algorithm } = certified;
  if (!algorithm) throw new Error("the CA certifies RSA, P-256, P-384 and P-521 keys only");
  const account = parseArn(certificateArn)?.account ?? "";
  const issuer = await issuerFor(tx, { account, purpose, family: keyFamily(algorithm) }, now, signers);
  const fixed = { subjectPublicKeyInfo, keyAlgorithm: algorithm, names, addresses };
  const isLogged = signers.outsideLogs && profile === "server";
  const kept = isLogged && (await keptIntent(tx, { certificateArn, generation, fixed, validity }, issuer, now));
  if (kept) return kept;
  await abandonIntent(tx, certificateArn, generation, later(now, -SIGNING_TIME).getTime());

  const serial = freshSerial();
  const shard = shardOf(await takeCrlPlace(tx));
  const period = typeof validity === "number" ? leafPeriod(validity, now, issuer) : validity;
  const tbs = leafTbs({ ...fixed, serial, shard, ...period }, issuer);
  lintLeaf(tbs, { profile, issuer, now, certified });

  const intentId = timeOrderedId(now, ids) as IntentId;
  const prepared = { intentId, issuerId: issuer.id, serial: serial.toString("hex"), ...period };
  const inserted = await insertIntent(tx, {
    id: intentId,
    certificateArn,
    generation,
    issuerId: issuer.id,
    serial: prepared.serial,
    shard,
    tbs,
    notBefore: period.notBefore.getTime(),
    notAfter: period.notAfter.getTime(),
    preparedAt: now.getTime(),
  });
  if (!inserted) {
    const other = await findLiveIntent(tx, certificateArn, generation);
    throw new Error(`generation ${generation} of ${certificateArn} is ${other?.state ?? "taken"} already`);
  }
  return prepared;
}

async function signedLeaf(db: Db, row: SignedRow, clock: Clock): Promise<SignedLeaf> {
  if (!row.certificate) throw new Error(`intent ${row.id} is signed but has no certificate`);
  const der = Buffer.from(row.certificate);
  return {
    intentId: row.id as IntentId,
    issuerId: row.issuerId,
    serial: row.serial,
    notBefore: new Date(row.notBefore),
    notAfter: new Date(row.notAfter),
    der,
    pem: pem("CERTIFICATE", der),
    chainPem: await chainOf(db, row.issuerId, clock.now()),
  };
}

async function recordSigning(
  tx: Tx,
  { id, certificateArn, issuerId }: Pick<UnrecordedLeaf["intent"], "id" | "certificateArn" | "issuerId">,
  clock: Clock,
): Promise<void> {
  const owner = parseArn(certificateArn);
  const act = {
    account: owner?.account ?? "",
    region: owner?.region ?? "",
    principal: "ca.sealkeeper",
    eventSource: "ca.sealkeeper",
    eventName: "SignCertificate",
    resource: certificateArn,
    requestId: id,
    detail: { issuer: issuerId },
  };
  await recordIn(tx, act, clock);
}

/** After this long whoever took an intent is taken for dead. Were it alive, its result would be refused: step 4. */
const SIGNING_TIME = 5 * SECOND;
