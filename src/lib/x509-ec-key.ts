import { children, readElement } from "./der-reader.ts";

/**
 * Whether the SubjectPublicKeyInfo of an EC key names its curve. OpenSSL also takes a curve that is spelled out, and
 * believes parts of what it says; RFC 5480 section 2.1.1 forbids it. Throws DerError for what is no DER.
 */
export function namesItsCurve(spki: Uint8Array): boolean {
  const [algorithm] = children(spki, readElement(spki));
  const parameters = algorithm && children(spki, algorithm)[1];
  return parameters?.tag === OBJECT_IDENTIFIER;
}

const OBJECT_IDENTIFIER = 0x06;
