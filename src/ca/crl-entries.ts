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
 * so they are written straight into one buffer, digits by tables, reasons and days from bytes that were made before.
 * Throws for a reason that no CRL of ours may hold and for what is no serial number.
 */
export function crlEntries(entries: readonly CrlEntry[]): Buffer {
  const out = Buffer.allocUnsafe(entries.length * MOST_BYTES);
  const day: Day = { number: Number.NaN, form: NO_BYTES };
  let at = 0;
  for (const { serial, revokedAt, reason } of entries) {
    const start = at;
    at = writeSerial(out, at + 2, serial);
    at = writeTime(out, at, revokedAt, day);
    at = writeBytes(out, at, REASONS[reason] ?? refuseReason(reason));
    out[start] = SEQUENCE;
    out[start + 1] = at - start - 2; // always below 128, so that a length takes one byte
  }
  return out.subarray(0, at);
}

/** With a zero byte in front where it would be negative otherwise. */
function writeSerial(out: Buffer, start: number, serial: string): number {
  const digits = serial.length;
  if (digits < 2 || digits > 40 || digits % 2 !== 0) throw new Error(`${serial} is no serial number`);
  let at = start + 2;
  if ((NIBBLES[serial.charCodeAt(0)] ?? 0) > 7) out[at++] = 0;
  for (let i = 0; i < digits; i += 2) {
    out[at++] = ((NIBBLES[serial.charCodeAt(i)] ?? 0) << 4) | (NIBBLES[serial.charCodeAt(i + 1)] ?? 0);
  }
  out[start] = INTEGER;
  out[start + 1] = at - start - 2;
  return at;
}

/** Most revocations that stand together are of one day. */
function writeTime(out: Buffer, start: number, revokedAt: EpochMillis, day: Day): number {
  const number = Math.floor(revokedAt / MS_PER_DAY);
  if (number !== day.number) {
    day.number = number;
    day.form = formOf(revokedAt);
  }
  let at = writeBytes(out, start, day.form);
  const seconds = Math.floor((revokedAt - number * MS_PER_DAY) / 1000);
  const minutes = (seconds / 60) | 0;
  const hours = (minutes / 60) | 0;
  at = twoDigits(out, at, hours);
  at = twoDigits(out, at, minutes - hours * 60);
  at = twoDigits(out, at, seconds - minutes * 60);
  out[at++] = 0x5a;
  return at;
}

/** All of a time but that of the day: tag, length and date. */
function formOf(revokedAt: EpochMillis): Buffer {
  const digits = new Date(revokedAt).toISOString().slice(0, 10).replaceAll("-", "");
  return revokedAt < YEAR_2050
    ? Buffer.from([UTC_TIME, 13, ...Buffer.from(digits.slice(2))])
    : Buffer.from([GENERALIZED_TIME, 15, ...Buffer.from(digits)]);
}

function twoDigits(out: Buffer, at: number, value: number): number {
  const tens = (value / 10) | 0;
  out[at] = 0x30 + tens;
  out[at + 1] = 0x30 + value - tens * 10;
  return at + 2;
}

/** For a few bytes a loop is faster than the call of set. */
function writeBytes(out: Buffer, start: number, bytes: Buffer): number {
  const { length } = bytes;
  for (let i = 0; i < length; i++) out[start + i] = bytes[i] ?? 0;
  return start + length;
}

function refuseReason(reason: number): never {
  throw new Error(`${reason} is no CRLReason that a CRL of ours may hold`);
}

interface Day {
  number: number;
  form: Buffer;
}

const NO_BYTES = Buffer.alloc(0);
/** Every reason but those that a public CRL may not have: certificateHold (6), unused 7, removeFromCRL (8) (BR 7.2.2). */
const REASONS: readonly (Buffer | undefined)[] = Array.from({ length: 11 }, (_, reason) => {
  if (reason === 0) return NO_BYTES;
  if (![1, 2, 3, 4, 5, 9, 10].includes(reason)) return undefined;
  return encode(sequence(extension("reasonCode", false, enumerated(reason))));
});
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
/** A serial number of 20 bytes with a zero in front, a GeneralizedTime, a reason, and their headers. */
const MOST_BYTES = 2 + 23 + 17 + 12;
