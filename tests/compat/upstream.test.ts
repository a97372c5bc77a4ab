import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  ExportCertificateCommand,
  GetCertificateCommand,
  ListCertificatesCommand,
  RenewCertificateCommand,
  RequestCertificateCommand,
  RevokeCertificateCommand,
} from "@aws-sdk/client-acm";
import { CreateListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ChangeResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { expect, describe as group, onTestFinished, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type Pebble, startPebble } from "../support/pebble.ts";
import { testPlace, testProduct } from "../support/product.ts";
import {
  addressOf,
  type Clients,
  clientsOf,
  describe,
  makeBalancer,
  makeZone,
  prove,
  rootOf,
} from "../support/shop.ts";

const DOMAIN = "orchard-and-sons.com";

group("a public CA by ACME", () => {
  test.for([5, 90])(
    "issues, renews by the same record and revokes, and %i of a hundred nonces refused",
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
    },
  );

  test("takes its customers only: EAB, and the chain that was preferred", async () => {
    const place = await testPlace();
    const key = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    const pebble = await startPebble({ dns: place.dns, customers: { "kid-1": key }, alternateRoots: 2 });
    const roots = await Promise.all([0, 1, 2].map((at) => pebble.manage(`/roots/${at}`)));
    const [, , wanted] = roots.map((pem) => new X509Certificate(pem).subject.replace(/^CN=/, ""));
    const ca = {
      directory: pebble.directory,
      "ca-file": pebble.caFile,
      "eab-kid": "kid-1",
      "eab-key-file": "eab.key",
      "preferred-chain": wanted,
    };
    const product = await testProduct(settings([ca], { "eab.key": `${key}\n` }), place);
    const clients = clientsOf(product);
    const arn = await pendingCertificate(clients);
    await issued(clients, arn, product, pebble);
    const { chain } = await chainOf(clients, arn);
    expect(chain.at(-1)?.issuer).toBe(`CN=${wanted}`);
  });

  test("that does not know us is named with what it wants, and the next one signs", async () => {
    const place = await testPlace();
    const closed = await startPebble({ dns: place.dns, customers: { "kid-1": "a".repeat(43) } });
    const picky = await startPebble({ dns: place.dns, blocked: [DOMAIN] });
    const kind = await startPebble({ dns: place.dns });
    const cas = [closed, picky, kind].map(({ directory, caFile }, at) => ({
      name: ["closed", "picky", "kind"][at],
      directory,
      "ca-file": caFile,
    }));
    const product = await testProduct(settings(cas), place);
    const clients = clientsOf(product);
    const arn = await pendingCertificate(clients);
    await issued(clients, arn, product, kind);
    const { leaf } = await chainOf(clients, arn);
    expect(leaf.verify(new X509Certificate(await kind.manage("/intermediates/0")).publicKey)).toBe(true);
    const told = await explained(product, arn);
    expect(told).toMatch(/order at closed[^]*takes its customers only: set the EAB key id/);
    expect(told).toMatch(/order at picky[^]*rejectedIdentifier/);
    expect(told).toMatch(/order at kind, for the certificate in force\n {2}state {5}finalized/);
  });

  test("that will never issue for the name ends the request as FAILED with DOMAIN_NOT_ALLOWED", async () => {
    const place = await testPlace();
    const pebble = await startPebble({ dns: place.dns, blocked: [DOMAIN] });
    const product = await testProduct(settings([{ directory: pebble.directory, "ca-file": pebble.caFile }]), place);
    const clients = clientsOf(product);
    const arn = await pendingCertificate(clients);
    const failed = await until("the request has failed", async () => {
      const certificate = await describe(clients, arn);
      return certificate.Status === "FAILED" ? certificate : undefined;
    });
    expect(failed.FailureReason).toBe("DOMAIN_NOT_ALLOWED");
    expect(await explained(product, arn)).toMatch(/trouble {3}localhost:\d+: .*rejectedIdentifier/);
  });

  test("looks by HTTP where it is told so", async () => {
    const place = await testPlace();
    const pebble = await startPebble({ dns: place.dns, httpPort: place.listen.port });
    const ca = { directory: pebble.directory, "ca-file": pebble.caFile, challenge: "http-01" };
    const product = await testProduct(settings([ca]), place);
    const clients = clientsOf(product);
    const zone = await makeZone(clients, DOMAIN);
    const here = { Name: DOMAIN, Type: "A" as const, TTL: 60, ResourceRecords: [{ Value: "127.0.0.1" }] };
    const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet: here }] };
    await clients.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch }));
    const arn = await request(clients, DOMAIN);
    const { DomainValidationOptions } = await describe(clients, arn);
    expect(DomainValidationOptions?.[0]?.ResourceRecord?.Value).toMatch(/\.acm-validations\.aws\.$/);
    await prove(clients, arn, zone);
    await issued(clients, arn, product, pebble);
    expect(pebble.log()).toMatch(/Attempting to validate w\/ HTTP/);
    const page = await fetch(`${product.endpoint}/.well-known/acme-challenge/none`);
    expect([page.status, await page.text()]).toEqual([404, "no order waits for this token\n"]);
  });

  test("looks by HTTP at a load balancer, which answers before it redirects", async () => {
    const place = await testPlace();
    const pebble = await startPebble({ dns: place.dns, httpPort: process.getuid?.() === 0 ? 80 : 8080 });
    const ca = { directory: pebble.directory, "ca-file": pebble.caFile, challenge: "http-01" };
    const product = await testProduct({ ...settings([ca]), edge: "true" }, place);
    const clients = clientsOf(product);
    const zone = await makeZone(clients, DOMAIN);
    const { loadBalancerArn, balancerName, balancerZoneId } = await makeBalancer(clients, "web");
    const RedirectConfig = { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" as const };
    await clients.elbv2.send(
      new CreateListenerCommand({
        LoadBalancerArn: loadBalancerArn,
        Protocol: "HTTP",
        Port: 80,
        DefaultActions: [{ Type: "redirect", RedirectConfig }],
      }),
    );
    const AliasTarget = { DNSName: balancerName, HostedZoneId: balancerZoneId, EvaluateTargetHealth: false };
    const ChangeBatch = {
      Changes: [{ Action: "CREATE" as const, ResourceRecordSet: { Name: DOMAIN, Type: "A" as const, AliasTarget } }],
    };
    await clients.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch }));
    const page = await until("the load balancer answers", async () => {
      const url = `http://${await addressOf(product.dns, DOMAIN)}:${pebble.httpPort}/.well-known/acme-challenge/none`;
      return fetch(url, { redirect: "manual" }).catch(() => undefined);
    });
    expect([page.status, page.headers.get("location")]).toEqual([
      301,
      expect.stringMatching(/^https:\/\/.*:443\/\.well-known\/acme-challenge\/none$/),
    ]);
    const arn = await request(clients, DOMAIN);
    await prove(clients, arn, zone);
    await issued(clients, arn, product, pebble);
  });

  test("that has lost its accounts gets to know us again", async () => {
    const place = await testPlace();
    const pebble = await startPebble({ dns: place.dns });
    const product = await testProduct(settings([{ directory: pebble.directory, "ca-file": pebble.caFile }]), place);
    const clients = clientsOf(product);
    await issued(clients, await pendingCertificate(clients), product, pebble);
    await pebble.stop();
    await pebble.start();
    const zone = await makeZone(clients, `second.${DOMAIN}`);
    const arn = await request(clients, `second.${DOMAIN}`);
    await prove(clients, arn, zone);
    await issued(clients, arn, product, pebble);
  });
});

test("a Sealkeeper is the public CA of another: EAB, orders without challenges, time of renewal, `replaces`, revocation", async () => {
  const ca = await testProduct({ edge: "false", "key-pool": "4", "caa-identities": "" });
  const ofCa = clientsOf(ca);
  await makeZone(ofCa, DOMAIN);
  const set = await sealkeeper(["acme", DOMAIN, "--json", "--region", "eu-west-1", "--data-dir", ca.dataDir], ca);
  const { endpoint } = JSON.parse(set) as { endpoint: { directoryUrl: string; keyId: string; macKey: string } };
  const files = { "root.pem": await rootOf(ca), "eab.key": endpoint.macKey };
  const eab = { "eab-kid": endpoint.keyId, "eab-key-file": "eab.key" };
  const configured = { name: "sealkeeper", directory: endpoint.directoryUrl, "ca-file": "root.pem", ...eab };
  const product = await testProduct(settings([configured], files));
  const clients = clientsOf(product);
  const arn = await pendingCertificate(clients);
  await issued(clients, arn, product);
  const first = await chainOf(clients, arn);
  expect(first.leaf.issuer).toMatch(/Sealkeeper/);
  const told = await until("the CA's time of renewal is known", async () => {
    const text = await explained(product, arn);
    return text.includes("renew at") ? text : undefined;
  });
  const [, at = ""] = /renew at {2}(\S+), as sealkeeper wants it/.exec(told) ?? [];
  const days = (new Date(at).getTime() - first.leaf.validFromDate.getTime()) / 86_400_000;
  expect(days).toBeGreaterThan(28);
  expect(days).toBeLessThan(32);

  await clients.acm.send(new ExportCertificateCommand({ CertificateArn: arn, Passphrase: Buffer.from("passphrase") }));
  await clients.acm.send(new RenewCertificateCommand({ CertificateArn: arn }));
  await until("the certificate is renewed", async () =>
    (await describe(clients, arn)).RenewalSummary?.RenewalStatus === "SUCCESS" ? true : undefined,
  );
  const second = await chainOf(clients, arn);
  expect(second.leaf.serialNumber).not.toBe(first.leaf.serialNumber);
  await clients.acm.send(new RevokeCertificateCommand({ CertificateArn: arn, RevocationReason: "SUPERSEDED" }));
  await until("the CA has revoked it", async () => {
    const wanted = { Includes: { keyTypes: ["EC_prime256v1" as const] }, CertificateKeyPairOrigins: ["ACME" as const] };
    const { CertificateSummaryList = [] } = await ofCa.acm.send(new ListCertificatesCommand(wanted));
    return CertificateSummaryList.some(({ Status }) => Status === "REVOKED") ? true : undefined;
  });
});

/** A certificate for `DOMAIN` whose record stands. */
async function pendingCertificate(clients: Clients): Promise<string> {
  const zone = await makeZone(clients, DOMAIN);
  const arn = await request(clients, DOMAIN);
  await prove(clients, arn, zone);
  return arn;
}

/** What `sealkeeper explain` says. */
function explained(product: Product, arn: string): Promise<string> {
  return sealkeeper(["explain", arn, "--data-dir", product.dataDir]);
}

/** What a command of ours prints. */
async function sealkeeper(args: readonly string[], product?: Product): Promise<string> {
  const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  const where = product ? ["--endpoint-url", product.endpoint] : [];
  return (await promisify(execFile)(process.execPath, [bin, ...args, ...where])).stdout;
}

/** Settings of the product for these CAs. */
function settings(cas: readonly object[], files: Readonly<Record<string, string>> = {}): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), "sealkeeper-upstream-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
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
