import { createPublicKey, type KeyObject } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import { AuthorityInfoAccessSyntax, CRLDistributionPoints } from "@peculiar/asn1-x509";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { signAndCheck } from "#ca/signers.ts";
import { certificateUrl, crlUrl } from "#ca/urls.ts";
import { bitString, encode, integer, oid, sequence, setOf, tagged } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import { type KeyAlgorithm, keyAlgorithm, signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { CsrError, readCsr } from "#lib/x509-csr.ts";
import { authorityInformationAccess, crlDistributionPoint } from "#lib/x509-extensions.ts";

/** Where the pages of the CA are, and what the serving installation calls the root: both stand in what it signs. */
export interface SignerPlace {
  readonly caUrl: string;
  readonly id: string;
}

/** A request for an intermediate, as the machine of the ceremony reads it. */
export interface CaRequest extends SignerPlace {
  /** DER. */
  readonly name: Buffer;
  readonly subjectPublicKeyInfo: Buffer;
  readonly keyAlgorithm: KeyAlgorithm;
}

/** A certificate signing request of a CA (RFC 2986), DER. It asks for the URLs that its certificate is to name. */
export function writeCaRequest(name: Uint8Array, key: KeyObject, { caUrl, id }: SignerPlace): Buffer {
  const algorithm = keyAlgorithm(key);
  if (!algorithm) throw new Error("a CA's request is made with an RSA or an EC key");
  const { identifier } = signatureAlgorithm(algorithm);
  const publicKey = createPublicKey(key);
  const asked = sequence(
    authorityInformationAccess({ caIssuers: certificateUrl(caUrl, id) }),
    crlDistributionPoint(crlUrl(caUrl, id)),
  );
  const spki = publicKey.export({ type: "spki", format: "der" });
  const attributes = tagged(0, sequence(oid(OID.extensionRequest), setOf(asked)));
  const info = encode(sequence(integer(0), name, spki, attributes));
  const signature = signAndCheck({ id: "request", algorithm: signatureAlgorithm(algorithm), key, publicKey }, info);
  return encode(sequence(info, identifier, bitString(signature)));
}

/**
 * Reads such a request, DER. Its signature must hold, its key must be one that leafs may stand under, and it must name
 * the pages of one root. Throws HierarchyError.
 */
export function readCaRequest(der: Uint8Array): CaRequest {
  const { subject, subjectPublicKeyInfo, publicKey, extensions } = checkedCsr(der);
  const algorithm = keyAlgorithm(publicKey);
  if (!algorithm || algorithm === "RSA_1024") {
    throw new HierarchyError(
      "the key of the request is none for a CA: RSA of 2048 to 4096 bits, P-256, P-384 or P-521",
    );
  }
  if (subject.length <= EMPTY_NAME) throw new HierarchyError("the request names no CA: its subject is empty");
  const asked = new Map(extensions.map(({ id, value }) => [id, value]));
  const other = [...asked.keys()].find((id) => id !== OID.authorityInfoAccess && id !== OID.cRLDistributionPoints);
  if (other !== undefined) throw new HierarchyError(`the request asks for the extension ${other}, which is not given`);
  const access = parse(asked.get(OID.authorityInfoAccess), AuthorityInfoAccessSyntax);
  const points = parse(asked.get(OID.cRLDistributionPoints), CRLDistributionPoints);
  const place = placeIn(access?.[0]?.accessLocation.uniformResourceIdentifier ?? "");
  const listed = points?.[0]?.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier;
  if (!place || access?.length !== 1 || points?.length !== 1 || listed !== crlUrl(place.caUrl, place.id)) {
    throw new HierarchyError(
      "the request does not say where the pages of its root are: make it with sealkeeper ca request",
    );
  }
  return { name: subject, subjectPublicKeyInfo, keyAlgorithm: algorithm, ...place };
}

/** Reads `http://ca.example/ca/r3.crt`; undefined for anything else. Only http, as whoever checks must not need TLS. */
export function placeIn(url: string): SignerPlace | undefined {
  const [, caUrl, id] = /^(http:\/\/[a-zA-Z0-9.:[\]-]{1,255})\/ca\/([a-z0-9]{1,32})\.crt$/.exec(url) ?? [];
  return caUrl === undefined || id === undefined ? undefined : { caUrl, id };
}

function checkedCsr(der: Uint8Array): ReturnType<typeof readCsr> {
  if (der.length > MOST) throw new HierarchyError(`this is no request: it has ${der.length} bytes`);
  try {
    return readCsr(der);
  } catch (error) {
    if (error instanceof CsrError) throw new HierarchyError(`the request cannot be taken: ${error.message}`);
    throw error;
  }
}

function parse<T>(value: Buffer | undefined, type: new () => T): T | undefined {
  try {
    return value && AsnConvert.parse(value, type);
  } catch (error) {
    throw new HierarchyError("an extension that the request asks for is malformed", { cause: error });
  }
}

const MOST = 16_384;
const EMPTY_NAME = 2;
