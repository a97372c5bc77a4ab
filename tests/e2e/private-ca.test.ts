import { RequestCertificateCommand } from "@aws-sdk/client-acm";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { activeRoot, activeSubordinate, pcaClient } from "../support/private-ca.ts";
import { testProduct } from "../support/product.ts";
import { clientsOf, describe, frontOf, serveWith } from "../support/shop.ts";

test("a load balancer serves a certificate of a private CA to clients that trust its root", async () => {
  const product = await testProduct();
  const clients = clientsOf(product);
  const pca = pcaClient(product);
  const root = await activeRoot(pca);
  const ca = await activeSubordinate(pca, root);
  const asked = { DomainName: "app.corp", CertificateAuthorityArn: ca.arn };
  const { CertificateArn } = await clients.acm.send(new RequestCertificateCommand(asked));
  await until("it is issued", async () =>
    (await describe(clients, CertificateArn!)).Status === "ISSUED" ? true : undefined,
  );

  const { balancerName } = await serveWith(clients, CertificateArn!, "corp");
  const place = await until("the edge listens", () => frontOf(product.dns, balancerName).catch(() => undefined));
  const front = { ...place, host: "app.corp", root: root.certificate };
  const answer = await until("the application answers", () => get(front).catch(() => undefined));
  expect(answer.status).toBe(200);
});
