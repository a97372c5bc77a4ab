import { hash } from "node:crypto";
import { encode, integer, octetString, oid, sequence } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { publicKeyBits, readCertificate } from "#lib/x509-certificate.ts";

/** An OCSPRequest about one certificate (RFC 6960 section 4.1.1), by SHA-1, without a nonce. */
export function ocspQuestion(issuer: Uint8Array, serial: string): Buffer {
  const { subject, subjectPublicKeyInfo } = readCertificate(issuer);
  const certId = sequence(
    sequence(oid(OID.sha1), Buffer.from([5, 0])),
    octetString(hash("sha1", subject, "buffer")),
    octetString(hash("sha1", publicKeyBits(subjectPublicKeyInfo), "buffer")),
    integer(Buffer.from(serial, "hex")),
  );
  return encode(sequence(sequence(sequence(sequence(certId)))));
}
