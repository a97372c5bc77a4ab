import { hash, verify } from "node:crypto";
import { HOUR, later, type Millis } from "#lib/duration.ts";
import { EMPTY_ROOT, rootOver } from "#lib/merkle-hash.ts";
import type { Db } from "#store/store.ts";
import { findLog, listLogHashes, replaceCheckpoint } from "#store/transparency.ts";
import { TILE } from "./append.ts";
import { type LogDeps, originOf, ownLog } from "./log.ts";
import { digitallySigned, logIdOf, treeHeadInput, uint } from "./structures.ts";

/** The job: signs a checkpoint over everything that has a place, and again when the last one is half a day old. */
export async function signCheckpoint(deps: LogDeps): Promise<Date> {
  const { store, clock, signers } = deps;
  const log = await ownLog(deps);
  const row = await findLog(store);
  if (!row) throw new Error("there is no log");
  const publishedAt = Math.max(clock.now().getTime(), row.publishedAt + 1);
  const root = await rootOf(store, row.size);
  const signature = log.sign(treeHeadInput(publishedAt, row.size, root));
  const origin = originOf(signers.caUrl);
  const checkpoint = writeCheckpoint({ origin, size: row.size, root }, log.id, publishedAt, signature);
  await replaceCheckpoint(store, row, { publishedSize: row.size, publishedAt, checkpoint });
  return later(clock.now(), FRESH);
}

/** The root of the tree of the first `size` entries (RFC 6962 section 2.1), from what its last tiles hold. */
export async function rootOf(db: Db, size: number): Promise<Buffer> {
  let root: Buffer | undefined;
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE)) {
    const partial = count % TILE;
    const hashes = await listLogHashes(db, level, count - partial, partial);
    if (hashes.length !== partial) throw new Error(`level ${level} of the log has a gap behind ${count - partial}`);
    const above = root ? [...hashes, root] : hashes;
    if (above.length > 0) root = rootOver(above);
  }
  return root ?? EMPTY_ROOT;
}

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A signed note (https://c2sp.org/static-ct-api#checkpoints). */
function writeCheckpoint({ origin, size, root }: Checkpoint, logId: Buffer, at: number, signature: Buffer): string {
  const body = `${origin}\n${size}\n${root.toString("base64")}\n`;
  const line = Buffer.concat([keyId(origin, logId), uint(at, 8), digitallySigned(signature)]).toString("base64");
  return `${body}\n— ${origin} ${line}\n`;
}

/** Reads a checkpoint and checks its signature by the log's public key; undefined when either fails. */
export function readCheckpoint(text: string, publicKey: Buffer): Checkpoint | undefined {
  const [, origin = "", size = "", root64 = "", name, line = ""] = NOTE.exec(text) ?? [];
  const root = Buffer.from(root64, "base64");
  const bytes = Buffer.from(line, "base64");
  if (name !== origin || root.length !== 32 || bytes.length < 17) return undefined;
  if (!bytes.subarray(0, 4).equals(keyId(origin, logIdOf(publicKey)))) return undefined;
  const at = Number(bytes.readBigUInt64BE(4));
  const length = bytes.readUInt16BE(14);
  if (!bytes.subarray(12, 14).equals(ECDSA_SHA256) || bytes.length !== 16 + length) return undefined;
  const key = { key: publicKey, format: "der", type: "spki" } as const;
  const isSigned = verify("sha256", treeHeadInput(at, Number(size), root), key, bytes.subarray(16));
  return isSigned ? { origin, size: Number(size), root } : undefined;
}

function keyId(origin: string, logId: Buffer): Buffer {
  return hash("sha256", Buffer.concat([Buffer.from(`${origin}\n`), RFC6962_NOTE, logId]), "buffer").subarray(0, 4);
}

const NOTE = /^([^\n]{1,300})\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n\n— (\S{1,300}) ([A-Za-z0-9+/=]{1,300})\n$/;
const RFC6962_NOTE = Uint8Array.of(5);
const ECDSA_SHA256 = Uint8Array.of(4, 3);
/** Half of what the log promises as its maximum merge delay. */
const FRESH: Millis = 12 * HOUR;
