import { networkInterfaces } from "node:os";
import { DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { showHostPort } from "#main/addresses.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { clientsOf } from "../support/shop.ts";

const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

test("the token that HTTP validation redirects to is served to everybody in clear HTTP, and names that are not public FAIL", async () => {
  const place = await testPlace();
  const host = elsewhere ?? "127.0.0.1";
  const product = await testProduct(
    { listen: `0.0.0.0:${place.listen.port}`, "public-url": `http://${showHostPort({ ...place.listen, host })}` },
    place,
  );
  const { acm } = clientsOf(product);
  const http = { ValidationMethod: "HTTP", ManagedBy: "CLOUDFRONT" } as const;
  const { CertificateArn } = await acm.send(new RequestCertificateCommand({ DomainName: "www.shop.example", ...http }));
  const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
  const { RedirectFrom = "", RedirectTo = "" } = Certificate?.DomainValidationOptions?.[0]?.HttpRedirect ?? {};
  expect(new URL(RedirectFrom).host).toBe("www.shop.example");
  expect(new URL(RedirectTo).hostname).toBe(host);

  const answer = await fetch(RedirectTo);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(await answer.text()).toMatch(/^[0-9a-f]{64}\n$/);
  expect((await fetch(RedirectTo, { method: "HEAD" })).status).toBe(200);
  expect((await fetch(RedirectTo, { method: "POST" })).status).toBe(405);
  const forged = RedirectTo.replace(/\/[0-9a-f]{12}\//, "/000000000000/");
  expect((await fetch(forged)).status).not.toBe(200);

  const failed = await acm.send(new RequestCertificateCommand({ DomainName: "10.0.0.10", ValidationMethod: "DNS" }));
  const described = await until("the request has failed", async () => {
    const { Certificate: certificate } = await acm.send(
      new DescribeCertificateCommand({ CertificateArn: failed.CertificateArn }),
    );
    return certificate?.Status === "FAILED" ? certificate : undefined;
  });
  expect(described.FailureReason).toBe("INVALID_PUBLIC_DOMAIN");
});
