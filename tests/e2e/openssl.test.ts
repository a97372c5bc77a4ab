import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { showHostPort } from "#main/addresses.ts";
import { debian } from "../support/debian.ts";
import { openssl } from "../support/openssl.ts";
import { testProduct } from "../support/product.ts";
import { openShop, type Shop } from "../support/shop.ts";

const run = promisify(execFile);

beforeAll(() => debian("openssl", "curl", "bind9-dnsutils"));

test("openssl and curl verify what the edge serves, over HTTP/1.1 and HTTP/2", async () => {
  const { product, shop } = await open();
  const { shown, root } = await served(shop);
  expect(shown).toContain("Verification: OK");
  expect(shown).toContain("Verified peername: *.shop.example");

  const ca = join(product.dataDir, "test-root.pem");
  writeFileSync(ca, root);
  const at = ["--connect-to", `::${showHostPort({ host: shop.address, port: shop.port })}`];
  for (const [flag, version] of [
    ["--http1.1", "1.1"],
    ["--http2", "2"],
  ] as const) {
    const url = `https://${shop.host}/`;
    const { stdout } = await run("curl", ["-sS", "--cacert", ca, flag, ...at, "-w", "HTTP/%{http_version}", url]);
    expect(stdout).toBe(`hello from the application\nHTTP/${version}`);
  }
  const wrong = ["-sS", "--cacert", ca, ...at, "https://elsewhere.example/"];
  await expect(run("curl", wrong)).rejects.toMatchObject({ stderr: expect.stringMatching(/SSL|TLS|certificate/) });
});

test("the served chain leads to each of the two roots alone", async () => {
  const { product, shop } = await open();
  const { leaf, above } = await served(shop);
  const roots = certificates(await page(product, "/ca/roots.pem"));
  expect(roots).toHaveLength(2);
  for (const root of roots) {
    const files = { "leaf.pem": leaf, "above.pem": above.join(""), "root.pem": root };
    const verify = `verify -x509_strict -no-CAstore -no-CApath -CAfile root.pem -untrusted above.pem -verify_hostname ${shop.host} leaf.pem`;
    expect(await openssl(verify, files)).toBe("leaf.pem: OK\n");
  }
});

test("the OCSP responder and the CRL that the leaf names say that it is good", async () => {
  const { product, shop } = await open();
  const { leaf, above } = await served(shop);
  const [issuer = ""] = above;
  const roots = await page(product, "/ca/roots.pem");
  const files = { "leaf.pem": leaf, "issuer.pem": issuer, "roots.pem": roots };

  const responder = (await openssl("x509 -in leaf.pem -noout -ocsp_uri", files)).trim();
  expect(responder).toBe(`${product.endpoint}/ca/ocsp`);
  const ocsp = await openssl(`ocsp -issuer issuer.pem -cert leaf.pem -url ${responder} -CAfile roots.pem`, files);
  expect(ocsp).toContain("Response verify OK");
  expect(ocsp).toContain("leaf.pem: good");

  const where = /URI:(\S+\.crl)/.exec(await openssl("x509 -in leaf.pem -noout -ext crlDistributionPoints", files))?.[1];
  const crl = await bytesAt(where);
  const read = await openssl("crl -inform DER -in crl -CAfile both.pem -outform PEM", {
    crl,
    "both.pem": issuer + roots,
  });
  expect(read).toContain("verify OK");
  const checked = await openssl("verify -crl_check -CRLfile crl.pem -CAfile roots.pem -untrusted issuer.pem leaf.pem", {
    ...files,
    "crl.pem": read.slice(read.indexOf("-----BEGIN")),
  });
  expect(checked).toBe("leaf.pem: OK\n");
  const access = await openssl("x509 -in leaf.pem -noout -ext authorityInfoAccess", files);
  const issued = { "issuer.der": await bytesAt(/URI:(\S+\.crt)/.exec(access)?.[1]) };
  expect(await openssl("x509 -inform DER -in issuer.der", issued)).toBe(issuer);
});

test("dig agrees on the load balancer's name and on the alias, over UDP and TCP", async () => {
  const { product, shop } = await open();
  const dig = async (...question: readonly string[]): Promise<string> => {
    const server = [`@${product.dns.host}`, "-p", String(product.dns.port), "+tries=1"];
    return (await run("dig", [...server, ...question])).stdout;
  };
  for (const transport of ["+notcp", "+tcp"]) {
    for (const name of [shop.balancerName, shop.host, shop.host.toUpperCase()]) {
      expect(await dig(transport, "+short", name), `${name} ${transport}`).toBe(`${shop.address}\n`);
    }
    expect(await dig(transport, `nothing.${shop.domain}`)).toMatch(/status: NXDOMAIN.*\n.*flags: qr aa/);
    expect(await dig(transport, "elsewhere.test")).toContain("status: REFUSED");
  }
});

async function open(): Promise<{ product: Product; shop: Shop }> {
  const product = await testProduct();
  return { product, shop: await openShop(product) };
}

/** What `openssl s_client` shows, verified against the root. */
async function served(shop: Shop): Promise<{ shown: string; leaf: string; above: readonly string[]; root: string }> {
  const { address, port, host, root } = shop;
  const verify = `-servername ${host} -verify_hostname ${host} -verify_return_error -CAfile root.pem`;
  const at = showHostPort({ host: address, port });
  const shown = await openssl(`s_client -connect ${at} ${verify} -showcerts`, { "root.pem": root });
  const [leaf = "", ...above] = certificates(shown);
  return { shown, leaf, above, root };
}

function certificates(text: string): string[] {
  return (text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map((one) => `${one}\n`);
}

async function page({ endpoint }: Product, path: string): Promise<string> {
  return (await fetch(`${endpoint}${path}`)).text();
}

async function bytesAt(url: string | undefined): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(url ?? "")).arrayBuffer());
}
