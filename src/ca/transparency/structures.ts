import { hash } from "node:crypto";
import { type Der, encode, NULL, octetString, oid, sequence, tagged } from "#lib/der.ts";
import { children, DerError, type Element, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { anyExtension } from "#lib/x509-extensions.ts";

// The structures of RFC 6962 and of the static CT API (https://c2sp.org/static-ct-api), in TLS's encoding.

/** What the log takes of a precertificate. */
export interface LoggedPrecertificate {
  readonly timestamp: number;
  /** SHA-256 of the issuer's SubjectPublicKeyInfo. */
  readonly issuerKeyHash: Buffer;
  /** The TBSCertificate without poison and timestamps. */
  readonly tbs: Buffer;
  /** Where it stands in the log, from 0. */
  readonly position: number;
}

/** TimestampedEntry with the leaf_index extension (RFC 6962 section 3.4). */
export function timestampedEntry({ timestamp, position, ...entry }: LoggedPrecertificate): Buffer {
  return timestampedBy(timestamp, leafIndex(position), entry);
}

/** The same with the extensions that a log gave its timestamp, as CtExtensions. */
export function timestampedBy(
  timestamp: number,
  extensions: Buffer,
  { issuerKeyHash, tbs }: Pick<LoggedPrecertificate, "issuerKeyHash" | "tbs">,
): Buffer {
  return Buffer.concat([uint(timestamp, 8), PRECERT_ENTRY, issuerKeyHash, opaque(tbs, 3), extensions]);
}

/** MerkleTreeLeaf (RFC 6962 section 3.4): what is hashed. */
export function merkleTreeLeaf(timestamped: Buffer): Buffer {
  return Buffer.concat([V1, TIMESTAMPED_ENTRY, timestamped]);
}

/** TileLeaf: what stands in a data tile. `chain` are SHA-256 fingerprints. */
export function tileLeaf(timestamped: Buffer, precertificate: Buffer, chain: readonly Buffer[]): Buffer {
  return Buffer.concat([timestamped, opaque(precertificate, 3), opaque(Buffer.concat(chain), 2)]);
}

/** What a TileLeaf holds; the rest begins at `end`. */
export interface ReadTileLeaf {
  readonly timestamped: Buffer;
  readonly logged: LoggedPrecertificate;
  readonly precertificate: Buffer;
  readonly chain: readonly Buffer[];
  readonly end: number;
}

/** Reads a TileLeaf of a precertificate. Throws DerError for anything else. */
export function readTileLeaf(bytes: Buffer, start = 0): ReadTileLeaf {
  let at = start;
  const take = (length: number): Buffer => {
    if (at + length > bytes.length) throw new DerError("an entry that is cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const vector = (lengthBytes: number): Buffer => take(take(lengthBytes).readUIntBE(0, lengthBytes));
  const timestamp = Number(take(8).readBigUInt64BE());
  if (!take(2).equals(PRECERT_ENTRY)) throw new DerError("an entry that is no precertificate");
  const issuerKeyHash = take(32);
  const tbs = vector(3);
  const extensions = vector(2);
  const position = extensions.length === 8 ? extensions.readUIntBE(3, 5) : -1;
  const timestamped = bytes.subarray(start, at);
  const precertificate = vector(3);
  const fingerprints = vector(2);
  if (fingerprints.length % 32 !== 0) throw new DerError("a chain of broken fingerprints");
  const chain = Array.from({ length: fingerprints.length / 32 }, (_, i) => fingerprints.subarray(32 * i, 32 * i + 32));
  return { timestamped, logged: { timestamp, issuerKeyHash, tbs, position }, precertificate, chain, end: at };
}

/** What the log signs for a SignedCertificateTimestamp (RFC 6962 section 3.2). */
export function timestampInput(timestamped: Buffer): Buffer {
  return Buffer.concat([V1, CERTIFICATE_TIMESTAMP, timestamped]);
}

/** A SignedCertificateTimestamp (RFC 6962 section 3.3). */
export function signedTimestamp(
  logId: Buffer,
  { timestamp, position }: LoggedPrecertificate,
  signature: Buffer,
): Buffer {
  return writeTimestamp({ logId, timestamp, extensions: leafIndex(position), signature: digitallySigned(signature) });
}

/** The parts of a SignedCertificateTimestamp of version 1. */
export interface TimestampParts {
  readonly logId: Buffer;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  /** CtExtensions, with their length. */
  readonly extensions: Buffer;
  /** DigitallySigned. */
  readonly signature: Buffer;
}

export function writeTimestamp({ logId, timestamp, extensions, signature }: TimestampParts): Buffer {
  return Buffer.concat([V1, logId, uint(timestamp, 8), extensions, signature]);
}

/** Reads a SignedCertificateTimestamp. Throws DerError for what is none of version 1. */
export function readTimestamp(bytes: Buffer): TimestampParts {
  const extensionsEnd = 43 + (bytes.length < 43 ? 0 : bytes.readUInt16BE(41));
  const signatureEnd =
    extensionsEnd + 4 + (bytes.length < extensionsEnd + 4 ? 0 : bytes.readUInt16BE(extensionsEnd + 2));
  if (bytes.length < 47 || bytes[0] !== 0 || signatureEnd !== bytes.length) {
    throw new DerError("no timestamp of version 1");
  }
  return {
    logId: bytes.subarray(1, 33),
    timestamp: Number(bytes.readBigUInt64BE(33)),
    extensions: bytes.subarray(41, extensionsEnd),
    signature: bytes.subarray(extensionsEnd),
  };
}

/** The timestamps that a TBSCertificate ends with; none when its last extension is another. Throws DerError. */
export function timestampsOf(tbs: Buffer): readonly Buffer[] {
  const [id, value] = lastExtension(tbs);
  if (!id || !value || !slice(tbs, id).equals(SCT_LIST)) return [];
  const list = readElement(tbs, value.content, value.end);
  const found: Buffer[] = [];
  for (let at = list.content + 2; at < list.end; ) {
    const end = at + 2 + (at + 2 > list.end ? list.end : tbs.readUInt16BE(at));
    if (end > list.end) throw new DerError("a list of timestamps that is cut off");
    found.push(tbs.subarray(at + 2, end));
    at = end;
  }
  return found;
}

/** The members of the last extension. */
function lastExtension(tbs: Buffer): readonly Element[] {
  const explicit = children(tbs, readElement(tbs)).at(-1);
  const list = explicit?.tag === 0xa3 ? children(tbs, explicit)[0] : undefined;
  const last = list && children(tbs, list).at(-1);
  return last ? children(tbs, last) : [];
}

/** What the log signs for a tree head (RFC 6962 section 3.5). */
export function treeHeadInput(timestamp: number, size: number, root: Buffer): Buffer {
  return Buffer.concat([V1, TREE_HASH, uint(timestamp, 8), uint(size, 8), root]);
}

/** RFC 6962 section 2.1.4: ECDSA over SHA-256, by its TLS 1.2 numbers. */
export function digitallySigned(signature: Buffer): Buffer {
  return Buffer.concat([Uint8Array.of(4, 3), opaque(signature, 2)]);
}

/** The critical extension by which a precertificate is no certificate (RFC 6962 section 3.1). */
export const POISON: Der = anyExtension(OID.precertificatePoison, true, NULL);

/** The TBSCertificate that timestamps of this precertificate are for. Throws DerError for what is none. */
export function loggedTbs(precertificateTbs: Buffer): Buffer {
  return withoutExtension(precertificateTbs, POISON_ID);
}

/** The extension that holds timestamps (RFC 6962 section 3.3). */
export function timestampsExtension(timestamps: readonly Buffer[]): Der {
  const list = opaque(Buffer.concat(timestamps.map((one) => opaque(one, 2))), 2);
  return anyExtension(OID.sctList, false, octetString(list));
}

/** A TBSCertificate with one extension more, at the end. Throws DerError for one without extensions. */
export function withExtension(tbs: Buffer, extension: Der): Buffer {
  const parts = children(tbs, readElement(tbs));
  const explicit = parts.pop();
  const list = explicit?.tag === 0xa3 ? children(tbs, explicit)[0] : undefined;
  if (!list) throw new DerError("a TBSCertificate without extensions");
  const extensions = children(tbs, list).map((one) => slice(tbs, one));
  return encode(sequence(...parts.map((part) => slice(tbs, part)), tagged(3, sequence(...extensions, extension))));
}

/** A TBSCertificate without its last extension, which must be of this kind. Throws DerError otherwise. */
export function withoutExtension(tbs: Buffer, identifier: Buffer): Buffer {
  const parts = children(tbs, readElement(tbs));
  const explicit = parts.pop();
  const list = explicit?.tag === 0xa3 ? children(tbs, explicit)[0] : undefined;
  const extensions = list ? children(tbs, list) : [];
  const last = extensions.pop();
  const id = last && children(tbs, last)[0];
  if (!id || !slice(tbs, id).equals(identifier)) throw new DerError("the last extension is another one");
  const rest = extensions.map((one) => slice(tbs, one));
  return encode(sequence(...parts.map((part) => slice(tbs, part)), tagged(3, sequence(...rest))));
}

/** RFC 6962 section 3.2: who a log is. */
export function logIdOf(publicKey: Uint8Array): Buffer {
  return hash("sha256", publicKey, "buffer");
}

/** An unsigned number, the highest byte first. */
export function uint(value: number, bytes: number): Buffer {
  const out = Buffer.alloc(bytes);
  if (bytes > 6) out.writeBigUInt64BE(BigInt(value), bytes - 8);
  else out.writeUIntBE(value, 0, bytes);
  return out;
}

/** A vector: its length in so many bytes, then itself. */
export function opaque(content: Uint8Array, lengthBytes: number): Buffer {
  return Buffer.concat([uint(content.length, lengthBytes), content]);
}

/** CtExtensions with a leaf_index, which the static CT API demands. */
function leafIndex(position: number): Buffer {
  return opaque(Buffer.concat([Uint8Array.of(0), opaque(uint(position, 5), 2)]), 2);
}

const V1 = Uint8Array.of(0);
const CERTIFICATE_TIMESTAMP = Uint8Array.of(0);
const TREE_HASH = Uint8Array.of(1);
const TIMESTAMPED_ENTRY = Uint8Array.of(0);
const POISON_ID = oid(OID.precertificatePoison);
const SCT_LIST = oid(OID.sctList);
const PRECERT_ENTRY = Uint8Array.of(0, 1);
