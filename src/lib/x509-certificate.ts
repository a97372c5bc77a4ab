import { createHash } from "node:crypto";
import { bitString, type Der, encode, integer, oid, sequence, setOf, tagged, time, utf8String } from "./der.ts";
import { children, contents, DerError, readElement, slice } from "./der-reader.ts";
import { OID } from "./oids.ts";

/** What a TBSCertificate is made of (RFC 5280 section 4.1); names, keys and extensions are DER already. */
export interface CertificateFields {
  readonly serial: Uint8Array;
  /** The AlgorithmIdentifier of the signature. */
  readonly algorithm: Uint8Array;
  readonly issuer: Der;
  readonly notBefore: Date;
  /** Inclusive. */
  readonly notAfter: Date;
  readonly subject: Der;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly extensions: readonly Der[];
}

/** A version 3 TBSCertificate: exactly what is signed. */
export function tbsCertificate(fields: CertificateFields): Buffer {
  return encode(
    sequence(
      VERSION_3,
      integer(fields.serial),
      fields.algorithm,
      fields.issuer,
      sequence(time(fields.notBefore), time(fields.notAfter)),
      fields.subject,
      fields.subjectPublicKeyInfo,
      tagged(3, sequence(...fields.extensions)),
    ),
  );
}

/** What was signed, how, and the signature: the form of certificates and CRLs. */
export function signed(tbs: Uint8Array, algorithm: Uint8Array, signature: Uint8Array): Buffer {
  return encode(sequence(tbs, algorithm, bitString(signature)));
}

/** A Name with one attribute per RDN, in the order given. */
export function distinguishedName(attributes: readonly (readonly [type: string, value: Der])[]): Buffer {
  return encode(sequence(...attributes.map(([type, value]) => setOf(sequence(oid(type), value)))));
}

/** `CN=<text>`, or the empty name. */
export function commonNameOnly(text: string | undefined): Buffer {
  return encode(text === undefined ? sequence() : sequence(setOf(sequence(COMMON_NAME, utf8String(text)))));
}

/** The parts of a certificate or TBSCertificate that are compared byte for byte: views into the DER. Throws DerError. */
export interface RawCertificate {
  readonly tbs: Buffer;
  readonly serial: Buffer;
  readonly algorithm: Buffer;
  readonly issuer: Buffer;
  readonly validity: Buffer;
  readonly subject: Buffer;
  readonly subjectPublicKeyInfo: Buffer;
}

export function readCertificate(der: Uint8Array): RawCertificate {
  const tbs = children(der, readElement(der))[0];
  if (!tbs) throw new DerError("an empty certificate");
  return readTbs(slice(der, tbs));
}

export function readTbs(tbs: Buffer): RawCertificate {
  const fields = children(tbs, readElement(tbs));
  const [serial, algorithm, issuer, validity, subject, spki] = fields[0]?.tag === 0xa0 ? fields.slice(1) : fields;
  if (!serial || !algorithm || !issuer || !validity || !subject || !spki) throw new DerError("not a TBSCertificate");
  return {
    tbs,
    serial: contents(tbs, serial),
    algorithm: slice(tbs, algorithm),
    issuer: slice(tbs, issuer),
    validity: slice(tbs, validity),
    subject: slice(tbs, subject),
    subjectPublicKeyInfo: slice(tbs, spki),
  };
}

/** The key itself, as it stands in the BIT STRING of a SubjectPublicKeyInfo. Throws DerError. */
export function publicKeyBits(spki: Uint8Array): Buffer {
  const bits = children(spki, readElement(spki))[1];
  if (!bits) throw new DerError("not a SubjectPublicKeyInfo");
  return contents(spki, bits).subarray(1);
}

/** SHA-1 of the key's bits: method 1 of RFC 5280 section 4.2.1.2. It identifies, it does not protect. */
export function keyIdentifier(spki: Uint8Array): Buffer {
  return createHash("sha1").update(publicKeyBits(spki)).digest();
}

/** The serial number as lower-case hexadecimal without leading zeros in front of the highest byte. */
export function serialHex(serial: Uint8Array): string {
  const hex = Buffer.from(serial).toString("hex");
  return hex.replace(/^(00)+(?=..)/, "");
}

const COMMON_NAME = oid(OID.commonName);
const VERSION_3 = Uint8Array.of(0xa0, 0x03, 0x02, 0x01, 0x02);
