import { type KeyObject, X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate, type Extension } from "@peculiar/asn1-x509";
import { children, contents, oidText, readElement } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { readCertificate } from "#lib/x509-certificate.ts";
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
  readonly subjectText: string;
  readonly issuerText: string;
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
  readonly constraints: NameConstraints | undefined;
  readonly alternativeNames: readonly RawGeneralName[];
  /** Values of an attribute of the subject. */
  readonly values: (type: string) => string[];
  /** A critical extension that is not understood here. */
  readonly unknown: string | undefined;
}

/** Throws when it is no certificate that can be read, or one whose validity is no time: OpenSSL takes any digits. */
export function pathCertificate(x509: X509Certificate): PathCertificate {
  const notBefore = timeOf(x509.validFrom, x509.validFromDate);
  const notAfter = timeOf(x509.validTo, x509.validToDate);
  const raw = readCertificate(x509.raw);
  const { tbsCertificate, signatureAlgorithm } = AsnConvert.parse(x509.raw, Certificate);
  const extensions = tbsCertificate.extensions ?? [];
  const value = (id: string): Buffer | undefined => valueOf(extensions, id);
  const constraints = value(OID.basicConstraints);
  const usage = value(OID.keyUsage);
  const purposes = value(OID.extKeyUsage);
  const names = value(OID.nameConstraints);
  const alternative = value(OID.subjectAltName);
  const attributes = tbsCertificate.subject.flatMap((relative) => [...relative]);
  return {
    x509,
    publicKey: x509.publicKey,
    version3: tbsCertificate.version === VERSION_3,
    subject: raw.subject,
    issuer: raw.issuer,
    serial: raw.serial,
    subjectText: nameText2253(tbsCertificate.subject),
    issuerText: nameText2253(tbsCertificate.issuer),
    algorithm: signatureAlgorithm.algorithm,
    notBefore,
    notAfter,
    ...authority(constraints),
    usages: usage && namedBits(usage),
    purposes: purposes && children(purposes, readElement(purposes)).map((id) => oidText(contents(purposes, id))),
    constraints: names && readNameConstraints(names),
    alternativeNames: alternative ? readGeneralNames(alternative) : [],
    values: (type) => attributes.filter((one) => one.type === type).map((one) => one.value.toString()),
    unknown: extensions.find(({ extnID, critical }) => critical && !UNDERSTOOD.has(extnID))?.extnID,
  };
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

function valueOf(extensions: readonly Extension[], id: string): Buffer | undefined {
  const found = extensions.find(({ extnID }) => extnID === id);
  return found && Buffer.from(found.extnValue.buffer);
}

const VERSION_3 = 2;
const BOOLEAN = 1;
const INTEGER = 2;
const UNDERSTOOD: ReadonlySet<string> = new Set([
  OID.basicConstraints,
  OID.keyUsage,
  OID.extKeyUsage,
  OID.nameConstraints,
  OID.subjectAltName,
  OID.certificatePolicies,
  OID.cRLDistributionPoints,
  OID.authorityKeyIdentifier,
  OID.subjectKeyIdentifier,
]);
