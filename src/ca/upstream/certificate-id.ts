import { AuthorityKeyIdentifier } from "@peculiar/asn1-x509";
import { extensionOf, readStrictly } from "#ca/describe.ts";
import { OID } from "#lib/oids.ts";
import { readCertificate } from "#lib/x509-certificate.ts";

/**
 * The name of a certificate in ARI (RFC 9773 section 4.1): its issuer's key identifier and its serial number as it
 * stands in the DER. Undefined for a certificate that does not name its issuer's key.
 */
export function certificateId(der: Buffer): string | undefined {
  const extensions = readStrictly(der).asn1.tbsCertificate.extensions ?? [];
  const keyId = extensionOf(extensions, OID.authorityKeyIdentifier, AuthorityKeyIdentifier)?.keyIdentifier?.buffer;
  if (!keyId) return undefined;
  return `${base64url(Buffer.from(keyId))}.${base64url(readCertificate(der).serial)}`;
}

function base64url(bytes: Buffer): string {
  return bytes.toString("base64url");
}
