import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { DescribeCertificateCommand, GetCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { openStore } from "#store/store.ts";
import { openssl } from "../support/openssl.ts";
import { testProduct } from "../support/product.ts";
import { clientsOf, makeZone, prove } from "../support/shop.ts";

test("with the log on, what ACM issues is in it, `ca ct verify` says so, and says when it is no more", async () => {
  const product = await testProduct({ edge: "false", "certificate-log": "true" });
  const clients = clientsOf(product);
  const zone = await makeZone(clients, "shop.example");
  const { CertificateArn = "" } = await clients.acm.send(
    new RequestCertificateCommand({ DomainName: "www.shop.example", ValidationMethod: "DNS" }),
  );
  await prove(clients, CertificateArn, zone);
  await until("it is issued", async () => {
    const { Certificate } = await clients.acm.send(new DescribeCertificateCommand({ CertificateArn }));
    return Certificate?.Status === "ISSUED" ? true : undefined;
  });
  const { Certificate = "" } = await clients.acm.send(new GetCertificateCommand({ CertificateArn }));
  expect(await openssl("x509 -in leaf.pem -noout -text", { "leaf.pem": Certificate })).toContain(
    "CT Precertificate SCTs",
  );

  const checkpoint = await until("there is a checkpoint over it", async () => {
    const answer = await fetch(`${product.endpoint}/ca/ct/checkpoint`);
    return answer.ok ? answer.text() : undefined;
  });
  expect(checkpoint).toMatch(/^127\.0\.0\.1:\d+\/ca\/ct\n[1-9]\d*\n/);

  const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  const walk = () => promisify(execFile)(process.execPath, [bin, "ca", "ct", "verify", "--data-dir", product.dataDir]);
  await until("the walk finds it whole", async () => ((await walk().catch(() => undefined)) ? true : undefined));
  expect((await walk()).stdout).toMatch(/^✓ \d+ entries, \d+ certificates found in the log\n$/);
  const store = await openStore(`file:${product.dataDir}/sealkeeper.db`);
  await store.deleteFrom("ctEntries").where("position", "=", 0).execute();
  await store.destroy();
  await expect(walk()).rejects.toMatchObject({ code: 1, stdout: expect.stringContaining("are missing") as string });
});
