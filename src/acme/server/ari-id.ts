import { describeNames } from "#acme/certificate-names.ts";
import type { DomainName } from "#domain/names.ts";
import { fromBase64url } from "#lib/base64url.ts";
import { serialHex } from "#lib/x509-certificate.ts";
import { type AcmeIssued, findAcmeIssued } from "#store/acme-certificates.ts";
import type { AcmeContext } from "./context.ts";

/** A certificate that ARI names. */
export interface NamedCertificate extends AcmeIssued {
  readonly names: readonly DomainName[];
}

/**
 * The certificate of this endpoint that an ARI identifier names (RFC 9773 section 4.1): the key identifier of its issuer
 * and its serial number, each in base64url, with a dot between them. Undefined when there is none.
 */
export async function findByAriId(
  id: string,
  { store, endpoint, signers }: AcmeContext,
): Promise<NamedCertificate | undefined> {
  const [keyId, serial, ...more] = id.length <= LONGEST ? id.split(".").map(fromBase64url) : [];
  if (!keyId || !serial || serial.length === 0 || more.length > 0) return undefined;
  const found = await findAcmeIssued(store, endpoint.arn, serialHex(serial));
  if (!found || !(await signers.issuer(store, found.issuerId)).keyId.equals(keyId)) return undefined;
  return { ...found, names: describeNames(found.certificate) };
}

const LONGEST = 100;
