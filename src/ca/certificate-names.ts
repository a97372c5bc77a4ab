import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, type GeneralName, type Name, SubjectAlternativeName } from "@peculiar/asn1-x509";
import { OID } from "#lib/oids.ts";
import { extensionOf } from "./describe.ts";

/** A distinguished name by its attributes, in the order of the certificate. */
export type DistinguishedName = readonly {
  /** An object identifier in dotted form. */
  readonly type: string;
  readonly value: string;
}[];

/** One name of a subjectAltName. */
export type AlternativeName =
  | { readonly kind: "dns" | "ip" | "email" | "uri" | "registered-id"; readonly value: string }
  | { readonly kind: "directory"; readonly name: DistinguishedName }
  /** The value is DER, in hexadecimal. */
  | { readonly kind: "other"; readonly type: string; readonly value: string };

export interface CertificateNames {
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  readonly alternativeNames: readonly AlternativeName[];
}

/** All names in a certificate that was checked when it came in. Throws when it is none. */
export function certificateNames(der: Uint8Array): CertificateNames {
  const { subject, issuer, extensions = [] } = AsnConvert.parse(der, Certificate).tbsCertificate;
  const names = extensionOf(extensions, OID.subjectAltName, SubjectAlternativeName) ?? [];
  return {
    subject: distinguishedName(subject),
    issuer: distinguishedName(issuer),
    alternativeNames: [...names].flatMap((name) => alternativeName(name) ?? []),
  };
}

function distinguishedName(name: Name): DistinguishedName {
  return name.flatMap((attributes) => [...attributes].map(({ type, value }) => ({ type, value: value.toString() })));
}

/** Undefined for the two kinds that nobody uses and ACM has no member for: X.400 and EDI. */
function alternativeName(name: GeneralName): AlternativeName | undefined {
  const { dNSName, iPAddress, rfc822Name, uniformResourceIdentifier, registeredID, directoryName, otherName } = name;
  if (dNSName !== undefined) return { kind: "dns", value: dNSName };
  if (iPAddress !== undefined) return { kind: "ip", value: iPAddress };
  if (rfc822Name !== undefined) return { kind: "email", value: rfc822Name };
  if (uniformResourceIdentifier !== undefined) return { kind: "uri", value: uniformResourceIdentifier };
  if (registeredID !== undefined) return { kind: "registered-id", value: registeredID };
  if (directoryName !== undefined) return { kind: "directory", name: distinguishedName(directoryName) };
  if (otherName === undefined) return undefined;
  return { kind: "other", type: otherName.typeId, value: Buffer.from(otherName.value).toString("hex") };
}
