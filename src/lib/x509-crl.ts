import { type KeyObject, verify } from "node:crypto";
import { children, contents, DerError, type Element, oidText, readElement, slice } from "./der-reader.ts";
import { OID } from "./oids.ts";

/** A certificate revocation list (RFC 5280 section 5), as far as it must be known to keep it. */
export interface RevocationList {
  /** The issuer's Name as DER. */
  readonly issuer: Buffer;
  /** How many certificates are revoked in it. */
  readonly entries: number;
  /** Whether the key signed it; false also for algorithms that are not known. */
  verifies(key: KeyObject): boolean;
}

/** Bytes that are no certificate revocation list; the message says why. */
export class CrlError extends Error {
  override readonly name = "CrlError";
}

/** Reads DER strictly, without an object for each entry: there may be half a million. Throws CrlError, whatever the bytes are. */
export function readCrl(der: Uint8Array): RevocationList {
  try {
    return read(der);
  } catch (error) {
    if (error instanceof CrlError) throw error;
    throw new CrlError(error instanceof DerError ? error.message : "its content is malformed", { cause: error });
  }
}

function read(der: Uint8Array): RevocationList {
  const whole = sequence(readElement(der), "CertificateList");
  if (whole.end !== der.length) throw new CrlError("there are bytes behind its end");
  const [tbs, algorithm, signature, ...more] = children(der, whole);
  if (!tbs || !algorithm || signature?.tag !== BIT_STRING || more.length > 0) {
    throw new CrlError("it is no CertificateList");
  }
  const fields = fieldsOf(der, sequence(tbs, "TBSCertList"));
  const inner = slice(der, fields.algorithm);
  if (!inner.equals(slice(der, algorithm))) throw new CrlError("its two signature algorithms differ");
  const [unused, ...bytes] = contents(der, signature);
  if (unused !== 0) throw new CrlError("its signature is no BIT STRING of whole bytes");
  const known = VERIFIERS[algorithmName(der, algorithm)];
  const signed = slice(der, tbs);
  return {
    issuer: slice(der, fields.issuer),
    entries: fields.revoked === undefined ? 0 : countEntries(der, fields.revoked),
    verifies: (key) =>
      known?.keys.includes(key.asymmetricKeyType ?? "") === true && verify(known.hash, signed, key, Buffer.from(bytes)),
  };
}

interface Fields {
  readonly algorithm: Element;
  readonly issuer: Element;
  readonly revoked: Element | undefined;
}

/** TBSCertList: version (absent or 2), signature, issuer, thisUpdate, [nextUpdate], [revokedCertificates], [extensions]. */
function fieldsOf(der: Uint8Array, tbs: Element): Fields {
  const fields = children(der, tbs);
  const version = fields[0]?.tag === INTEGER ? fields.shift() : undefined;
  if (version && contents(der, version).toString("hex") !== "01") throw new CrlError("its version is not 2");
  const [algorithm, issuer, thisUpdate, ...rest] = fields;
  if (algorithm?.tag !== SEQUENCE || issuer?.tag !== SEQUENCE || !isTime(thisUpdate)) {
    throw new CrlError("it is no TBSCertList");
  }
  if (isTime(rest[0])) rest.shift();
  const revoked = rest[0]?.tag === SEQUENCE ? rest.shift() : undefined;
  if (rest[0]?.tag === EXTENSIONS) rest.shift();
  if (rest.length > 0) throw new CrlError("it has more than a TBSCertList holds");
  return { algorithm, issuer, revoked };
}

function countEntries(der: Uint8Array, list: Element): number {
  let count = 0;
  for (let at = list.content; at < list.end; ) {
    const entry = sequence(readElement(der, at, list.end), "revoked certificate");
    const serial = readElement(der, entry.content, entry.end);
    if (serial.tag !== INTEGER || !isTime(readElement(der, serial.end, entry.end))) {
      throw new CrlError(`the revoked certificate at byte ${at} is malformed`);
    }
    count++;
    at = entry.end;
  }
  return count;
}

function algorithmName(der: Uint8Array, algorithm: Element): string {
  const [id] = children(der, algorithm);
  return id?.tag === OBJECT_IDENTIFIER ? oidText(contents(der, id)) : "";
}

function sequence(element: Element, what: string): Element {
  if (element.tag !== SEQUENCE) throw new CrlError(`it is no ${what}`);
  return element;
}

function isTime(element: Element | undefined): boolean {
  return element?.tag === UTC_TIME || element?.tag === GENERALIZED_TIME;
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const EXTENSIONS = 0xa0;

const VERIFIERS: Readonly<
  Record<string, { readonly hash: string | undefined; readonly keys: readonly string[] } | undefined>
> = {
  [OID.sha256WithRsa]: { hash: "sha256", keys: ["rsa"] },
  [OID.sha384WithRsa]: { hash: "sha384", keys: ["rsa"] },
  [OID.sha512WithRsa]: { hash: "sha512", keys: ["rsa"] },
  [OID.sha256WithEcdsa]: { hash: "sha256", keys: ["ec"] },
  [OID.sha384WithEcdsa]: { hash: "sha384", keys: ["ec"] },
  [OID.sha512WithEcdsa]: { hash: "sha512", keys: ["ec"] },
};
