import { describeCertificate } from "#ca/describe.ts";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import { keyIdOf } from "#domain/keys/names.ts";
import { parsePem } from "#lib/pem.ts";
import { findAssociation } from "#store/certificate-associations.ts";
import { type CurrentVersion, findCurrentVersion, findVersion } from "#store/certificate-versions.ts";
import { readCertificateState } from "#store/certificates.ts";
import { findDeployment } from "#store/deployments.ts";
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
  const version = await versionToServe(db, certificateArn, loadBalancerArn);
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

/** The one in force; after a roll-back the one before it. */
async function versionToServe(
  db: Db,
  certificateArn: CertificateArn,
  loadBalancerArn: LoadBalancerArn,
): Promise<CurrentVersion | undefined> {
  const deployment = await findDeployment(db, certificateArn, loadBalancerArn);
  const before = deployment?.state === "ROLLED_BACK" ? deployment.previous : null;
  const earlier = before === null ? undefined : await findVersion(db, certificateArn, before);
  return earlier ?? (await findCurrentVersion(db, certificateArn));
}

/** The end of a generation that is still there, sealed: until then edges can go back to it. */
export async function servableUntil(db: Db, arn: CertificateArn, generation: number): Promise<Date | undefined> {
  const version = await findVersion(db, arn, generation);
  const [leaf] = version?.sealed ? parsePem(version.certificate, 1) : [];
  return leaf && describeCertificate(leaf.der).notAfter;
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
