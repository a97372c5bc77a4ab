import { type KeyObject, X509Certificate } from "node:crypto";
import { freshSerial } from "#ca/serials.ts";
import { signAndCheck } from "#ca/signers.ts";
import { issuedArn } from "#domain/private-ca/arns.ts";
import type { CaStatus } from "#domain/private-ca/status.ts";
import { recordIn } from "#journal/journal.ts";
import { encode, integer, sequence } from "#lib/der.ts";
import { children, readElement, slice } from "#lib/der-reader.ts";
import { later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { readCertificate, signed } from "#lib/x509-certificate.ts";
import { SIGNATURES } from "#lib/x509-signatures.ts";
import { putJob } from "#store/jobs.ts";
import {
  abandonIssued,
  findIssued,
  finishIssued,
  type IssuedRow,
  insertIssued,
  takeIssued,
} from "#store/private-ca-certificates.ts";
import { findPrivateCa } from "#store/private-cas.ts";
import type { Tx } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { arnOf } from "./find.ts";
import { forgetDeleted, openAuthority } from "./open-authority.ts";
import { lastDigit } from "./urls.ts";

/** The task of the job that signs what was asked for; its subject is `<CA's id>/<serial number>`. */
export const SIGN_TASK = "private-ca.sign";

/** Promises to sign, at once. */
export async function promiseSignature(tx: Tx, caId: string, serial: string, now: Date): Promise<void> {
  await putJob(tx, SIGN_TASK, `${caId}/${serial}`, now.getTime());
}

export type SignDeps = Pick<PrivateCaDeps, "store" | "clock" | "signers">;

/** The job: signs, and answers when to look again where somebody else is at it. */
export async function signJob(subject: string, deps: SignDeps): Promise<Date | undefined> {
  const [caId = "", serial = ""] = subject.split("/");
  const done = await signIssued(caId, serial, deps);
  return done instanceof Date ? done : undefined;
}

/**
 * Signs what was prepared, once. Answers what is signed, a time at which to try again while somebody else signs or the
 * CA is stopped, or undefined when there is no such thing (any more).
 *
 * 1. It is taken: `prepared` becomes `signing` in one statement, so that nobody else can sign it, ever.
 * 2. The TBSCertificate that was linted and stored is signed, and the signature checked.
 * 3. The certificate is read back: it must hold exactly that TBSCertificate. If not, it is abandoned for good.
 * 4. The result is recorded, with its line in the journal. A process that dies before leaves a `signing` row, which is
 *    abandoned with whatever was signed: that never left the process. The same content under another serial number takes
 *    its place, and is found by the same ARN.
 */
export async function signIssued(caId: string, serial: string, deps: SignDeps): Promise<IssuedRow | Date | undefined> {
  const { store, clock, signers } = deps;
  const ca = await findPrivateCa(store, caId);
  forgetDeleted(caId, ca, signers);
  if (ca && STOPPED.has(ca.status)) {
    const row = await findIssued(store, caId, serial);
    return row && row.state !== "signed" ? later(clock.now(), STOPPED_PAUSE) : row;
  }
  const taken = await takeIssued(store, caId, serial, clock.now().getTime());
  if (!taken) return await takeOver(caId, serial, deps);
  if (!ca || !taken.tbs) throw new Error(`${caId}/${serial} has nothing to be signed`);

  const issuer = { ...openAuthority(ca, signers), algorithm: SIGNATURES[taken.signature] };
  const der = signed(taken.tbs, issuer.algorithm.identifier, signAndCheck(issuer, taken.tbs));
  if (!isReadBack(der, taken.tbs, issuer.publicKey)) {
    // Under another serial number it would fare no better.
    await abandonIssued(store, taken, { takenBefore: Number.MAX_SAFE_INTEGER, replacedBy: null });
    throw new Error(`${caId}/${serial}: the certificate is not what was linted`);
  }

  const signedAt = clock.now().getTime();
  const finished = await store.transaction().execute(async (tx) => {
    if (!(await finishIssued(tx, taken, der, signedAt))) return false;
    const { account, region } = ca;
    const act = { account, region, principal: "ca.sealkeeper", eventSource: "ca.sealkeeper", requestId: serial };
    const resource = issuedArn(arnOf(ca), taken.arnId);
    await recordIn(tx, { ...act, eventName: "SignCertificate", resource }, clock);
    return true;
  });
  if (!finished) throw new Error(`${caId}/${serial} was abandoned while it was signed`);
  return { ...taken, state: "signed", tbs: null, certificate: der, signedAt };
}

function isReadBack(der: Buffer, tbs: Uint8Array, publicKey: KeyObject): boolean {
  try {
    return readCertificate(der).tbs.equals(tbs) && new X509Certificate(der).verify(publicKey);
  } catch {
    return false;
  }
}

/** What is not there to be taken: signed by now, or somebody is at it, or died over it. */
async function takeOver(caId: string, serial: string, deps: SignDeps): Promise<IssuedRow | Date | undefined> {
  const row = await findIssued(deps.store, caId, serial);
  if (row?.state === "signed") return row;
  if (row?.state === "abandoned") {
    return row.replacedBy === null ? undefined : await signIssued(caId, row.replacedBy, deps);
  }
  if (row?.state !== "signing") return undefined;
  const staleAt = later(new Date(row.signingAt ?? 0), SIGNING_TIME);
  if (deps.clock.now() <= staleAt) return later(staleAt, 1);
  const replacement = await replace(row, deps);
  return replacement === undefined ? deps.clock.now() : await signIssued(caId, replacement, deps);
}

/** The same content under a new serial number, in place of one that somebody died over. */
async function replace(row: IssuedRow, { store, clock }: SignDeps): Promise<string | undefined> {
  if (!row.tbs) return undefined;
  const serial = freshSerial();
  // The last digit says which part of the CRL covers it, and that stands in the content.
  serial[serial.length - 1] = ((serial.at(-1) ?? 0) & 0xf0) | Number.parseInt(lastDigit(row.serial), 16);
  const hex = serial.toString("hex");
  const fresh = { ...row, serial: hex, tbs: withSerial(row.tbs, serial), signingAt: null };
  return await store.transaction().execute(async (tx) => {
    const takenBefore = later(clock.now(), -SIGNING_TIME).getTime();
    if (!(await abandonIssued(tx, row, { takenBefore, replacedBy: hex }))) return undefined;
    if (!(await insertIssued(tx, fresh))) throw new Error(`${row.caId}/${row.serial} could not be replaced`);
    await promiseSignature(tx, row.caId, hex, clock.now());
    return hex;
  });
}

/** A TBSCertificate with another serial number and everything else byte for byte. */
function withSerial(tbs: Uint8Array, serial: Uint8Array): Buffer {
  const [version, , ...rest] = children(tbs, readElement(tbs)).map((element) => slice(tbs, element));
  if (!version) throw new Error("not a TBSCertificate");
  return encode(sequence(version, integer(serial), ...rest));
}

/** Whoever stops a CA means what waits for its signature, too: work that was left over is not done behind their back. */
const STOPPED: ReadonlySet<CaStatus> = new Set(["DISABLED", "DELETED"]);
const STOPPED_PAUSE: Millis = MINUTE;
/** After this long whoever took it is taken for dead. Were it alive, its result would be refused: step 4. */
export const SIGNING_TIME: number = 5 * SECOND;
