import { constants, verify } from "node:crypto";
import { opaque, readTimestamp, timestampedBy, timestampInput, writeTimestamp } from "#ca/transparency/structures.ts";
import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";
import { object, oneOf, type Shape, text, whole } from "#lib/shape.ts";
import type { OutsideLog } from "./log-list.ts";

/** A log that gave no timestamp, and why; `retryAt` where it said when to ask again. */
export class LogFailure extends Error {
  override readonly name = "LogFailure";
  readonly retryAt: Date | undefined;

  constructor(message: string, retryAt?: Date) {
    super(message);
    this.retryAt = retryAt;
  }
}

/** What a timestamp stands for: the precertificate, as it is logged. */
export interface Entry {
  /** SHA-256 of the issuer's SubjectPublicKeyInfo. */
  readonly issuerKeyHash: Buffer;
  /** The TBSCertificate without poison and timestamps. */
  readonly tbs: Buffer;
}

/**
 * The SignedCertificateTimestamp in an answer to add-pre-chain (RFC 6962 section 4.2), verified: of this log, for this
 * entry, of now. Throws LogFailure.
 */
export function readAnswer(body: Uint8Array, log: OutsideLog, entry: Entry, now: Date): Buffer {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    throw new LogFailure("its answer is no JSON");
  }
  if (!isAnswer(value)) throw new LogFailure("its answer is no timestamp of version 1");
  const logId = strictBase64(value.id);
  const extensions = strictBase64(value.extensions);
  const signature = strictBase64(value.signature);
  if (logId?.length !== 32 || !extensions || !signature || !isSignature(signature)) {
    throw new LogFailure("its answer is no timestamp of version 1");
  }
  const { timestamp } = value;
  const written = writeTimestamp({ logId, timestamp, extensions: opaque(extensions, 2), signature });
  const problem = timestampProblem(written, log, entry, now);
  if (problem !== undefined) throw new LogFailure(problem);
  return written;
}

/** What is wrong with a timestamp; undefined for one that this log signed for this entry and that is not of the future. */
export function timestampProblem(
  sct: Buffer,
  { id, key }: Pick<OutsideLog, "id" | "key">,
  entry: Entry,
  now: Date,
): string | undefined {
  const { logId, timestamp, extensions, signature } = readTimestamp(sct);
  if (logId.toString("hex") !== id) return `its timestamp is of another log, ${logId.toString("base64")}`;
  if (timestamp > later(now, SKEW).getTime()) return `its timestamp is of the future: ${shownTime(timestamp)}`;
  if (timestamp < later(now, -OLDEST).getTime())
    return `its timestamp is older than the entry: ${shownTime(timestamp)}`;
  const isRsa = key.asymmetricKeyType === "rsa";
  const isRight =
    signature[0] === SHA256 &&
    signature[1] === (isRsa ? RSA : ECDSA) &&
    verify(
      "sha256",
      timestampInput(timestampedBy(timestamp, extensions, entry)),
      isRsa ? { key, padding: constants.RSA_PKCS1_PADDING } : key,
      signature.subarray(4),
    );
  return isRight ? undefined : "the signature of its timestamp is not of its key over what it was given";
}

/** DigitallySigned: two numbers of algorithms, then the signature with its length. */
function isSignature(bytes: Buffer): boolean {
  return bytes.length > 4 && bytes.readUInt16BE(2) === bytes.length - 4;
}

function strictBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

function shownTime(timestamp: number): string {
  const time = new Date(timestamp);
  return Number.isNaN(time.getTime()) ? String(timestamp) : time.toISOString();
}

const isAnswer = object({
  sct_version: oneOf(0),
  id: text(44),
  timestamp: whole(0, Number.MAX_SAFE_INTEGER),
  extensions: text(4096),
  signature: text(4096),
}) as Shape<{
  readonly id: string;
  readonly timestamp: number;
  readonly extensions: string;
  readonly signature: string;
}>;
/** RFC 5246 section 7.4.1.4.1 */
const [SHA256, RSA, ECDSA] = [4, 1, 3];
/** By how much a log's clock may be ahead: clients refuse what is of their future, and take a moment to get it. */
const SKEW: Millis = 5 * SECOND;
/** A log that was asked before gives its first answer again; precertificates are not older than a day. */
const OLDEST: Millis = 2 * DAY;
