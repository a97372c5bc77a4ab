import type { KeyObject, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Name } from "@peculiar/asn1-x509";
import { encode, oid } from "#lib/der.ts";
import { children, contents, DerError, type Element, oidText, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { type RawCertificate, readCertificate } from "#lib/x509-certificate.ts";
import {
  type NameConstraints,
  type RawGeneralName,
  readGeneralNames,
  readNameConstraints,
} from "#lib/x509-general-names.ts";
import { nameText2253 } from "#lib/x509-name.ts";

/** What the check of a path needs to know of a certificate. */
export interface PathCertificate {
  readonly x509: X509Certificate;
  readonly publicKey: KeyObject;
  readonly version3: boolean;
  /** DER. */
  readonly subject: Buffer;
  readonly issuer: Buffer;
  /** The content of the INTEGER. */
  readonly serial: Buffer;
  /** RFC 2253. Throws when it cannot be read. */
  readonly subjectText: () => string;
  /** The dotted identifier of the algorithm that it was signed with. */
  readonly algorithm: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly isCa: boolean;
  readonly pathLength: number | undefined;
  /** The bits of KeyUsage (lib/x509-extensions.ts); undefined: for everything. */
  readonly usages: ReadonlySet<number> | undefined;
  /** Undefined: for everything. */
  readonly purposes: readonly string[] | undefined;
  /** It has a critical extension that is not understood here. */
  readonly unknown: boolean;
  /** Throws when they cannot be read. */
  readonly names: () => CertificateNames;
}

/** What it says of names. A client may have made it up by the thousand: nobody reads it before there is a path. */
export interface CertificateNames {
  readonly issuerText: string;
  readonly constraints: NameConstraints | undefined;
  readonly alternativeNames: readonly RawGeneralName[];
  /** Values of an attribute of the subject. */
  readonly values: (type: string) => string[];
}

/**
 * Throws when it is no certificate that can be read, one whose validity is no time (OpenSSL takes any digits), or one with
 * a name of more than 4 kB.
 */
export function pathCertificate(x509: X509Certificate): PathCertificate {
  const notBefore = timeOf(x509.validFrom, x509.validFromDate);
  const notAfter = timeOf(x509.validTo, x509.validToDate);
  const raw = readCertificate(x509.raw);
  if (raw.subject.length > LONGEST_NAME || raw.issuer.length > LONGEST_NAME) throw new Error("a name is too long");
  const extensions = extensionsOf(raw.tbs);
  const value = (id: string): Buffer | undefined => extensions.find((one) => one.id === id)?.value;
  const usage = value(OID.keyUsage);
  const purposes = value(OID.extKeyUsage);
  let read: CertificateNames | undefined;
  return {
    x509,
    publicKey: x509.publicKey,
    version3: isVersion3(raw.tbs),
    subject: raw.subject,
    issuer: raw.issuer,
    serial: raw.serial,
    subjectText: () => nameText2253(AsnConvert.parse(raw.subject, Name)),
    algorithm: oidText(contents(raw.algorithm, firstChild(raw.algorithm))),
    notBefore,
    notAfter,
    ...authority(value(OID.basicConstraints)),
    usages: usage && namedBits(usage),
    purposes: purposes && children(purposes, readElement(purposes)).map((id) => oidText(contents(purposes, id))),
    unknown: extensions.some(({ id, critical }) => critical && id === undefined),
    names() {
      read ??= readNames(raw, value(OID.nameConstraints), value(OID.subjectAltName));
      return read;
    },
  };
}

function readNames(
  { subject, issuer }: RawCertificate,
  constraints: Buffer | undefined,
  alternative: Buffer | undefined,
): CertificateNames {
  const attributes = AsnConvert.parse(subject, Name).flatMap((relative) => [...relative]);
  return {
    issuerText: nameText2253(AsnConvert.parse(issuer, Name)),
    constraints: constraints && readNameConstraints(constraints),
    alternativeNames: alternative ? readGeneralNames(alternative) : [],
    values: (type) => attributes.filter((one) => one.type === type).map((one) => one.value.toString()),
  };
}

interface ReadExtension {
  /** Undefined for one that is not understood here. */
  readonly id: string | undefined;
  readonly critical: boolean;
  readonly value: Buffer;
}

/** By hand: a reader of ASN.1 takes the values of all extensions apart, a hundred times as long. */
function extensionsOf(tbs: Buffer): ReadExtension[] {
  const tagged = children(tbs, readElement(tbs)).find(({ tag }) => tag === EXTENSIONS);
  if (!tagged) return [];
  return children(tbs, readElement(tbs, tagged.content, tagged.end)).map((one) => {
    const [id, second, third] = children(tbs, one);
    const value = third ?? second;
    if (!id || !second || value?.tag !== OCTET_STRING) throw new DerError("no Extension");
    const critical = second.tag === BOOLEAN && contents(tbs, second)[0] !== 0;
    return { id: UNDERSTOOD.get(slice(tbs, id).toString("latin1")), critical, value: contents(tbs, value) };
  });
}

function isVersion3(tbs: Buffer): boolean {
  const version = firstChild(tbs);
  return version.tag === VERSION && contents(tbs, readElement(tbs, version.content))[0] === VERSION_3;
}

function firstChild(bytes: Buffer): Element {
  return readElement(bytes, readElement(bytes).content);
}

/** `date` is any date at all where OpenSSL cannot read the time: Node makes it of memory that nobody has written. */
function timeOf(text: string, date: Date): Date {
  if (text === "Bad time value" || Number.isNaN(date.getTime()))
    throw new Error("the validity of a certificate is no time");
  return date;
}

function authority(value: Buffer | undefined): Pick<PathCertificate, "isCa" | "pathLength"> {
  if (!value) return { isCa: false, pathLength: undefined };
  const parts = children(value, readElement(value));
  const isCa = parts.some((part) => part.tag === BOOLEAN && contents(value, part)[0] !== 0);
  const length = parts.find(({ tag }) => tag === INTEGER);
  const bytes = length && contents(value, length);
  return { isCa, pathLength: bytes && (bytes.length > 1 ? Number.POSITIVE_INFINITY : bytes[0]) };
}

function namedBits(value: Buffer): ReadonlySet<number> {
  const bytes = contents(value, readElement(value)).subarray(1);
  const bits = new Set<number>();
  for (const [at, byte] of bytes.entries())
    for (let bit = 0; bit < 8; bit++) if ((byte & (0x80 >> bit)) !== 0) bits.add(8 * at + bit);
  return bits;
}

const VERSION_3 = 2;
const BOOLEAN = 1;
const INTEGER = 2;
const OCTET_STRING = 4;
/** The tags of two fields of a TBSCertificate. */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** No certificate that anybody uses has a name of a tenth of it; each attribute of it takes a while to read. */
const LONGEST_NAME = 4 * 1024;
/** By their DER. */
const UNDERSTOOD: ReadonlyMap<string, string> = new Map(
  [
    OID.basicConstraints,
    OID.keyUsage,
    OID.extKeyUsage,
    OID.nameConstraints,
    OID.subjectAltName,
    OID.certificatePolicies,
    OID.cRLDistributionPoints,
    OID.authorityKeyIdentifier,
    OID.subjectKeyIdentifier,
  ].map((id) => [encode(oid(id)).toString("latin1"), id]),
);
