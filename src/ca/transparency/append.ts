import { hash } from "node:crypto";
import { type LeafIssuer, signAndCheck } from "#ca/signers.ts";
import { later, SECOND } from "#lib/duration.ts";
import { leafHash, rootOver } from "#lib/merkle-hash.ts";
import { signed } from "#lib/x509-certificate.ts";
import { findIssuer } from "#store/issuers.ts";
import { putJobBy } from "#store/jobs.ts";
import type { Tx } from "#store/store.ts";
import {
  insertLogEntry,
  insertLogIssuer,
  insertLogNode,
  listLogHashes,
  markLogged,
  takeLogPlace,
} from "#store/transparency.ts";
import { type LogDeps, ownLog } from "./log.ts";
import {
  type LoggedPrecertificate,
  merkleTreeLeaf,
  POISON,
  signedTimestamp,
  tileLeaf,
  timestampedEntry,
  timestampInput,
  withExtension,
} from "./structures.ts";

/** The task of the job that signs the next checkpoint: see checkpoint.ts. */
export const SIGN_CHECKPOINT = "ca.sign-checkpoint";

/** What is to have a timestamp: the TBSCertificate of an intent that is taken. */
export interface ToLog {
  readonly id: string;
  readonly tbs: Buffer;
  /** The precertificate, where one was signed for logs of others. */
  readonly precertificate?: Buffer | undefined;
}

/** Signs what logs are given in the place of the certificate (RFC 6962 section 3.1), DER. */
export function signPrecertificate(tbs: Buffer, issuer: LeafIssuer): Buffer {
  const poisoned = withExtension(tbs, POISON);
  return signed(poisoned, issuer.algorithm.identifier, signAndCheck(issuer, poisoned));
}

/**
 * Puts the precertificate of an intent that is taken into our own log and answers the log's timestamp. The entry has its
 * place before the timestamp is given, in one commit with the note at the intent, so a process that dies leaves a
 * precertificate on record and nothing else. Throws when the intent was given up.
 */
export async function ownTimestamp(
  { id, tbs, precertificate: made }: ToLog,
  issuer: LeafIssuer,
  deps: LogDeps,
): Promise<Buffer> {
  const log = await ownLog(deps);
  const precertificate = made ?? signPrecertificate(tbs, issuer);
  const chain = await chainOf(issuer.id, deps);
  const issuerKeyHash = hash("sha256", issuer.subjectPublicKeyInfo, "buffer");
  const { entry, timestamped } = await deps.store.transaction().execute(async (tx) => {
    const position = await takeLogPlace(tx);
    const now = deps.clock.now();
    const logged: LoggedPrecertificate = { timestamp: now.getTime(), issuerKeyHash, tbs, position };
    const bytes = timestampedEntry(logged);
    if (!(await markLogged(tx, id, position))) throw new Error(`intent ${id} was abandoned before it was logged`);
    const fingerprints = chain.map((certificate) => hash("sha256", certificate, "buffer"));
    await insertLogEntry(tx, {
      position,
      leafHash: leafHash(merkleTreeLeaf(bytes)),
      entry: tileLeaf(bytes, precertificate, fingerprints),
    });
    for (const [index, certificate] of chain.entries()) {
      await insertLogIssuer(tx, fingerprints[index]?.toString("hex") ?? "", certificate);
    }
    await closeTiles(tx, position + 1);
    await putJobBy(tx, SIGN_CHECKPOINT, "", later(now, SECOND).getTime());
    return { entry: logged, timestamped: bytes };
  });
  return signedTimestamp(log.id, entry, log.sign(timestampInput(timestamped)));
}

/** The hash over each tile that the entry numbered `size` filled. */
async function closeTiles(tx: Tx, size: number): Promise<void> {
  let filled = size;
  for (let level = 0; filled % TILE === 0; level++) {
    filled /= TILE;
    const hashes = await listLogHashes(tx, level, (filled - 1) * TILE, TILE);
    if (hashes.length !== TILE) throw new Error(`tile ${filled - 1} of level ${level} has ${hashes.length} hashes`);
    await insertLogNode(tx, level + 1, filled - 1, rootOver(hashes));
  }
}

/** The issuer and the root above it, DER. */
export async function chainOf(issuerId: string, { store }: Pick<LogDeps, "store">): Promise<readonly Uint8Array[]> {
  const issuer = await findIssuer(store, issuerId);
  const parent = issuer && (await findIssuer(store, issuer.parentId));
  if (!issuer || !parent) throw new Error(`the CA has no issuer ${issuerId}`);
  return [issuer.certificate, parent.certificate];
}

/** How many hashes a full tile holds. */
export const TILE = 256;
