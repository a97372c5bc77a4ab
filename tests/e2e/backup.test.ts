import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { ListCertificatesCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { expect, test } from "vitest";
import { startProduct } from "#cli/demo/product.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { clientsOf } from "../support/shop.ts";

test("a copy made while it runs, with its root key, is a whole node; without the root key it is refused", async () => {
  const product = await testProduct();
  const names = { DomainName: "kept.example", ValidationMethod: "DNS" as const };
  const { CertificateArn } = await clientsOf(product).acm.send(new RequestCertificateCommand(names));
  const restored = await testPlace();
  const running = new DatabaseSync(join(product.dataDir, "sealkeeper.db"), { readOnly: true });
  await backup(running, join(restored.dataDir, "sealkeeper.db"));
  running.close();

  await expect(startProduct(restored, { "log-level": "warn" })).rejects.toThrow(/root of custody/);
  copyFileSync(join(product.dataDir, "root.key"), join(restored.dataDir, "root.key"));
  const { acm } = clientsOf(await testProduct({}, restored));
  const { CertificateSummaryList } = await acm.send(new ListCertificatesCommand({}));
  expect(CertificateSummaryList).toMatchObject([{ CertificateArn }]);
});
