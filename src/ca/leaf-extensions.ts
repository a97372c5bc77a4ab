import { encode } from "#lib/der.ts";
import { OID } from "#lib/oids.ts";
import {
  authorityInformationAccess,
  authorityKeyIdentifier,
  certificatePolicies,
  crlDistributionPoint,
  extendedKeyUsage,
  leafConstraints,
} from "#lib/x509-extensions.ts";
import type { Issuer } from "./signers.ts";
import { certificateUrl, crlUrl, ocspUrl } from "./urls.ts";

/**
 * The extensions that are the same in every leaf of an issuer and a shard of its CRL (BR 7.1.2.7.6), one behind the
 * other. Shards follow one another, so the latest is remembered.
 */
export function sharedLeafExtensions(
  { id, keyId }: Pick<Issuer, "id" | "keyId">,
  caUrl: string,
): (shard: number) => Buffer {
  const alike = [
    leafConstraints(),
    extendedKeyUsage(OID.serverAuth),
    authorityKeyIdentifier(keyId),
    certificatePolicies(OID.domainValidated),
    authorityInformationAccess({ ocsp: ocspUrl(caUrl), caIssuers: certificateUrl(caUrl, id) }),
  ].map(encode);
  let latest: { readonly shard: number; readonly bytes: Buffer } | undefined;
  return (shard) => {
    if (latest?.shard !== shard) {
      const point = encode(crlDistributionPoint(crlUrl(caUrl, id, shard)));
      latest = { shard, bytes: Buffer.concat([...alike, point]) };
    }
    return latest.bytes;
  };
}
