import { randomInt } from "node:crypto";
import { children, contents, DerError, type Element, oidText, readElement, slice } from "./der-reader.ts";
import { OID } from "./oids.ts";

/** A list of revoked certificates (RFC 5280 section 5.1), kept so that half a million entries cost little. */
export interface RevocationList {
  /** The issuer's Name, as its DER stands there. */
  readonly issuer: Buffer;
  /** What was signed, how (dotted identifier), and the signature. */
  readonly signed: Buffer;
  readonly algorithm: string;
  readonly signature: Buffer;
  /** Whether it names this serial number (the content of the INTEGER). */
  has(serial: Uint8Array): boolean;
  readonly entries: number;
}

/** Reads a CRL in DER. Throws DerError for what is none, for a list of changes only, and for one of several issuers. */
export function readRevocationList(der: Uint8Array): RevocationList {
  const whole = readElement(der);
  const [tbs, algorithm, signature] = children(der, whole);
  if (!tbs || !algorithm || !signature || signature.tag !== BIT_STRING || whole.end !== der.length) {
    throw new DerError("no certificate revocation list");
  }
  const fields = fieldsOf(der, tbs);
  refuseUnknown(der, fields.extensions);
  const [identifier] = children(der, algorithm);
  if (!identifier) throw new DerError("a revocation list without a signature algorithm");
  const serials = serialTable(der, fields.revoked);
  return {
    issuer: slice(der, fields.issuer),
    signed: slice(der, tbs),
    algorithm: oidText(contents(der, identifier)),
    signature: contents(der, signature).subarray(1),
    has: (serial) => serials.has(serial),
    entries: serials.count,
  };
}

interface Fields {
  readonly issuer: Element;
  readonly revoked: Element | undefined;
  readonly extensions: Element | undefined;
}

function fieldsOf(der: Uint8Array, tbs: Element): Fields {
  // The entries are not looked at here: there may be very many.
  const parts = children(der, tbs);
  const rest = parts[0]?.tag === INTEGER ? parts.slice(1) : parts;
  const [, issuer, , ...optional] = rest;
  if (!issuer || issuer.tag !== SEQUENCE) throw new DerError("a revocation list without an issuer");
  return {
    issuer,
    revoked: optional.find(({ tag }) => tag === SEQUENCE),
    extensions: optional.find(({ tag }) => tag === EXTENSIONS),
  };
}

/** Critical extensions say what a list is not: one that is not understood must not be used (RFC 5280 section 5.2). */
function refuseUnknown(der: Uint8Array, tagged: Element | undefined): void {
  if (!tagged) return;
  const [list] = children(der, tagged);
  for (const extension of list ? children(der, list) : []) {
    const [id, second, third] = children(der, extension);
    if (!id || !second) throw new DerError("a malformed extension of a revocation list");
    const critical = second.tag === BOOLEAN;
    const value = critical ? third : second;
    if (!critical || !value) continue;
    const name = oidText(contents(der, id));
    if (name !== OID.issuingDistributionPoint)
      throw new DerError(`a revocation list with the critical extension ${name}`);
    const [point] = [readElement(contents(der, value))];
    if (point && children(contents(der, value), point).some(({ tag }) => tag === INDIRECT)) {
      throw new DerError("a revocation list of several issuers");
    }
  }
}

/** Open addressing over the places of the serial numbers in the DER: eight bytes of memory for each. */
function serialTable(
  der: Uint8Array,
  revoked: Element | undefined,
): { has(serial: Uint8Array): boolean; count: number } {
  if (!revoked) return { has: () => false, count: 0 };
  const places: number[] = [];
  for (let at = revoked.content; at < revoked.end; ) {
    const entry = readElement(der, at, revoked.end);
    const serial = readElement(der, entry.content, entry.end);
    if (serial.tag !== INTEGER || serial.end - serial.content > LONGEST_SERIAL) {
      throw new DerError("an entry of a revocation list without a serial number");
    }
    places.push(serial.start);
    at = entry.end;
  }
  const size = 2 ** Math.ceil(Math.log2(2 * places.length + 1));
  const table = new Uint32Array(size);
  const seed = randomInt(2 ** 32);
  for (const place of places) {
    const serial = readElement(der, place);
    let at = hashOf(der, serial.content, serial.end, seed) & (size - 1);
    let steps = 0;
    while (table[at]) {
      at = (at + 1) & (size - 1);
      // Nobody who makes serial numbers knows the seed: this does not happen, and is no way to keep us busy.
      if (++steps > MOST_STEPS) throw new DerError("serial numbers made to collide");
    }
    table[at] = place + 1;
  }
  return {
    count: places.length,
    has(wanted) {
      let at = hashOf(wanted, 0, wanted.length, seed) & (size - 1);
      for (let place = table[at]; place; place = table[at]) {
        const serial = readElement(der, place - 1);
        if (Buffer.compare(contents(der, serial), wanted) === 0) return true;
        at = (at + 1) & (size - 1);
      }
      return false;
    },
  };
}

/** FNV-1a from a seed, finished as MurmurHash3. */
function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed | 0;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const BOOLEAN = 0x01;
const BIT_STRING = 0x03;
const EXTENSIONS = 0xa0;
const INDIRECT = 0x84;
const MOST_STEPS = 1_000;
/** RFC 5280 section 4.1.2.2 says 20 bytes; some are longer. */
const LONGEST_SERIAL = 64;
