import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ExportCertificateCommand,
  GetCertificateCommand,
  RenewCertificateCommand,
  RequestCertificateCommand,
  RevokeCertificateCommand,
} from "@aws-sdk/client-acm";
import { expect, describe as group, onTestFinished, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type Pebble, startPebble } from "../support/pebble.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { type Clients, clientsOf, describe, makeZone, prove } from "../support/shop.ts";

const DOMAIN = "orchard-and-sons.com";

group("a public CA by ACME", () => {
  test.for([5, 90])(
    "issues, renews by the same record and revokes, with %i %% of nonces refused",
    async (nonceReject) => {
      const place = await testPlace();
      const pebble = await startPebble({ dns: place.dns, nonceReject });
      const product = await testProduct(settings([{ directory: pebble.directory, "ca-file": pebble.caFile }]), place);
      const clients = clientsOf(product);
      const zone = await makeZone(clients, DOMAIN);
      const arn = await request(clients, DOMAIN, [`*.${DOMAIN}`]);
      const pending = await describe(clients, arn);
      const records = pending.DomainValidationOptions?.map(({ ResourceRecord }) => ResourceRecord);
      expect(records?.[0]).toEqual({
        Name: `_acme-challenge.${DOMAIN}.`,
        Type: "CNAME",
        Value: expect.stringMatching(/^[0-9a-f]{32}\.acme\.sealkeeper\.internal\.$/),
      });
      expect(records?.[1]).toEqual(records?.[0]);
      await prove(clients, arn, zone);
      await issued(clients, arn, product, pebble);

      const first = await chainOf(clients, arn);
      expect(first.leaf.subjectAltName?.split(", ").sort()).toEqual([`DNS:*.${DOMAIN}`, `DNS:${DOMAIN}`]);
      expect(first.leaf.issuer).toMatch(/^CN=Pebble Intermediate CA/);
      const root = new X509Certificate(await pebble.manage("/roots/0"));
      expect(first.chain.at(-1)?.verify(root.publicKey)).toBe(true);

      await clients.acm.send(
        new ExportCertificateCommand({ CertificateArn: arn, Passphrase: Buffer.from("passphrase") }),
      );
      await clients.acm.send(new RenewCertificateCommand({ CertificateArn: arn }));
      await until(
        "the certificate is renewed",
        async () => ((await describe(clients, arn)).RenewalSummary?.RenewalStatus === "SUCCESS" ? true : undefined),
        60,
      );
      const renewed = await describe(clients, arn);
      expect(renewed.RenewalSummary?.DomainValidationOptions?.[0]?.ResourceRecord).toEqual(records?.[0]);
      const second = await chainOf(clients, arn);
      expect(second.leaf.serialNumber).not.toBe(first.leaf.serialNumber);
      expect(second.leaf.publicKey.equals(first.leaf.publicKey)).toBe(false);

      await clients.acm.send(new RevokeCertificateCommand({ CertificateArn: arn, RevocationReason: "SUPERSEDED" }));
      for (const { leaf } of [first, second]) {
        await until("the CA has revoked it", async () =>
          (await statusAtCa(pebble, leaf)).Status === "Revoked" ? true : undefined,
        );
        expect(await statusAtCa(pebble, leaf)).toMatchObject({ Reason: 4 });
      }
      expect(count(pebble, /POST \/finalize-order\/.*/g)).toBeGreaterThanOrEqual(2);
    },
  );
});

/** Settings of the product for these CAs. */
function settings(cas: readonly object[]): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "sealkeeper-upstream-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "upstream.json");
  writeFileSync(file, JSON.stringify(cas.map((ca) => ({ "terms-agreed": true, ...ca }))));
  return { "upstream-file": file, edge: "false", "key-pool": "4" };
}

async function request({ acm }: Clients, domain: string, others: readonly string[] = []): Promise<string> {
  const wanted = {
    DomainName: domain,
    ...(others.length === 0 ? {} : { SubjectAlternativeNames: [...others] }),
    ValidationMethod: "DNS" as const,
    KeyAlgorithm: "EC_prime256v1" as const,
    Options: { Export: "ENABLED" as const },
  };
  return (await acm.send(new RequestCertificateCommand(wanted))).CertificateArn ?? "";
}

async function issued(clients: Clients, arn: string, product: Product, pebble?: Pebble): Promise<void> {
  await until(
    "the certificate is issued",
    async () => ((await describe(clients, arn)).Status === "ISSUED" ? true : undefined),
    60,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${product.logTail(40)}\n${pebble?.log().slice(-4000)}`);
  });
}

async function chainOf({ acm }: Clients, arn: string): Promise<{ leaf: X509Certificate; chain: X509Certificate[] }> {
  const { Certificate = "", CertificateChain = "" } = await acm.send(
    new GetCertificateCommand({ CertificateArn: arn }),
  );
  const chain = CertificateChain.match(/-----BEGIN[^]+?-----END CERTIFICATE-----/g) ?? [];
  return { leaf: new X509Certificate(Certificate), chain: chain.map((pem) => new X509Certificate(pem)) };
}

async function statusAtCa(pebble: Pebble, leaf: X509Certificate): Promise<{ Status: string; Reason?: number }> {
  return JSON.parse(
    await pebble.manage(`/cert-status-by-serial/${leaf.serialNumber.toLowerCase().replace(/^0+/, "")}`),
  );
}

function count(pebble: Pebble, pattern: RegExp): number {
  return pebble.log().match(pattern)?.length ?? 0;
}
