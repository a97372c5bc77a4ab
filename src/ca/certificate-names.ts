import { oid } from "#lib/der.ts";
import { children, contents, DerError, type Element, oidText, readElement, slice } from "#lib/der-reader.ts";
import { ipAddressText } from "#lib/ip-address.ts";
import { OID } from "#lib/oids.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
import { type RawGeneralName, readGeneralNames } from "#lib/x509-general-names.ts";

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

/**
 * All names in a certificate that was checked when it came in: by our own reader, for a page of a search has hundreds
 * of them and the ASN.1 schemas take a millisecond each. Throws DerError when it is none.
 */
export function certificateNames(der: Uint8Array): CertificateNames {
  const { tbs, subject, issuer } = readCertificate(der);
  const names = subjectAlternativeName(tbs);
  return {
    subject: distinguishedName(subject),
    issuer: distinguishedName(issuer),
    alternativeNames: names ? readGeneralNames(names).flatMap((name) => alternativeName(name) ?? []) : [],
  };
}

/** The value of the extension; undefined when the certificate has none. */
function subjectAlternativeName(tbs: Buffer): Buffer | undefined {
  const wrapped = children(tbs, readElement(tbs)).find(({ tag }) => tag === EXTENSIONS);
  const list = wrapped && children(tbs, wrapped)[0];
  for (const extension of list ? children(tbs, list) : []) {
    const parts = children(tbs, extension);
    const [id, value] = [parts[0], parts.at(-1)];
    if (id && value && slice(tbs, id).equals(SUBJECT_ALT_NAME)) return contents(tbs, value);
  }
  return undefined;
}

function distinguishedName(name: Buffer): DistinguishedName {
  return children(name, readElement(name)).flatMap((relative) =>
    children(name, relative).map((attribute) => {
      const [type, value] = children(name, attribute);
      if (!type || !value) throw new DerError("no AttributeTypeAndValue");
      return { type: oidText(contents(name, type)), value: attributeText(name, value) };
    }),
  );
}

/** The text of a string of any kind that names are written in; what is none, as hexadecimal of its DER. */
function attributeText(name: Buffer, value: Element): string {
  const bytes = contents(name, value);
  switch (value.tag) {
    case TAG.utf8:
    case TAG.numeric:
    case TAG.printable:
    case TAG.ia5:
      return bytes.toString("utf8");
    case TAG.teletex:
      return bytes.toString("latin1");
    case TAG.bmp:
      return Buffer.from(bytes.subarray(0, bytes.length & ~1))
        .swap16()
        .toString("utf16le");
    default:
      return slice(name, value).toString("hex");
  }
}

/** Undefined for the kinds that nobody uses and ACM has no member for: X.400 and EDI. */
function alternativeName({ tag, content }: RawGeneralName): AlternativeName | undefined {
  switch (tag) {
    case TAG.dnsName:
      return { kind: "dns", value: content.toString("latin1") };
    case TAG.ipAddress:
      return { kind: "ip", value: ipAddressText(content) ?? content.toString("hex") };
    case TAG.emailAddress:
      return { kind: "email", value: content.toString("latin1") };
    case TAG.uri:
      return { kind: "uri", value: content.toString("latin1") };
    case TAG.registeredId:
      return { kind: "registered-id", value: oidText(content) };
    case TAG.directoryName:
      return { kind: "directory", name: distinguishedName(content) };
    case TAG.otherName:
      return otherName(content);
    default:
      return undefined;
  }
}

function otherName(content: Buffer): AlternativeName {
  const type = readElement(content);
  const value = readElement(content, type.end);
  return { kind: "other", type: oidText(contents(content, type)), value: contents(content, value).toString("hex") };
}

const SUBJECT_ALT_NAME = oid(OID.subjectAltName);
const EXTENSIONS = 0xa3;
/** Universal tags of strings (X.680), and those of GeneralName (RFC 5280 section 4.2.1.6). */
const TAG = {
  utf8: 0x0c,
  numeric: 0x12,
  printable: 0x13,
  teletex: 0x14,
  ia5: 0x16,
  bmp: 0x1e,
  otherName: 0xa0,
  emailAddress: 0x81,
  dnsName: 0x82,
  directoryName: 0xa4,
  uri: 0x86,
  ipAddress: 0x87,
  registeredId: 0x88,
} as const;
