import { execFile } from "node:child_process";
import { generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  CreateCertificateAuthorityAuditReportCommand,
  DeleteCertificateAuthorityCommand,
  DescribeCertificateAuthorityCommand,
  InvalidStateException,
  IssueCertificateCommand,
  RestoreCertificateAuthorityCommand,
  RevokeCertificateCommand,
  UpdateCertificateAuthorityCommand,
  waitUntilAuditReportCreated,
} from "@aws-sdk/client-acm-pca";
import { expect, test } from "vitest";
import { type CaKeyAlgorithm, SIGNS_WITH, type SignatureName } from "#lib/x509-signatures.ts";
import { debian } from "../support/debian.ts";
import { openssl } from "../support/openssl.ts";
import { activeRoot, activeSubordinate, csrFor, issueFrom, pcaClient, verifiesUp } from "../support/private-ca.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";

const BOTH = {
  CrlConfiguration: { Enabled: true, ExpirationInDays: 7, S3BucketName: "crls" },
  OcspConfiguration: { Enabled: true },
};

test("the SDK makes a root and a subordinate CA; openssl verifies what they issue, and sees what is revoked", async () => {
  const product = await testProduct();
  const client = pcaClient(product);
  const root = await activeRoot(client);
  const ca = await activeSubordinate(client, root, { more: { RevocationConfiguration: BOTH } });
  const described = await client.send(new DescribeCertificateAuthorityCommand({ CertificateAuthorityArn: ca.arn }));
  expect(described.CertificateAuthority).toMatchObject({ Status: "ACTIVE", Type: "SUBORDINATE" });
  const [good, bad] = [
    await issueFrom(client, ca.arn, csrFor("a.corp").csr),
    await issueFrom(client, ca.arn, csrFor("b.corp").csr),
  ];
  const [x509] = [new X509Certificate(bad.certificate)];
  await client.send(
    new RevokeCertificateCommand({
      CertificateAuthorityArn: ca.arn,
      CertificateSerial: x509.serialNumber,
      RevocationReason: "KEY_COMPROMISE",
    }),
  );
  const [crlUrl] = /http:\/\/[\w.:/-]+\.crl/.exec(x509.raw.toString("latin1")) ?? [];
  const crl = Buffer.from(await (await fetch(crlUrl!)).arrayBuffer());
  const files = {
    "good.pem": good.certificate,
    "bad.pem": bad.certificate,
    "ca.pem": ca.certificate,
    "root.pem": root.certificate,
    "both.pem": `${ca.certificate}\n${root.certificate}`,
    "crl.der": crl,
    "crl.pem": `-----BEGIN X509 CRL-----\n${crl
      .toString("base64")
      .match(/.{1,64}/g)!
      .join("\n")}\n-----END X509 CRL-----\n`,
  };
  expect(good.chain?.match(/BEGIN/g)).toHaveLength(2);
  expect(await openssl("verify -x509_strict -CAfile root.pem -untrusted ca.pem good.pem", files)).toContain(
    "good.pem: OK",
  );
  const checked = "verify -crl_check -CRLfile crl.pem -CAfile both.pem";
  expect(await openssl(`${checked} good.pem`, files)).toContain("good.pem: OK");
  expect(await openssl(`${checked} bad.pem`, files)).toContain("certificate revoked");
  const ocsp = `ocsp -issuer ca.pem -CAfile root.pem -verify_other ca.pem -url ${new URL(product.endpoint).origin}/ca/ocsp`;
  const [yes, no] = [await openssl(`${ocsp} -cert good.pem`, files), await openssl(`${ocsp} -cert bad.pem`, files)];
  expect(yes).toContain("Response verify OK");
  expect(yes).toContain("good.pem: good");
  expect(no).toMatch(/bad\.pem: revoked[^]*keyCompromise/);
  expect(await openssl(`${ocsp.replace("ca.pem", "root.pem")} -cert ca.pem`, files)).toContain("unauthorized");

  const made = { CertificateAuthorityArn: ca.arn, S3BucketName: "reports", AuditReportResponseFormat: "JSON" } as const;
  const { AuditReportId, S3Key } = await client.send(new CreateCertificateAuthorityAuditReportCommand(made));
  await waitUntilAuditReportCreated(
    { client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 },
    { CertificateAuthorityArn: ca.arn, AuditReportId },
  );
  const report = readFileSync(join(product.dataDir, "audit-reports", "reports", S3Key!), "utf8");
  expect(JSON.parse(report)).toHaveLength(2);

  await expect(client.send(new DeleteCertificateAuthorityCommand({ CertificateAuthorityArn: ca.arn }))).rejects.toThrow(
    InvalidStateException,
  );
  await client.send(new UpdateCertificateAuthorityCommand({ CertificateAuthorityArn: ca.arn, Status: "DISABLED" }));
  await client.send(new DeleteCertificateAuthorityCommand({ CertificateAuthorityArn: ca.arn }));
  await client.send(new RestoreCertificateAuthorityCommand({ CertificateAuthorityArn: ca.arn }));
  await client.send(new UpdateCertificateAuthorityCommand({ CertificateAuthorityArn: ca.arn, Status: "ACTIVE" }));
  await issueFrom(client, ca.arn, csrFor("c.corp").csr);
});

test("CAs of every algorithm sign, and their signatures hold, with RSA, EC, Ed25519 and ML-DSA keys", async () => {
  const client = pcaClient(await testProduct());
  for (const key of Object.keys(SIGNS_WITH) as CaKeyAlgorithm[]) {
    const [signing] = SIGNS_WITH[key] as readonly [SignatureName];
    const root = await activeRoot(client, { key, signing, more: { RevocationConfiguration: BOTH } });
    for (const [type, leafKey] of Object.entries(LEAF_KEYS)) {
      const csr = csrFor("device.corp", { key: leafKey(), signature: LEAF_SIGNATURES[type]! });
      const { certificate } = await issueFrom(client, root.arn, csr.csr, { SigningAlgorithm: signing as never });
      expect([key, type, verifiesUp(certificate, [root.certificate])]).toEqual([key, type, true]);
      // Debian's openssl knows no ML-DSA; Node's does.
      if (/ML_DSA/.test(`${key}${type}`)) continue;
      const files = { "leaf.pem": certificate, "root.pem": root.certificate };
      expect(await openssl("verify -x509_strict -CAfile root.pem leaf.pem", files)).toContain("leaf.pem: OK");
    }
  }
});

test("boto3 holds the ceremony of AWS's guide", async () => {
  debian("python3-boto3");
  const product = await testProduct();
  const story = new URL("./acm_pca_story.py", import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(
    "/usr/bin/python3",
    [story, product.endpoint, join(product.dataDir, "credentials")],
    { timeout: 110_000 },
  );
  expect(stdout).toContain("the whole story held");
});

test("nothing that was acknowledged is lost when the product is killed while it issues", async () => {
  const place = await testPlace();
  const product = await testProduct({}, place);
  const root = await activeRoot(pcaClient(product));
  const csr = csrFor("device.corp").csr;
  const issue = new IssueCertificateCommand({
    CertificateAuthorityArn: root.arn,
    Csr: Buffer.from(csr),
    SigningAlgorithm: "SHA256WITHECDSA",
    Validity: { Type: "DAYS", Value: 30 },
  });
  const arns: string[] = [];
  const client = pcaClient(product);
  const asking = Array.from({ length: 8 }, async () => {
    for (;;) arns.push((await client.send(issue)).CertificateArn!);
  });
  while (arns.length < 40) await new Promise(setImmediate);
  await killControl(product);
  await Promise.allSettled(asking);
  const again = pcaClient(await testProduct({}, place));
  const { waitUntilCertificateIssued } = await import("@aws-sdk/client-acm-pca");
  for (const CertificateArn of arns) {
    await waitUntilCertificateIssued(
      { client: again, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { CertificateAuthorityArn: root.arn, CertificateArn },
    );
  }
  expect(new Set(arns).size).toBe(arns.length);
});

const pair = (...args: Parameters<typeof generateKeyPairSync>): KeyObject =>
  generateKeyPairSync(...args).privateKey as never;
const LEAF_KEYS: Readonly<Record<string, () => KeyObject>> = {
  RSA: () => pair("rsa" as never, { modulusLength: 2048 } as never),
  EC: () => pair("ec" as never, { namedCurve: "secp384r1" } as never),
  ED25519: () => pair("ed25519" as never, {} as never),
  ML_DSA_65: () => pair("ml-dsa-65" as never, {} as never),
};
const LEAF_SIGNATURES: Readonly<Record<string, SignatureName>> = {
  RSA: "SHA256WITHRSA",
  EC: "SHA384WITHECDSA",
  ED25519: "ED25519",
  ML_DSA_65: "ML_DSA_65",
};
