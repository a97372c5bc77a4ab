import { createPrivateKey, X509Certificate } from "node:crypto";
import {
  DescribeCertificateCommand,
  ExportCertificateCommand,
  RenewCertificateCommand,
  RequestCertificateCommand,
  RevokeCertificateCommand,
} from "@aws-sdk/client-acm";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { openssl } from "../support/openssl.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { type Clients, clientsOf, makeZone, prove } from "../support/shop.ts";

const PASSPHRASE = "correct-horse";

async function exportable(clients: Clients, zoneId: string, DomainName: string): Promise<string> {
  const { CertificateArn = "" } = await clients.acm.send(
    new RequestCertificateCommand({
      DomainName,
      ValidationMethod: "DNS",
      KeyAlgorithm: "EC_prime256v1",
      Options: { Export: "ENABLED" },
    }),
  );
  await prove(clients, CertificateArn, zoneId);
  await until("it is issued", async () => yes((await statusOf(clients, CertificateArn)) === "ISSUED"));
  return CertificateArn;
}

const yes = (holds: boolean): true | undefined => (holds ? true : undefined);

async function statusOf({ acm }: Clients, CertificateArn: string): Promise<string | undefined> {
  return (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate?.Status;
}

function exported({ acm }: Clients, CertificateArn: string) {
  return acm.send(new ExportCertificateCommand({ CertificateArn, Passphrase: Buffer.from(PASSPHRASE) }));
}

test("what is exported serves elsewhere; once revoked, OCSP at once and its CRL within a minute say so of every version", async () => {
  const product = await testProduct({ edge: "false" });
  const clients = clientsOf(product);
  const arn = await exportable(clients, await makeZone(clients, "shop.example"), "www.shop.example");
  const first = await exported(clients, arn);
  await clients.acm.send(new RenewCertificateCommand({ CertificateArn: arn }));
  await until("it is renewed", async () => {
    const { Certificate } = await clients.acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
    return yes(Certificate?.RenewalSummary?.RenewalStatus === "SUCCESS");
  });
  const second = await exported(clients, arn);
  for (const { Certificate = "", PrivateKey = "" } of [first, second]) {
    const key = createPrivateKey({ key: PrivateKey, passphrase: PASSPHRASE });
    expect(new X509Certificate(Certificate).checkPrivateKey(key)).toBe(true);
  }

  const [issuer = ""] = second.CertificateChain?.split(/(?<=-----END CERTIFICATE-----\n)/) ?? [];
  const roots = await (await fetch(`${product.endpoint}/ca/roots.pem`)).text();
  const files = { "1.pem": first.Certificate!, "2.pem": second.Certificate!, "issuer.pem": issuer, "roots.pem": roots };
  const ask = (leaf: string) =>
    openssl(`ocsp -issuer issuer.pem -CAfile roots.pem -url ${product.endpoint}/ca/ocsp -cert ${leaf}`, files);
  expect(await ask("1.pem")).toContain("1.pem: good");
  await clients.acm.send(new RevokeCertificateCommand({ CertificateArn: arn, RevocationReason: "KEY_COMPROMISE" }));
  for (const leaf of ["1.pem", "2.pem"]) {
    expect(await ask(leaf)).toMatch(new RegExp(`${leaf}: revoked[^]*keyCompromise`));
    const { serialNumber, raw } = new X509Certificate(files[leaf as "1.pem"]);
    const [url = ""] = /http:\/\/[\w.:/-]+\.crl/.exec(raw.toString("latin1")) ?? [];
    expect(url).toMatch(/\/1\.crl$/);
    const listed = new RegExp(`Serial Number: ${serialNumber}[^]*Key Compromise`);
    const isListed = async (): Promise<true | undefined> => {
      const crl = Buffer.from(await (await fetch(url)).arrayBuffer());
      return yes(listed.test(await openssl("crl -in list.crl -inform DER -noout -text", { "list.crl": crl })));
    };
    await until(`the CRL lists ${leaf}`, isListed, 60);
    const crl = Buffer.from(await (await fetch(url)).arrayBuffer()).toString("base64");
    const crls = {
      ...files,
      "list.pem": `-----BEGIN X509 CRL-----\n${crl.replace(/.{64}/g, "$&\n")}\n-----END X509 CRL-----\n`,
    };
    expect(
      await openssl(`verify -crl_check -CRLfile list.pem -CAfile roots.pem -untrusted issuer.pem ${leaf}`, crls),
    ).toContain("certificate revoked");
  }
});

test("kill -9 in the midst of exports and revocations: what was answered holds, and no key left unrecorded", async () => {
  const place = await testPlace();
  const product = await testProduct({ edge: "false" }, place);
  const clients = clientsOf(product);
  const zoneId = await makeZone(clients, "shop.example");
  const arns: string[] = [];
  for (let index = 0; index < 8; index += 1) {
    arns.push(await exportable(clients, zoneId, `w${index}.shop.example`));
  }
  const handed = new Set<string>();
  const revoked = new Set<string>();
  let answers = 0;
  const work = arns.map(async (arn, index) => {
    await exported(clients, arn);
    handed.add(arn);
    answers += 1;
    if (index % 2 === 0) {
      await clients.acm.send(new RevokeCertificateCommand({ CertificateArn: arn, RevocationReason: "SUPERSEDED" }));
      revoked.add(arn);
      answers += 1;
    }
  });
  await until("half of it is answered", () => Promise.resolve(yes(answers >= 6)));
  await killControl(product);
  await Promise.allSettled(work);

  const again = clientsOf(await testProduct({ edge: "false" }, place));
  for (const arn of handed) {
    const { Certificate } = await again.acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
    if (revoked.has(arn)) expect(Certificate?.Status).toBe("REVOKED");
    // What was not acknowledged may have happened, too; but then all of it.
    else if (Certificate?.Status === "ISSUED") expect(Certificate.RenewalEligibility).toBe("ELIGIBLE");
  }
});
