import { type KeyObject, sign } from "node:crypto";
import { bitString, encode, integer, oid, sequence, tagged } from "./der.ts";
import { OID } from "./oids.ts";
import { pem } from "./pem.ts";
import { commonNameOnly } from "./x509-certificate.ts";

/** A certificate signing request (RFC 2986), PEM, for a P-256 key pair. */
export function writeCsr(
  commonName: string,
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
): string {
  const spki = publicKey.export({ type: "spki", format: "der" });
  const info = encode(sequence(integer(0), commonNameOnly(commonName), spki, tagged(0)));
  const signature = sign("sha256", info, privateKey);
  const algorithm = sequence(oid(OID.sha256WithEcdsa));
  return pem("CERTIFICATE REQUEST", encode(sequence(info, algorithm, bitString(signature))));
}
