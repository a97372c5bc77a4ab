import { encode, enumerated, sequence } from "#lib/der.ts";
import { extension } from "#lib/x509-extensions.ts";
import type { EpochMillis } from "#store/tables/types.ts";

/** One revoked certificate. */
export interface CrlEntry {
  /** Hexadecimal: an even number of digits, without a byte of leading zeros. */
  readonly serial: string;
  readonly revokedAt: EpochMillis;
  /** CRLReason; `unspecified` (0) is not written (RFC 5280 section 5.3.1). */
  readonly reason: number;
}

/**
 * The revokedCertificates of a CRL, one entry behind the other, without the SEQUENCE around them. There may be a million:
 * so they are written straight into one buffer of the right size, digits by tables, reasons and days from bytes that were
 * made before. Throws for a reason that no CRL of ours may hold and for what is no serial number.
 */
export function crlEntries(entries: readonly CrlEntry[]): Buffer {
  const size = entries.reduce((sum, entry) => sum + 2 + contentLength(entry), 0);
  const out = Buffer.allocUnsafe(size);
  const day = { number: Number.NaN, digits: Buffer.alloc(0) };
  let at = 0;
  for (const entry of entries) {
    out[at++] = SEQUENCE;
    out[at++] = contentLength(entry);
    at = writeSerial(out, at, entry.serial);
    at = writeTime(out, at, entry.revokedAt, day);
    if (entry.reason !== 0) {
      const reason = reasonOf(entry);
      for (let i = 0; i < reason.length; i++) out[at++] = reason[i] ?? 0;
    }
  }
  return out;
}

/** Always below 128, so that lengths take one byte. */
function contentLength({ serial, revokedAt, reason }: CrlEntry): number {
  if (serial.length < 2 || serial.length > 40 || serial.length % 2 !== 0)
    throw new Error(`${serial} is no serial number`);
  return 2 + serialLength(serial) + 2 + timeLength(revokedAt) + (reason === 0 ? 0 : REASON_LENGTH);
}

/** With a zero byte in front where it would be negative otherwise. */
function serialLength(serial: string): number {
  return (serial.length >> 1) + ((NIBBLES[serial.charCodeAt(0)] ?? 0) >> 3);
}

function timeLength(revokedAt: EpochMillis): number {
  return revokedAt < YEAR_2050 ? 13 : 15;
}

function writeSerial(out: Buffer, start: number, serial: string): number {
  let at = start;
  const length = serialLength(serial);
  out[at++] = INTEGER;
  out[at++] = length;
  if (length > serial.length >> 1) out[at++] = 0;
  for (let i = 0; i < serial.length; i += 2) {
    out[at++] = ((NIBBLES[serial.charCodeAt(i)] ?? 0) << 4) | (NIBBLES[serial.charCodeAt(i + 1)] ?? 0);
  }
  return at;
}

/** Most revocations that stand together are of one day. */
function writeTime(
  out: Buffer,
  start: number,
  revokedAt: EpochMillis,
  day: { number: number; digits: Buffer },
): number {
  const number = Math.floor(revokedAt / MS_PER_DAY);
  if (number !== day.number) {
    day.number = number;
    day.digits = Buffer.from(new Date(revokedAt).toISOString().slice(0, 10).replaceAll("-", ""));
  }
  const isLate = revokedAt >= YEAR_2050;
  let at = start;
  out[at++] = isLate ? GENERALIZED_TIME : UTC_TIME;
  out[at++] = isLate ? 15 : 13;
  for (let i = isLate ? 0 : 2; i < 8; i++) out[at++] = day.digits[i] ?? 0;
  const seconds = Math.floor(revokedAt / 1000) - number * 86_400;
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  at = twoDigits(out, at, hours);
  at = twoDigits(out, at, minutes - hours * 60);
  at = twoDigits(out, at, seconds - minutes * 60);
  out[at++] = 0x5a;
  return at;
}

function twoDigits(out: Buffer, at: number, value: number): number {
  const tens = (value / 10) | 0;
  out[at] = 0x30 + tens;
  out[at + 1] = 0x30 + value - tens * 10;
  return at + 2;
}

function reasonOf({ reason }: CrlEntry): Buffer {
  const bytes = REASONS[reason];
  if (!bytes) throw new Error(`${reason} is no CRLReason that a CRL of ours may hold`);
  return bytes;
}

/** Every reason but those that a public CRL may not have: certificateHold (6), unused 7, removeFromCRL (8) (BR 7.2.2). */
const REASONS: readonly (Buffer | undefined)[] = Array.from({ length: 11 }, (_, reason) =>
  [1, 2, 3, 4, 5, 9, 10].includes(reason)
    ? encode(sequence(extension("reasonCode", false, enumerated(reason))))
    : undefined,
);
const REASON_LENGTH = REASONS[1]?.length ?? 0;
/** The value of a hexadecimal digit by its character code. */
const NIBBLES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});
const INTEGER = 0x02;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const MS_PER_DAY = 86_400_000;
const YEAR_2050 = Date.UTC(2050, 0, 1);
