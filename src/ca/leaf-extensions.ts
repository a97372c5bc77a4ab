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

/** The extensions that are the same in every leaf of an issuer (BR 7.1.2.7.6), one behind the other. */
export function sharedLeafExtensions({ id, keyId }: Pick<Issuer, "id" | "keyId">, caUrl: string): Buffer {
  return Buffer.concat(
    [
      leafConstraints(),
      extendedKeyUsage(OID.serverAuth),
      authorityKeyIdentifier(keyId),
      certificatePolicies(OID.domainValidated),
      authorityInformationAccess({ ocsp: ocspUrl(caUrl), caIssuers: certificateUrl(caUrl, id) }),
      crlDistributionPoint(crlUrl(caUrl, id)),
    ].map(encode),
  );
}
