import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { RequestCertificateCommand } from "@aws-sdk/client-acm";
import { debian } from "../tests/support/debian.ts";
import { benchProduct, signedRequest } from "./product.ts";
import { median, type Result } from "./result.ts";
import { wrk } from "./wrk.ts";

/** Signed DescribeCertificate calls through the whole front door, against a bare node:http server with the same answer. */
export async function describeCertificate(): Promise<readonly Result[]> {
  debian("wrk");
  await using product = await benchProduct();
  const { CertificateArn } = await product.acm.send(
    new RequestCertificateCommand({ DomainName: "bench.example", ValidationMethod: "DNS" }),
  );
  const request = await signedRequest(product, "acm", "CertificateManager.DescribeCertificate", { CertificateArn });
  const answer = await fetch(request.url, { method: "POST", headers: request.headers, body: request.body });
  const body = await answer.text();
  if (!answer.ok) throw new Error(body);

  const bare = createServer((incoming, response) => {
    incoming.resume().once("end", () => {
      response
        .writeHead(200, { "content-type": "application/x-amz-json-1.1", "content-length": body.length })
        .end(body);
    });
  });
  await new Promise<void>((resolve) => bare.listen(0, "127.0.0.1", resolve));
  const bareUrl = `http://127.0.0.1:${(bare.address() as AddressInfo).port}/`;
  const load = { ...request, method: "POST", connections: 16, seconds: 3 };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 3; round++) {
    const mine = await wrk(load);
    if (mine.failed > 0) throw new Error(`${mine.failed} calls failed`);
    ours.push(mine.perSecond);
    theirs.push((await wrk({ ...load, url: bareUrl })).perSecond);
  }
  bare.close();
  const against = { name: "bare node:http", value: median(theirs) };
  return [
    { what: "signed DescribeCertificate, 16 connections", ours: median(ours), unit: "req/s", against, more: true },
  ];
}
