import { createPrivateKey, type JsonWebKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteCertificateCommand } from "@aws-sdk/client-acm";
import { AddListenerCertificatesCommand, DeleteListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { handshake } from "#cli/demo/wire.ts";
import { DAY } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { edgePid } from "../support/edge-process.ts";
import { testProduct } from "../support/product.ts";
import { type Foreign, selfSigned } from "../support/self-signed.ts";
import { acmKey, importForeign, openShop } from "../support/shop.ts";

test("the journal tells who did what to a certificate and its key, under which grant and in which request", async () => {
  const product = await testProduct();
  const shop = await openShop(product);
  const { keyId, grants } = await acmKey(shop.clients);
  const grantId = grants[0]?.GrantId;
  await shop.clients.elbv2.send(new DeleteListenerCommand({ ListenerArn: shop.listenerArn }));
  await until("a refused handshake", () =>
    handshake(shop).then(
      () => undefined,
      () => true,
    ),
  );
  const deletion = await shop.clients.acm.send(new DeleteCertificateCommand({ CertificateArn: shop.certificateArn }));
  await product.stop();

  const told = await records(await openStore(`file:${join(product.dataDir, "sealkeeper.db")}`));
  const root = "arn:aws:iam::123456789012:root";
  const edge = expect.stringMatching(/^arn:aws:\S+:123456789012:\S*local-[0-9a-f]{8}$/);
  const requestId = expect.stringMatching(/^[0-9a-f-]{32,36}$/);
  const key = expect.stringContaining(keyId);
  const by = (principal: unknown, eventSource: string, eventName: string, more: object) =>
    expect.objectContaining({ principal, eventSource, eventName, requestId, errorCode: null, ...more });
  const certificate = { resource: shop.certificateArn };
  for (const record of [
    by(root, "acm.amazonaws.com", "RequestCertificate", {}),
    by("ca.sealkeeper", "ca.sealkeeper", "SignCertificate", certificate),
    by("acm.amazonaws.com", "acm.amazonaws.com", "CertificateIssued", certificate),
    by(root, "elasticloadbalancing.amazonaws.com", "CreateListener", {}),
    by("acm.amazonaws.com", "kms.amazonaws.com", "CreateGrant", { grantId, resource: key }),
    by(edge, "kms.amazonaws.com", "Decrypt", { grantId, resource: key }),
    by(root, "elasticloadbalancing.amazonaws.com", "DeleteListener", {}),
    by("acm.amazonaws.com", "kms.amazonaws.com", "RetireGrant", { grantId, resource: key }),
    by(edge, "edge.sealkeeper", "DropKey", certificate),
    by(root, "acm.amazonaws.com", "DeleteCertificate", { requestId: deletion.$metadata.requestId }),
  ]) {
    expect(told).toContainEqual(record);
  }
});

test("no secret stands in any file or log: not the imported keys, not the access keys, not the root of custody", async () => {
  const product = await testProduct({ "log-level": "trace" });
  const said: Buffer[] = [Buffer.from(product.logTail(Infinity))];
  for (const stream of [product.process.stdout, product.process.stderr]) {
    stream?.on("data", (text: string) => said.push(Buffer.from(text)));
  }
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + 90 * DAY) };
  const rsa = await selfSigned({ names: ["keys.example", "www.keys.example"], key: "RSA-2048", ...validity });
  const ec = await selfSigned({ names: ["ec.keys.example"], key: "P-256", ...validity });
  const shop = await openShop(product, { domain: "keys.example", imported: rsa });
  const second = await importForeign(shop.clients, ec);
  await shop.clients.elbv2.send(
    new AddListenerCertificatesCommand({ ListenerArn: shop.listenerArn, Certificates: [{ CertificateArn: second }] }),
  );
  await until("the second key in use", () =>
    handshake({ ...shop, host: "ec.keys.example", root: ec.certificate }).catch(() => undefined),
  );
  await expect(importForeign(shop.clients, { ...ec, privateKey: rsa.privateKey })).rejects.toThrow();

  const edge = await edgePid(product);
  const places = new Map([
    ...files(product.dataDir),
    ["log of the control plane", Buffer.concat(said)] as const,
    ...[product.process.pid, edge].map(
      (pid) => [`command line of ${pid}`, readFileSync(`/proc/${pid}/cmdline`)] as const,
    ),
    ...[product.process.pid, edge].map(
      (pid) => [`environment of ${pid}`, readFileSync(`/proc/${pid}/environ`)] as const,
    ),
  ]);
  expect([...places.keys()]).toEqual(expect.arrayContaining(["sealkeeper.db", "sealkeeper.db-wal", "edge.log"]));
  expect(finds(places, new Map([["certificate", Buffer.from(body(rsa.certificate))]]))).not.toEqual([]);

  expect(finds(places, new Map([...forms("RSA", rsa), ...forms("EC", ec)]))).toEqual([]);
  const secretOf = (file: string): Buffer =>
    Buffer.from(/^aws_secret_access_key = (.+)$/m.exec(String(places.get(file)))?.[1] ?? "");
  for (const [file, secret] of [
    ["credentials", secretOf("credentials")],
    ["edge-credentials", secretOf("edge-credentials")],
    ["root.key", places.get("root.key") ?? Buffer.alloc(0)],
  ] as const) {
    expect(secret.length, file).toBeGreaterThan(31);
    const elsewhere = new Map([...places].filter(([place]) => place !== file));
    expect(finds(elsewhere, new Map(encodings(file, secret)))).toEqual([]);
  }
});

async function records(store: Store): Promise<readonly object[]> {
  try {
    return await store
      .selectFrom("auditRecords")
      .select(["principal", "eventSource", "eventName", "resource", "grantId", "requestId", "errorCode"])
      .orderBy("id")
      .execute();
  } finally {
    await store.destroy();
  }
}

function files(directory: string): Map<string, Buffer> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(entries.map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name))]));
}

/** Where which needle stands. */
function finds(places: ReadonlyMap<string, Buffer>, needles: ReadonlyMap<string, Buffer>): string[] {
  return [...places].flatMap(([place, content]) =>
    [...needles].filter(([, needle]) => content.includes(needle)).map(([what]) => `${what} in ${place}`),
  );
}

/** Every form in which a private key may lie around: as a whole, and each of its numbers. */
function forms(name: string, { privateKey }: Foreign): Map<string, Buffer> {
  const key = createPrivateKey(privateKey);
  const jwk = key.export({ format: "jwk" });
  const numbers = (["d", "p", "q", "dp", "dq", "qi"] as const satisfies readonly (keyof JsonWebKey)[])
    .filter((part) => jwk[part] !== undefined)
    .map((part) => [`${name} ${part}`, Buffer.from(jwk[part] ?? "", "base64url")] as const);
  const traditional = key.export({ type: name === "RSA" ? "pkcs1" : "sec1", format: "der" } as {
    type: "pkcs1";
    format: "der";
  });
  return new Map([
    ...encodings(`${name} PKCS #8`, key.export({ type: "pkcs8", format: "der" })),
    ...encodings(`${name} traditional`, traditional),
    ...encodings(`${name} PEM`, Buffer.from(privateKey)),
    [`${name} line of PEM`, Buffer.from(body(privateKey))],
    ...numbers.flatMap(([part, bytes]) => [
      ...encodings(part, bytes),
      [`${part} reversed`, Buffer.from(bytes).reverse()] as const,
    ]),
  ]);
}

/** Bytes as they are, in hexadecimal, and in base64 whatever stands before them. */
function encodings(name: string, bytes: Buffer): [string, Buffer][] {
  const base64 = [0, 1, 2].map((before): [string, Buffer] => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return [`${name} in base64 after ${before}`, Buffer.from(text.slice(4, -4))];
  });
  return [[name, bytes], [`${name} in hexadecimal`, Buffer.from(bytes.toString("hex"))], ...base64];
}

/** The second line of a PEM block's text: 64 characters that nothing else has. */
function body(pem: string): string {
  return pem.split("\n")[2]?.trim() ?? "";
}
