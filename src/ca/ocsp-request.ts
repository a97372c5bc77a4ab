import { OCSPRequest } from "@peculiar/asn1-ocsp";
import { AsnConvert } from "@peculiar/asn1-schema";
import { checkDer, children, DerError, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { serialHex } from "#lib/x509-certificate.ts";

/** What a client asks about one certificate. */
export interface CertificateQuestion {
  /** The CertID as it was sent: it is sent back byte for byte. */
  readonly certId: Buffer;
  /** Name of the hash for node:crypto; undefined when it is none we know. */
  readonly hash: "sha1" | "sha256" | "sha384" | "sha512" | undefined;
  readonly issuerNameHash: Buffer;
  readonly issuerKeyHash: Buffer;
  /** Lower-case hexadecimal. */
  readonly serial: string;
}

export interface OcspQuestion {
  readonly certificates: readonly CertificateQuestion[];
  /** The value of the nonce extension as it was sent; undefined when there is none to echo. */
  readonly nonce: Buffer | undefined;
}

/** Reads an OCSPRequest (RFC 6960 section 4.1.1); undefined when it is malformed. A signature on it is not looked at. */
export function readOcspRequest(bytes: Buffer): OcspQuestion | undefined {
  if (bytes.length > MOST_BYTES) return undefined;
  try {
    checkDer(bytes);
    return questionOf(AsnConvert.parse(bytes, OCSPRequest), certIds(bytes));
  } catch {
    return undefined;
  }
}

function questionOf({ tbsRequest }: OCSPRequest, ids: readonly Buffer[]): OcspQuestion | undefined {
  const { requestList, requestExtensions = [] } = tbsRequest;
  if (requestList.length === 0 || requestList.length > MOST_QUESTIONS || ids.length !== requestList.length)
    return undefined;
  const extensions = [...requestExtensions, ...requestList.flatMap((one) => [...(one.singleRequestExtensions ?? [])])];
  if (extensions.some(({ critical, extnID }) => critical && extnID !== OID.ocspNonce)) return undefined;

  const certificates = requestList.map(({ reqCert }, index) => ({
    certId: ids[index] ?? Buffer.alloc(0),
    hash: HASHES[reqCert.hashAlgorithm.algorithm],
    issuerNameHash: Buffer.from(reqCert.issuerNameHash.buffer),
    issuerKeyHash: Buffer.from(reqCert.issuerKeyHash.buffer),
    serial: serialHex(Buffer.from(reqCert.serialNumber)),
  }));
  const nonce = requestExtensions.find(({ extnID }) => extnID === OID.ocspNonce);
  if (!nonce) return { certificates, nonce: undefined };
  const value = Buffer.from(nonce.extnValue.buffer);
  const length = nonceLength(value);
  if (length === 0 || length > 128) return undefined;
  return { certificates, nonce: length <= MOST_NONCE ? value : undefined };
}

/** An OCTET STRING in the extension's value (RFC 9654 section 2.1); older clients put the bytes there themselves. */
function nonceLength(value: Buffer): number {
  try {
    const { tag, content, end } = readElement(value);
    if (tag === 0x04 && end === value.length) return end - content;
  } catch {
    // not DER: the bytes are the nonce
  }
  return value.length;
}

/** The raw CertIDs: OCSPRequest → TBSRequest → requestList, its only untagged SEQUENCE → Request → CertID. */
function certIds(bytes: Buffer): Buffer[] {
  const [tbs] = children(bytes, readElement(bytes));
  const list = tbs && children(bytes, tbs).find(({ tag }) => tag === 0x30);
  if (!list) throw new DerError("a request without a list");
  return children(bytes, list).map((request) => {
    const [certId] = children(bytes, request);
    if (!certId) throw new DerError("a request without a certificate");
    return slice(bytes, certId);
  });
}

const HASHES: Readonly<Record<string, CertificateQuestion["hash"]>> = {
  [OID.sha1]: "sha1",
  [OID.sha256]: "sha256",
  [OID.sha384]: "sha384",
  [OID.sha512]: "sha512",
};
/** Room for more questions than anybody asks at once. */
const MOST_BYTES = 8_192;
const MOST_QUESTIONS = 32;
/** RFC 9654 section 2.1: longer ones may be ignored, up to 128 bytes. */
const MOST_NONCE = 32;
