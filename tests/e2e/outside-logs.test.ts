import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { DescribeCertificateCommand, GetCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { systemClock } from "#lib/clock.ts";
import { parsePem } from "#lib/pem.ts";
import { ctLogServer, logListOf } from "../support/ct-log.ts";
import { openssl } from "../support/openssl.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { clientsOf, makeZone, prove } from "../support/shop.ts";

test("a certificate of ACM waits for logs of others, says why, and has their timestamps when they answer", async () => {
  const place = await testPlace();
  const roots: Uint8Array[] = []; // they are made by the first start
  const kiln = await ctLogServer({ clock: systemClock, roots, operator: "Kiln", tiled: true });
  const forge = await ctLogServer({ clock: systemClock, roots, operator: "Forge", https: true });
  const file = join(place.dataDir, "log_list.json");
  const ca = join(place.dataDir, "logs.pem");
  writeFileSync(file, logListOf([kiln, forge]));
  writeFileSync(ca, forge.ca ?? "");
  const settings = { edge: "false", "outside-logs": file, "outside-logs-ca": ca };
  const product = await testProduct(settings, place);
  const clients = clientsOf(product);
  const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
  const show = (...more: string[]) =>
    promisify(execFile)(process.execPath, [
      bin,
      "ca",
      "ct",
      "logs",
      "--data-dir",
      place.dataDir,
      "--outside-logs",
      file,
      ...more,
    ]);
  expect((await show()).stdout).toMatch(/^· {2}Kiln's log +Kiln +0 timestamps +never answered\n/);

  const zone = await makeZone(clients, "shop.example");
  const { CertificateArn = "" } = await clients.acm.send(
    new RequestCertificateCommand({
      DomainName: "www.shop.example",
      ValidationMethod: "DNS",
      Options: { CertificateTransparencyLoggingPreference: "DISABLED" }, // nobody is let out since June 2026
    }),
  );
  await prove(clients, CertificateArn, zone);
  await until("both refuse what a root of ours signed", async () =>
    Math.min(kiln.asked, forge.asked) > 0 ? true : undefined,
  );
  await expect(show()).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/Forge's log: failed \d+ times, last .*: it answered 400: unknown root/) as string,
  });
  const pages = await (await fetch(`${product.endpoint}/metrics`)).text();
  expect(pages).toMatch(/sealkeeper_ct_log_failures\{log_id="[^"]+"\} [1-9]/);

  const pem = await (await fetch(`${product.endpoint}/ca/roots.pem`)).text();
  roots.push(...parsePem(pem, 10).map(({ der }) => der));
  await until(
    "it is issued",
    async () => {
      const { Certificate } = await clients.acm.send(new DescribeCertificateCommand({ CertificateArn }));
      return Certificate?.Status === "ISSUED" ? true : undefined;
    },
    60,
  );
  const { Certificate = "" } = await clients.acm.send(new GetCertificateCommand({ CertificateArn }));
  const text = (await openssl("x509 -in leaf.pem -noout -text", { "leaf.pem": Certificate })).replaceAll(/[\s:]/g, "");
  for (const { key } of [kiln, forge]) {
    const id = await crypto.subtle.digest("SHA-256", Buffer.from(key, "base64"));
    expect(text).toContain(`LogID${Buffer.from(id).toString("hex").toUpperCase()}`);
  }
  const logs = JSON.parse((await show("--json")).stdout) as { timestamps: number; failures: number }[];
  expect(logs).toMatchObject([
    { timestamps: 1, failures: 0 },
    { timestamps: 1, failures: 0 },
  ]);
});
