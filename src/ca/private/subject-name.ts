import { AsnConvert } from "@peculiar/asn1-schema";
import { Name } from "@peculiar/asn1-x509";
import type { DistinguishedName } from "#domain/private-ca/distinguished-name.ts";
import { Refusal } from "#domain/refusal.ts";
import { type Der, encode, ia5String, printableString, utf8String } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { distinguishedName } from "#lib/x509-certificate.ts";
import { comparableNames } from "#lib/x509-general-names.ts";
import { isOid } from "#lib/x509-oid.ts";

/** A Name, read. */
export interface SubjectName {
  readonly der: Buffer;
  readonly isEmpty: boolean;
  /** The values of an attribute, in their order; of all attributes without a type. */
  values(type?: string): string[];
  /** As audit reports show it: the last relative name first (RFC 2253). */
  readonly text: string;
}

/** Reads a Name. Throws when it is none, or holds what is none of the strings of RFC 5280 section 4.1.2.4. */
export function readSubject(der: Buffer): SubjectName {
  comparableNames(der);
  const name = AsnConvert.parse(der, Name);
  const attributes = name.flatMap((relative) => [...relative]);
  return {
    der,
    isEmpty: attributes.length === 0,
    values: (type) =>
      attributes.filter((one) => type === undefined || one.type === type).map(({ value }) => value.toString()),
    text: [...name]
      .reverse()
      .map((relative) => relative.map(({ type, value }) => attributeText(type, value.toString())).join("+"))
      .join(","),
  };
}

/** Writes a subject as DER, in AWS's order. Throws `private-ca-args-invalid` for what no certificate can say. */
export function subjectDer(subject: DistinguishedName): Buffer {
  const { CustomAttributes: custom, ...standard } = subject;
  const given = ATTRIBUTES.filter(([member]) => standard[member] !== undefined && standard[member] !== "");
  if (custom && given.length > 0) {
    throw invalid("CustomAttributes cannot be combined with the other attributes of a subject.");
  }
  if (custom)
    return distinguishedName(
      custom.map((one) => [oidOf(one.ObjectIdentifier), attribute(one.ObjectIdentifier, one.Value)]),
    );
  return distinguishedName(given.map(([member, type]) => [type, attribute(type, standard[member] ?? "")]));
}

/** An object identifier that was given by the caller. */
export function oidOf(dotted: string): string {
  if (!isOid(dotted)) throw invalid(`${dotted} is not an object identifier.`);
  return dotted;
}

/** What of a text can stand in a certificate: whole characters, none of them NUL. */
export function wellFormed(text: string): string {
  if (!text.isWellFormed() || text.includes("\0")) throw invalid("A text holds what is no character.");
  return text;
}

function attribute(type: string, value: string): Der {
  const text = wellFormed(value);
  if (IA5.has(type)) {
    if (!ASCII.test(text)) throw invalid(`The attribute ${type} must be ASCII.`);
    return ia5String(text);
  }
  return PRINTABLE.has(type) && PRINTABLE_TEXT.test(text) ? printableString(text) : utf8String(text);
}

function attributeText(type: string, value: string): string {
  const shown = value.replace(/[,+"\\<>;]/g, "\\$&").replace(/^[ #]| $/g, "\\$&");
  const name = SHORT_NAMES[type];
  return name === undefined ? `${type}=#${encode(utf8String(value)).toString("hex")}` : `${name}=${shown}`;
}

function invalid(message: string): Refusal {
  return new Refusal("private-ca-args-invalid", message);
}

type Member = Exclude<keyof DistinguishedName, "CustomAttributes">;
/** In the order in which AWS writes them. */
const ATTRIBUTES: readonly (readonly [member: Member, type: string])[] = [
  ["Country", OID.countryName],
  ["State", OID.stateOrProvinceName],
  ["Locality", OID.localityName],
  ["Organization", OID.organizationName],
  ["OrganizationalUnit", OID.organizationalUnitName],
  ["CommonName", OID.commonName],
  ["DistinguishedNameQualifier", OID.dnQualifier],
  ["Title", OID.title],
  ["Surname", OID.surname],
  ["GivenName", OID.givenName],
  ["Initials", OID.initials],
  ["Pseudonym", OID.pseudonym],
  ["GenerationQualifier", OID.generationQualifier],
  ["SerialNumber", OID.serialNumber],
];
/** RFC 5280 appendix A.1 has these as PrintableString only. */
const PRINTABLE: ReadonlySet<string> = new Set([OID.countryName, OID.dnQualifier, OID.serialNumber]);
const PRINTABLE_TEXT = /^[a-zA-Z0-9'()+,\-./:=? ]*$/;
/** emailAddress and domainComponent. */
const IA5: ReadonlySet<string> = new Set([OID.emailAddress, "0.9.2342.19200300.100.1.25"]);
const ASCII = /^[\x20-\x7e]*$/;
/** The ones that RFC 2253 names; all others are shown by their identifier, as AWS does. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  [OID.commonName]: "CN",
  [OID.organizationalUnitName]: "OU",
  [OID.organizationName]: "O",
  [OID.localityName]: "L",
  [OID.stateOrProvinceName]: "ST",
  [OID.countryName]: "C",
};
