import { AsnConvert } from "@peculiar/asn1-schema";
import { Name } from "@peculiar/asn1-x509";
import { parsePem } from "#lib/pem.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { attributeOf, nameText } from "#lib/x509-name.ts";

/** By which names the issuer of a certificate (PEM) may be asked for: the whole name as ACM prints it, and the common name. */
export function issuerNamesOf(pem: string): readonly string[] {
  const [leaf] = parsePem(pem, 1);
  return leaf ? namesOf(readCertificate(leaf.der).issuer) : [];
}

/** The same of the subject of a certificate (DER). */
export function subjectNamesOf(der: Uint8Array): readonly string[] {
  return namesOf(readCertificate(der).subject);
}

function namesOf(der: Uint8Array): readonly string[] {
  const name = AsnConvert.parse(der, Name);
  return [nameText(name), attributeOf(name, "commonName")].filter((one) => one !== undefined);
}
