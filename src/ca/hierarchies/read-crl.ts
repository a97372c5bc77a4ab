import { verify } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { CertificateList } from "@peculiar/asn1-x509";
import { checkDer, contents, readElement } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { readRevocationList } from "#lib/x509-crl-reader.ts";
import type { IssuerRow } from "#store/issuers.ts";
import { HierarchyError } from "./error.ts";
import { readCa } from "./read-ca.ts";

/** A CRL that came from a ceremony. */
export interface RootCrl {
  /** Of the root that signed it. */
  readonly id: string;
  readonly number: number;
  readonly nextUpdate: Date;
  /** Whether it lists this serial number, lower-case hexadecimal. */
  readonly lists: (serial: string) => boolean;
}

/** Reads the CRL of one of these roots (DER), which must be in force. Throws HierarchyError. */
export function readRootCrl(der: Buffer, roots: readonly IssuerRow[], now: Date): RootCrl {
  if (der.length > MOST) throw new HierarchyError(`a root's CRL has at most ${MOST} bytes`);
  const { list, dates, number } = parsed(der);
  const signer = roots
    .map((row) => ({ id: row.id, ca: readCa(Buffer.from(row.certificate)) }))
    .find(({ ca }) => ca.subject.equals(list.issuer));
  if (!signer) throw new HierarchyError("it is the CRL of no root whose key is kept offline");
  const { hash } = signatureAlgorithm(signer.ca.keyAlgorithm);
  if (!verify(hash, list.signed, signer.ca.x509.publicKey, list.signature)) {
    throw new HierarchyError(`the root ${signer.id} did not sign it`);
  }
  if (dates.from > now) throw new HierarchyError(`it is valid from ${dates.from.toISOString()} on`);
  if (dates.until <= now) throw new HierarchyError(`it ended ${dates.until.toISOString()}`);
  return { id: signer.id, number, nextUpdate: dates.until, lists: (serial) => list.has(integerOf(serial)) };
}

function parsed(der: Buffer): {
  readonly list: ReturnType<typeof readRevocationList>;
  readonly dates: { readonly from: Date; readonly until: Date };
  readonly number: number;
} {
  try {
    checkDer(der);
    const list = readRevocationList(der);
    const { tbsCertList } = AsnConvert.parse(der, CertificateList);
    const extension = tbsCertList.crlExtensions?.find(({ extnID }) => extnID === OID.cRLNumber);
    const number = extension && smallInteger(Buffer.from(extension.extnValue.buffer));
    const until = tbsCertList.nextUpdate?.getTime();
    if (until === undefined || Number.isNaN(until.getTime()) || number === undefined) {
      throw new HierarchyError("it has no number, or says nothing of its end");
    }
    return { list, dates: { from: tbsCertList.thisUpdate.getTime(), until }, number };
  } catch (error) {
    if (error instanceof HierarchyError) throw error;
    throw new HierarchyError("this is no well-formed CRL", { cause: error });
  }
}

/** The content of a positive INTEGER. */
function integerOf(serial: string): Buffer {
  const bytes = Buffer.from(serial, "hex");
  return (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
}

/** A positive INTEGER of up to six bytes: asn1js reads those of four and more as 0. */
function smallInteger(der: Buffer): number | undefined {
  const element = readElement(der);
  const content = contents(der, element);
  if (element.tag !== INTEGER || content.length < 1 || content.length > 6 || (content[0] ?? 0) >= 0x80)
    return undefined;
  return content.readUIntBE(0, content.length) || undefined;
}

const INTEGER = 0x02;
const MOST = 1_000_000;
