import { RequestCertificateCommand } from "@aws-sdk/client-acm";
import { debian } from "../tests/support/debian.ts";
import { besideBare } from "./beside-bare.ts";
import { benchProduct, signedRequest } from "./product.ts";
import type { Result } from "./result.ts";

/** Signed DescribeCertificate calls through the whole front door, against a bare node:http server with the same answer. */
export async function describeCertificate(): Promise<readonly Result[]> {
  debian("wrk");
  await using product = await benchProduct();
  const { CertificateArn } = await product.acm.send(
    new RequestCertificateCommand({ DomainName: "bench.example", ValidationMethod: "DNS" }),
  );
  const request = await signedRequest(product, "acm", "CertificateManager.DescribeCertificate", { CertificateArn });
  return [await besideBare("DescribeCertificate", request)];
}
