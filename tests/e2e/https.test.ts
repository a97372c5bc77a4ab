import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { ListCertificatesCommand } from "@aws-sdk/client-acm";
import { expect, onTestFinished, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { showHostPort } from "#main/addresses.ts";
import { testPlace, testProduct } from "../support/product.ts";
import { clientsOf, openShop, rootOf } from "../support/shop.ts";

test("one port speaks HTTP and HTTPS, each with connections that are kept, and says so when it is spoken to in neither", async () => {
  const product = await testProduct();
  const secure = { ...product, endpoint: product.endpoint.replace("http:", "https:") };
  const ca = await rootOf(product);

  for (const clients of [clientsOf(product), clientsOf(secure, { ca })]) {
    expect((await clients.acm.send(new ListCertificatesCommand({}))).CertificateSummaryList).toEqual([]);
  }
  await expect(clientsOf(secure).acm.send(new ListCertificatesCommand({}))).rejects.toThrow(
    /unable to (verify|get local issuer)|self-signed/,
  );

  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  onTestFinished(() => agent.destroy());
  const first = await ask(`${secure.endpoint}/_sealkeeper/health`, agent);
  const second = await ask(`${secure.endpoint}/_sealkeeper/health`, agent);
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(second.socket).toBe(first.socket);

  const neither = connect(product.listen);
  neither.write("\u0000\u0001 hello\r\n\r\n");
  const [answer] = (await once(neither, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
  neither.destroy();
});

const elsewhere = Object.values(networkInterfaces())
  .flatMap((addresses = []) => addresses)
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

test.skipIf(elsewhere === undefined)(
  "from other machines the APIs are HTTPS only; the root, CRLs and health can be fetched in clear",
  async () => {
    const product = await productAt("0.0.0.0");
    const { port } = product.listen;
    const clear = `http://${elsewhere}:${port}`;
    const outside = { ...product, endpoint: clear };
    const list = new ListCertificatesCommand({});
    await expect(clientsOf(outside).acm.send(list)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    expect(await (await fetch(clear, { method: "POST" })).text()).toContain("HTTPS only");
    for (const page of ["/metrics", "/_sealkeeper/reset"]) {
      const method = page === "/metrics" ? "GET" : "POST";
      expect((await fetch(`${clear}${page}`, { method })).status, page).toBe(403);
    }

    const ca = await rootOf(outside);
    expect(ca).toContain("BEGIN CERTIFICATE");
    const secure = { ...product, endpoint: `https://${elsewhere}:${port}` };
    expect((await clientsOf(secure, { ca }).acm.send(list)).CertificateSummaryList).toEqual([]);
    expect((await clientsOf(product).acm.send(list)).CertificateSummaryList).toEqual([]);
  },
);

test.skipIf(elsewhere === undefined)(
  "on an address that is not loopback the edge itself comes over HTTPS, and serves",
  async () => {
    const product = await productAt(elsewhere ?? "");
    const ca = await rootOf(product);
    const clients = clientsOf({ ...product, endpoint: product.endpoint.replace("http:", "https:") }, { ca });
    const shop = await openShop(product, { clients });
    const crl = await fetch(`${product.endpoint}/ca/r2.crl`);
    expect([crl.status, crl.headers.get("content-type")]).toEqual([200, "application/pkix-crl"]);
    expect(shop.certificateArn).toContain(":certificate/");
  },
);

/** The product, reached by this machine's own address in its network. */
async function productAt(host: string): Promise<Product> {
  const place = await testPlace();
  const { port } = place.listen;
  const settings = { "public-url": `http://${showHostPort({ host: elsewhere ?? "", port })}` };
  return testProduct(settings, { ...place, listen: { host, port } });
}

async function ask(url: string, agent: Agent): Promise<{ status: number; socket: object }> {
  const asked = request(url, { agent }).end();
  const [response] = await once(asked, "response");
  response.resume();
  await once(response, "end");
  return { status: response.statusCode, socket: asked.socket as object };
}
