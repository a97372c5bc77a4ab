import { createPublicKey, hash, X509Certificate } from "node:crypto";
import { oid } from "#lib/der.ts";
import { leafHash, rootOver } from "#lib/merkle-hash.ts";
import { OID } from "#lib/oids.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import type { Store } from "#store/store.ts";
import {
  findLog,
  findLogIssuer,
  type LogRow,
  listLogEntries,
  listLogHashes,
  listSignedLeafs,
} from "#store/transparency.ts";
import { TILE } from "./append.ts";
import { readCheckpoint, rootOf } from "./checkpoint.ts";
import {
  loggedTbs,
  logIdOf,
  merkleTreeLeaf,
  type ReadTileLeaf,
  readTileLeaf,
  readTimestamp,
  timestampsOf,
  withoutExtension,
} from "./structures.ts";

/** What a walk through the log found. */
export interface LogReport {
  readonly entries: number;
  /** Signed leafs that were found in the log. */
  readonly certificates: number;
  /** Signed leafs without a timestamp: they were signed while the log was off. */
  readonly unlogged: number;
  /** Everything that is not as it must be, in words; empty for a log that is whole. */
  readonly findings: readonly string[];
}

/**
 * Walks the whole log as the database holds it: every entry by its own bytes and the signature of its issuer, every hash
 * of every tile, the signed checkpoint, and every certificate that the CA signed.
 */
export async function verifyLog(store: Store): Promise<LogReport> {
  const log = await findLog(store);
  const findings: string[] = [];
  if (log) {
    await checkEntries(store, log, findings);
    await checkTiles(store, log.size, findings);
    await checkCheckpoint(store, log, findings);
  }
  const logId = log && logIdOf(log.publicKey);
  return { entries: log?.size ?? 0, ...(await checkCertificates(store, logId, findings)), findings };
}

async function checkEntries(store: Store, { size }: LogRow, findings: string[]): Promise<void> {
  for (let from = 0; from < size; from += TILE) {
    const count = Math.min(TILE, size - from);
    const entries = await listLogEntries(store, from, count);
    const hashes = await listLogHashes(store, 0, from, count);
    if (entries.length !== count) findings.push(`of the entries from ${from} on ${count - entries.length} are missing`);
    for (const [index, bytes] of entries.entries()) {
      const problem = await entryProblem(bytes, from + index, hashes[index], store);
      if (problem !== undefined) findings.push(`entry ${from + index}: ${problem}`);
    }
  }
}

async function entryProblem(
  bytes: Buffer,
  position: number,
  expected: Buffer | undefined,
  store: Store,
): Promise<string | undefined> {
  const entry = readEntry(bytes);
  if (!entry) return "it cannot be read";
  if (entry.logged.position !== position) return `it says that it is entry ${entry.logged.position}`;
  if (!expected || !leafHash(merkleTreeLeaf(entry.timestamped)).equals(expected)) return "its hash is another";
  const chain = await Promise.all(entry.chain.map((one) => findLogIssuer(store, one.toString("hex"))));
  const [issuer] = chain;
  if (!issuer || chain.some((one, index) => !one || !hash("sha256", one, "buffer").equals(entry.chain[index] ?? one))) {
    return "a certificate of its chain is missing or another";
  }
  const { subjectPublicKeyInfo } = readCertificate(issuer);
  if (!hash("sha256", subjectPublicKeyInfo, "buffer").equals(entry.logged.issuerKeyHash))
    return "its issuer is another";
  try {
    const { tbs } = readCertificate(entry.precertificate);
    if (!loggedTbs(tbs).equals(entry.logged.tbs)) return "its precertificate is another";
    const key = createPublicKey({ key: subjectPublicKeyInfo, format: "der", type: "spki" });
    return new X509Certificate(entry.precertificate).verify(key) ? undefined : "its issuer did not sign it";
  } catch {
    return "its precertificate cannot be read";
  }
}

async function checkTiles(store: Store, size: number, findings: string[]): Promise<void> {
  for (let level = 0, count = Math.floor(size / TILE); count > 0; level++, count = Math.floor(count / TILE)) {
    for (let index = 0; index < count; index++) {
      const below = await listLogHashes(store, level, index * TILE, TILE);
      const [above] = await listLogHashes(store, level + 1, index, 1);
      if (below.length !== TILE || !above || !rootOver(below).equals(above)) {
        findings.push(`tile ${index} of level ${level} is not what was hashed into the level above`);
      }
    }
  }
}

async function checkCheckpoint(store: Store, log: LogRow, findings: string[]): Promise<void> {
  if (log.checkpoint === null) {
    if (log.size > 0) findings.push("there is no checkpoint");
    return;
  }
  const checkpoint = readCheckpoint(log.checkpoint, Buffer.from(log.publicKey));
  if (!checkpoint) return void findings.push("the checkpoint is not signed by the log");
  if (checkpoint.size > log.size)
    return void findings.push(`the checkpoint covers ${checkpoint.size} entries, more than there are`);
  const root = await rootOf(store, checkpoint.size).catch(() => undefined);
  if (!root?.equals(checkpoint.root)) findings.push(`the checkpoint over ${checkpoint.size} entries has another root`);
}

async function checkCertificates(
  store: Store,
  logId: Buffer | undefined,
  findings: string[],
): Promise<Pick<LogReport, "certificates" | "unlogged">> {
  let certificates = 0;
  let unlogged = 0;
  for (let after = ""; ; ) {
    const leafs = await listSignedLeafs(store, after, TILE);
    for (const { issuerId, serial, certificate, logPosition } of leafs) {
      const { tbs } = certificate ? readCertificate(certificate) : {};
      const logged = tbs && logId && unstamped(tbs, logId);
      if (!logged && logPosition === null) unlogged++;
      else if (logged && (await isLogged(store, logged, logPosition))) certificates++;
      else findings.push(`the certificate ${serial} of ${issuerId} is not in the log where it should be`);
    }
    const last = leafs.at(-1);
    if (!last) return { certificates, unlogged };
    after = last.id;
  }
}

async function isLogged(store: Store, tbs: Buffer, position: number | null): Promise<boolean> {
  if (position === null) return false;
  const [bytes] = await listLogEntries(store, position, 1);
  return bytes !== undefined && readEntry(bytes)?.logged.tbs.equals(tbs) === true;
}

/** What the log has of a certificate: it without its timestamps; undefined when none of those is the log's. */
function unstamped(tbs: Buffer, logId: Buffer): Buffer | undefined {
  try {
    const isOurs = timestampsOf(tbs).some((one) => readTimestamp(one).logId.equals(logId));
    return isOurs ? withoutExtension(tbs, TIMESTAMPS_ID) : undefined;
  } catch {
    return undefined;
  }
}

function readEntry(bytes: Buffer): ReadTileLeaf | undefined {
  try {
    const entry = readTileLeaf(bytes);
    return entry.end === bytes.length ? entry : undefined;
  } catch {
    return undefined;
  }
}

const TIMESTAMPS_ID = oid(OID.sctList);
