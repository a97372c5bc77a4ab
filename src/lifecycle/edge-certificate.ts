import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import { keyIdOf } from "#domain/keys/names.ts";
import { findAssociation } from "#store/certificate-associations.ts";
import { findCurrentVersion } from "#store/certificate-versions.ts";
import { readCertificateState } from "#store/certificates.ts";
import { findGrant } from "#store/grants.ts";
import type { Db } from "#store/store.ts";

/**
 * A certificate as an edge gets it for one load balancer: the chain, the sealed key and the grant to open it. Undefined
 * when the balancer does not use it, or its grant was ended by hand. An expired certificate is still served: only its users can replace it.
 */
export async function readEdgeCertificate(
  db: Db,
  loadBalancerArn: LoadBalancerArn,
  certificateArn: CertificateArn,
): Promise<EdgeCertificate | undefined> {
  const association = await findAssociation(db, certificateArn, loadBalancerArn);
  const certificate = await readCertificateState(db, certificateArn);
  const version = await findCurrentVersion(db, certificateArn);
  if (!association || !certificate || !version?.sealed) return undefined;
  if (!(await findGrant(db, keyIdOf(association.keyArn), association.grantId))) return undefined;
  return {
    loadBalancerArn,
    certificateArn,
    account: certificate.account,
    region: certificate.region,
    serial: version.serial,
    chain: inOneFile(version.certificate, version.chain),
    names: certificate.names.map((name) => name.toLowerCase()).filter((name) => ASKABLE.test(name)),
    wrappedDataKey: version.sealed.wrappedDataKey,
    sealedKey: version.sealed.sealedKey,
    encryptionContext: { "aws:acm:arn": certificateArn },
    grantToken: association.grantToken,
  };
}

/** An imported certificate may lack its last line break. */
function inOneFile(leaf: string, chain: string | undefined): string {
  return [leaf, chain ?? ""]
    .filter((part) => part !== "")
    .map((part) => `${part.trimEnd()}\n`)
    .join("");
}

/** What a client may ask for by SNI. An imported certificate may also hold names that nobody can. */
const ASKABLE = /^[a-z0-9_.*-]{1,253}$/;
