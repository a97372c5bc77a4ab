import "reflect-metadata";
import { webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { keyFileRoot } from "#custody/root.ts";
import { type CertificateArn, rootArn } from "#domain/arn.ts";
import { parseAddressRange } from "#domain/balancers/addresses.ts";
import { DEFAULT_BALANCER_QUOTAS } from "#domain/balancers/quotas.ts";
import { type Caller, parseAccountId, parseRegion } from "#domain/names.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { importCertificate } from "#lifecycle/import.ts";
import type { Store } from "#store/store.ts";

/** What load balancers need, over a store of the test's; addresses from `block`. */
export function balancerDeps(store: Store, block = "127.0.0.0/8"): BalancerDeps {
  return {
    store,
    clock: systemClock,
    ids: randomIds,
    root: keyFileRoot(Buffer.alloc(32, 7)),
    productZone: "sealkeeper.internal",
    balancerAddresses: parseAddressRange(block)!,
    balancerQuotas: DEFAULT_BALANCER_QUOTAS,
    readObject: () => Promise.resolve("missing"),
    publicUrl: "http://127.0.0.1:4566",
  };
}

/** The root of an account, in a region. */
export function callerOf(account = "123456789012", region = "eu-west-1"): Caller {
  const id = parseAccountId(account)!;
  const where = { account: id, region: parseRegion(region)! };
  return { ...where, kind: "root", arn: rootArn(id), accessKeyId: "AKIATESTTESTTESTTEST", requestId: "test" };
}

/** The settings of an Application Load Balancer that AWS would take, but for its subnets (network.ts). */
export const WEB = {
  name: "web",
  type: "application",
  scheme: "internet-facing",
  securityGroups: [],
  tags: [],
} as const;

/** An issued certificate of the caller's, imported, with an EC key. */
export async function issuedCertificate(name: string, caller: Caller, deps: BalancerDeps): Promise<CertificateArn> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: "dns", value: name }])],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
  using privateKey = new PlaintextKey(
    Buffer.from(`-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)!.join("\n")}\n-----END PRIVATE KEY-----\n`),
  );
  const pem = Buffer.from(`${certificate.toString("pem")}\n`);
  const request = { certificate: pem, privateKey, certificateChain: undefined, replaces: undefined, tags: [] };
  return await importCertificate(request, caller, deps);
}
