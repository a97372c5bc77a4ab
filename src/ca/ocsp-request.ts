import { encode, NULL as NULL_VALUE, oid, sequence } from "#lib/der.ts";
import { children, contents, DerError, type Element, isExactly, oidText, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { serialHex } from "#lib/x509-certificate.ts";

/** What a client asks about one certificate. */
export interface CertificateQuestion {
  /** The CertID as it was sent: it is sent back byte for byte. */
  readonly certId: Buffer;
  /** Name of the hash for node:crypto; undefined when it is none we know. */
  readonly hash: "sha1" | "sha256" | "sha384" | "sha512" | undefined;
  /** Everything in front of the serial number, as it was sent: the same for all certificates of an issuer. */
  readonly issuer: string;
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
    return readRequest(bytes);
  } catch (error) {
    if (error instanceof DerError) return undefined;
    throw error;
  }
}

/** OCSPRequest ::= SEQUENCE { TBSRequest, [0] signature OPTIONAL } */
function readRequest(bytes: Buffer): OcspQuestion {
  const whole = readElement(bytes);
  if (whole.end !== bytes.length) throw new DerError("there are bytes behind the end");
  const [tbs, ...signature] = fields(bytes, whole);
  if (!tbs) throw new DerError("an empty request");
  expectTags(signature, [CONTEXT]);
  const { requests, extensions } = readTbsRequest(bytes, tbs);
  const nonce = extensions.find(({ id }) => id === OID.ocspNonce)?.value;
  if (nonce === undefined) return { certificates: requests, nonce: undefined };
  const length = nonceLength(nonce);
  if (length === 0 || length > 128) throw new DerError("a nonce of a length that RFC 9654 does not allow");
  return { certificates: requests, nonce: length <= MOST_NONCE ? nonce : undefined };
}

/** TBSRequest ::= SEQUENCE { [0] version DEFAULT v1, [1] requestorName OPTIONAL, requestList, [2] extensions OPTIONAL } */
function readTbsRequest(
  bytes: Buffer,
  tbs: Element,
): { readonly requests: readonly CertificateQuestion[]; readonly extensions: readonly RequestExtension[] } {
  const parts = fields(bytes, tbs);
  const version = takeTag(parts, CONTEXT);
  if (version && contents(bytes, version).toString("hex") !== "020100") throw new DerError("a version other than 1");
  takeTag(parts, CONTEXT | 1);
  const list = takeTag(parts, SEQUENCE);
  const extensions = takeTag(parts, CONTEXT | 2);
  if (!list || parts.length > 0) throw new DerError("not a TBSRequest");
  const requests = children(bytes, list);
  if (requests.length === 0 || requests.length > MOST_QUESTIONS) throw new DerError("no or too many questions");
  return {
    requests: requests.map((request) => readQuestion(bytes, request)),
    extensions: extensions ? readExtensions(bytes, extensions) : [],
  };
}

/** Request ::= SEQUENCE { reqCert CertID, [0] singleRequestExtensions OPTIONAL } */
function readQuestion(bytes: Buffer, request: Element): CertificateQuestion {
  const [certId, ...rest] = fields(bytes, request);
  if (!certId) throw new DerError("a request without a certificate");
  expectTags(rest, [CONTEXT]);
  if (rest[0]) readExtensions(bytes, rest[0]);
  const [algorithm, nameHash, keyHash, serial, ...more] = fields(bytes, certId);
  if (!algorithm || nameHash?.tag !== OCTET_STRING || keyHash?.tag !== OCTET_STRING || serial?.tag !== INTEGER) {
    throw new DerError("not a CertID");
  }
  if (more.length > 0 || serial.content === serial.end) throw new DerError("not a CertID");
  return {
    certId: slice(bytes, certId),
    hash: hashOf(bytes, algorithm),
    issuer: bytes.toString("latin1", certId.content, serial.start),
    issuerNameHash: contents(bytes, nameHash),
    issuerKeyHash: contents(bytes, keyHash),
    serial: serialHex(contents(bytes, serial)),
  };
}

/** The parameters of these hashes are absent or NULL (RFC 5754 section 2); both are met. */
function hashOf(bytes: Buffer, algorithm: Element): CertificateQuestion["hash"] {
  const known = KNOWN_ALGORITHMS.get(slice(bytes, algorithm).toString("latin1"));
  if (known) return known;
  const [id, parameters, ...more] = fields(bytes, algorithm);
  if (id?.tag !== OBJECT_IDENTIFIER || more.length > 0) throw new DerError("not an AlgorithmIdentifier");
  if (parameters && (parameters.tag !== NULL || parameters.content !== parameters.end)) return undefined;
  return HASHES[oidText(contents(bytes, id))];
}

interface RequestExtension {
  readonly id: string;
  /** What the OCTET STRING holds. */
  readonly value: Buffer;
}

/** Those that we do not know must not be critical. */
function readExtensions(bytes: Buffer, explicit: Element): RequestExtension[] {
  const [list, ...more] = children(bytes, explicit);
  if (!list || more.length > 0) throw new DerError("not Extensions");
  return fields(bytes, list).map((extension) => {
    const parts = fields(bytes, extension);
    const id = takeTag(parts, OBJECT_IDENTIFIER);
    const critical = takeTag(parts, BOOLEAN);
    const value = takeTag(parts, OCTET_STRING);
    if (!id || !value || parts.length > 0) throw new DerError("not an Extension");
    const name = isExactly(bytes, id, NONCE) ? OID.ocspNonce : oidText(contents(bytes, id));
    if (critical && name !== OID.ocspNonce) throw new DerError(`an unknown critical extension ${name}`);
    return { id: name, value: contents(bytes, value) };
  });
}

/** An OCTET STRING in the extension's value (RFC 9654 section 2.1); older clients put the bytes there themselves. */
function nonceLength(value: Buffer): number {
  try {
    const { tag, content, end } = readElement(value);
    if (tag === OCTET_STRING && end === value.length) return end - content;
  } catch {
    // not DER: the bytes are the nonce
  }
  return value.length;
}

/** What a SEQUENCE holds. */
function fields(bytes: Buffer, element: Element): Element[] {
  if (element.tag !== SEQUENCE) throw new DerError(`no SEQUENCE at byte ${element.start}`);
  return children(bytes, element);
}

/** The first element, taken away, where it has this tag. */
function takeTag(elements: Element[], tag: number): Element | undefined {
  return elements[0]?.tag === tag ? elements.shift() : undefined;
}

/** At most one element of each of these tags, in this order. */
function expectTags(elements: readonly Element[], tags: readonly number[]): void {
  const rest = [...elements];
  for (const tag of tags) takeTag(rest, tag);
  if (rest.length > 0) throw new DerError("more than belongs there");
}

const NONCE = oid(OID.ocspNonce);
const BOOLEAN = 0x01;
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const NULL = 0x05;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
/** `[0]`, constructed. */
const CONTEXT = 0xa0;

const HASHES: Readonly<Record<string, CertificateQuestion["hash"]>> = {
  [OID.sha1]: "sha1",
  [OID.sha256]: "sha256",
  [OID.sha384]: "sha384",
  [OID.sha512]: "sha512",
};
/** Their AlgorithmIdentifiers as they are mostly written, byte for byte. */
const KNOWN_ALGORITHMS: ReadonlyMap<string, CertificateQuestion["hash"]> = new Map(
  Object.entries(HASHES).map(([id, hash]) => [encode(sequence(oid(id), NULL_VALUE)).toString("latin1"), hash]),
);
/** Room for more questions than anybody asks at once. */
const MOST_BYTES = 8_192;
const MOST_QUESTIONS = 32;
/** RFC 9654 section 2.1: longer ones may be ignored, up to 128 bytes. */
const MOST_NONCE = 32;
