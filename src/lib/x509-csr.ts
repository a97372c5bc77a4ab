import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { TRUE } from "./der.ts";
import {
  checkDer,
  children,
  contents,
  DerError,
  type Element,
  isExactly,
  oidText,
  readElement,
  slice,
} from "./der-reader.ts";
import { OID } from "./oids.ts";
import { namesItsCurve } from "./x509-ec-key.ts";

/** A certificate signing request (RFC 2986) whose signature holds: whoever made it has the private key. */
export interface CertificateRequest {
  /** The Name as DER, as it came. */
  readonly subject: Buffer;
  readonly subjectPublicKeyInfo: Buffer;
  readonly publicKey: KeyObject;
  /** What was asked for by the extensionRequest attribute (RFC 2985 section 5.4.2), in its order; each id once. */
  readonly extensions: readonly RequestedExtension[];
}

export interface RequestedExtension {
  /** Dotted. */
  readonly id: string;
  readonly critical: boolean;
  /** What stands in the OCTET STRING. */
  readonly value: Buffer;
}

/** Bytes that are no certificate signing request, or one that must not be believed; the message says why. */
export class CsrError extends Error {
  override readonly name = "CsrError";
}

/** Reads DER strictly and verifies the signature. Throws CsrError for anything else, whatever the bytes are. */
export function readCsr(der: Uint8Array): CertificateRequest {
  try {
    return read(der);
  } catch (error) {
    if (error instanceof CsrError) throw error;
    throw new CsrError(error instanceof DerError ? error.message : "its content is malformed", { cause: error });
  }
}

function read(der: Uint8Array): CertificateRequest {
  checkDer(der);
  const [info, algorithm, signature, ...more] = sequenceAt(der, readElement(der));
  if (!info || !algorithm || !signature || more.length > 0) throw new CsrError("it is no CertificationRequest");
  const [version, subject, spki, attributes, ...rest] = sequenceAt(der, info);
  if (!version || !subject || !spki || rest.length > 0) throw new CsrError("it is no CertificationRequestInfo");
  if (version.tag !== INTEGER || contents(der, version).toString("hex") !== "00") {
    throw new CsrError("its version is not 1 (RFC 2986 section 4.1)");
  }
  if (subject.tag !== SEQUENCE || spki.tag !== SEQUENCE) throw new CsrError("it is no CertificationRequestInfo");
  const subjectPublicKeyInfo = slice(der, spki);
  const publicKey = createPublicKey({ key: subjectPublicKeyInfo, format: "der", type: "spki" });
  if (publicKey.asymmetricKeyType === "ec" && !namesItsCurve(subjectPublicKeyInfo)) {
    throw new CsrError("its key spells a curve out instead of naming it (RFC 5480 section 2.1.1)");
  }
  checkSignature(der, slice(der, info), algorithm, signature, publicKey);
  return {
    subject: slice(der, subject),
    subjectPublicKeyInfo,
    publicKey,
    extensions: attributes ? requestedExtensions(der, attributes) : [],
  };
}

/** Proof of possession (RFC 2986 section 4.2). */
function checkSignature(der: Uint8Array, info: Buffer, algorithm: Element, signature: Element, key: KeyObject): void {
  const [id, parameters] = sequenceAt(der, algorithm);
  const name = id ? oidAt(der, id) : "";
  const known = VERIFIERS[name];
  if (!known) throw new CsrError(`it is signed with ${name}, which is not accepted`);
  if (parameters && slice(der, parameters).toString("hex") !== NULL_PARAMETERS) {
    throw new CsrError("the parameters of its signature algorithm are not accepted");
  }
  if (!known.keys.includes(key.asymmetricKeyType ?? ""))
    throw new CsrError("its key and its signature do not go together");
  const [unused, ...bytes] = contents(der, signature);
  if (signature.tag !== BIT_STRING || unused !== 0) throw new CsrError("its signature is no BIT STRING of whole bytes");
  if (!verify(known.hash, info, key, Buffer.from(bytes))) throw new CsrError("its signature does not hold");
}

function requestedExtensions(der: Uint8Array, attributes: Element): RequestedExtension[] {
  if (attributes.tag !== ATTRIBUTES) throw new CsrError("its attributes are malformed");
  const requests = children(der, attributes).map((attribute) => sequenceAt(der, attribute));
  const asked = requests.filter(([id]) => id && oidAt(der, id) === OID.extensionRequest);
  if (asked.length > 1) throw new CsrError("it asks for extensions twice");
  const [, values] = asked[0] ?? [];
  if (!values) return [];
  const [list, ...more] = values.tag === SET ? children(der, values) : [];
  if (!list || more.length > 0) throw new CsrError("its extensionRequest is malformed");
  const extensions = sequenceAt(der, list).map((element) => requestedExtension(der, element));
  const twice = extensions.find(({ id }, index) => extensions.findIndex((other) => other.id === id) !== index);
  if (twice) throw new CsrError(`it asks for the extension ${twice.id} twice`);
  return extensions;
}

function requestedExtension(der: Uint8Array, element: Element): RequestedExtension {
  const parts = sequenceAt(der, element);
  const [id, ...others] = parts;
  const value = others.pop();
  const [flag, ...more] = others;
  if (!id || value?.tag !== OCTET_STRING || more.length > 0 || (flag && !isTrue(der, flag))) {
    throw new CsrError("one of its extensions is malformed");
  }
  const content = contents(der, value);
  checkDer(content);
  return { id: oidAt(der, id), critical: flag !== undefined, value: content };
}

/** X.690 sections 11.1 and 11.5: of the two values DER writes one, and that as ff. */
function isTrue(der: Uint8Array, element: Element): boolean {
  return isExactly(der, element, TRUE);
}

function sequenceAt(der: Uint8Array, element: Element): Element[] {
  if (element.tag !== SEQUENCE) throw new CsrError("a SEQUENCE is missing");
  return children(der, element);
}

function oidAt(der: Uint8Array, element: Element): string {
  if (element.tag !== OBJECT_IDENTIFIER) throw new CsrError("an OBJECT IDENTIFIER is missing");
  return oidText(contents(der, element));
}

interface Verifier {
  readonly hash: "sha256" | "sha384" | "sha512" | undefined;
  readonly keys: readonly string[];
}
const VERIFIERS: Readonly<Record<string, Verifier>> = {
  [OID.sha256WithRsa]: { hash: "sha256", keys: ["rsa"] },
  [OID.sha384WithRsa]: { hash: "sha384", keys: ["rsa"] },
  [OID.sha512WithRsa]: { hash: "sha512", keys: ["rsa"] },
  [OID.sha256WithEcdsa]: { hash: "sha256", keys: ["ec"] },
  [OID.sha384WithEcdsa]: { hash: "sha384", keys: ["ec"] },
  [OID.sha512WithEcdsa]: { hash: "sha512", keys: ["ec"] },
  [OID.ed25519]: { hash: undefined, keys: ["ed25519"] },
  [OID.mlDsa44]: { hash: undefined, keys: ["ml-dsa-44"] },
  [OID.mlDsa65]: { hash: undefined, keys: ["ml-dsa-65"] },
  [OID.mlDsa87]: { hash: undefined, keys: ["ml-dsa-87"] },
};
const NULL_PARAMETERS = "0500";
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const SEQUENCE = 0x30;
const SET = 0x31;
const ATTRIBUTES = 0xa0;
