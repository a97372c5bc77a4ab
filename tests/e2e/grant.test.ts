import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ListCertificatesCommand } from "@aws-sdk/client-acm";
import { ModifyListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { DecryptCommand, ListKeysCommand, RetireGrantCommand, RevokeGrantCommand } from "@aws-sdk/client-kms";
import { ListHostedZonesCommand } from "@aws-sdk/client-route-53";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { get, handshake, oneConnection } from "#cli/demo/wire.ts";
import { openStore } from "#store/store.ts";
import { killEdge } from "../support/edge-process.ts";
import { testProduct } from "../support/product.ts";
import { acmKey, clientsOf, describe, issue, openShop, type Shop } from "../support/shop.ts";

test.for([
  ["RevokeGrant", (KeyId: string, GrantId: string) => new RevokeGrantCommand({ KeyId, GrantId })],
  ["RetireGrant", (KeyId: string, GrantId: string) => new RetireGrantCommand({ KeyId, GrantId })],
] as const)(
  "%s makes the edge forget the key: handshakes are refused, connections made under it end",
  async ([operation, command]) => {
    const shop = await openShop(await testProduct());
    const agent = oneConnection();
    await get(shop, agent);
    const { keyId, grants } = await acmKey(shop.clients);
    expect(grants).toMatchObject([{ GranteePrincipal: shop.loadBalancerArn, Operations: ["Decrypt", "DescribeKey"] }]);

    const began = performance.now();
    await shop.clients.kms.send(command(keyId, grants[0]?.GrantId ?? "") as RevokeGrantCommand);
    const alert = await refusal(shop);
    expect(performance.now() - began, `${operation} to refusal, in ms`).toBeLessThan(1_500);
    expect(alert).toMatch(/unrecognized name|handshake failure/);
    await expect(get(shop, agent)).rejects.toThrow();
    agent.destroy();

    expect((await acmKey(shop.clients)).grants).toEqual([]);
    expect((await describe(shop.clients, shop.certificateArn)).InUseBy).toEqual([shop.loadBalancerArn]);
  },
);

test("another edge does not get a key whose grant was revoked; naming the certificate anew brings service back, and so does another", async () => {
  const product = await testProduct();
  const shop = await openShop(product);
  const { keyId, grants } = await acmKey(shop.clients);
  await shop.clients.kms.send(new RevokeGrantCommand({ KeyId: keyId, GrantId: grants[0]?.GrantId }));
  await refusal(shop);
  await killEdge(product);
  expect(await refusal(shop)).toMatch(/unrecognized name|handshake failure/);

  const name = (CertificateArn: string) =>
    shop.clients.elbv2.send(
      new ModifyListenerCommand({ ListenerArn: shop.listenerArn, Certificates: [{ CertificateArn }] }),
    );
  await name(shop.certificateArn);
  await until("service", () => get(shop).catch(() => undefined));
  const anew = await acmKey(shop.clients);
  expect(anew.grants).toHaveLength(1);

  await shop.clients.kms.send(new RevokeGrantCommand({ KeyId: keyId, GrantId: anew.grants[0]?.GrantId }));
  await refusal(shop);
  const another = await issue(shop.clients, `www.${shop.domain}`, shop.zoneId);
  await name(another);
  await until("service", () => get(shop).catch(() => undefined));
});

test("nobody but the edge may decrypt what ACM sealed: AccessDeniedException", async () => {
  const product = await testProduct();
  const { clients, certificateArn } = await openShop(product);
  const store = await openStore(`file:${join(product.dataDir, "sealkeeper.db")}`);
  const version = await store
    .selectFrom("certificateVersions")
    .select("wrappedDataKey")
    .where("certificateArn", "=", certificateArn as never)
    .executeTakeFirstOrThrow();
  await store.destroy();
  const ask = new DecryptCommand({
    CiphertextBlob: version.wrappedDataKey ?? undefined,
    EncryptionContext: { "aws:acm:arn": certificateArn },
  });
  await expect(clients.kms.send(ask)).rejects.toMatchObject({ name: "AccessDeniedException" });

  const edge = clientsOf({ endpoint: product.endpoint, credentials: edgeKey(product.dataDir) });
  expect((await edge.kms.send(ask)).Plaintext).toHaveLength(32);
  const elsewhere = { ...ask.input, EncryptionContext: { "aws:acm:arn": `${certificateArn}0` } };
  await expect(edge.kms.send(new DecryptCommand(elsewhere))).rejects.toMatchObject({ name: "AccessDeniedException" });
});

test("an edge's access key can do nothing else: AccessDeniedException", async () => {
  const product = await testProduct();
  const { acm, kms, route53 } = clientsOf({ endpoint: product.endpoint, credentials: edgeKey(product.dataDir) });
  const denied = { name: expect.stringMatching(/^AccessDenied/) };
  await expect(acm.send(new ListCertificatesCommand({}))).rejects.toMatchObject(denied);
  await expect(kms.send(new ListKeysCommand({}))).rejects.toMatchObject(denied);
  await expect(route53.send(new ListHostedZonesCommand({}))).rejects.toMatchObject(denied);
});

/** The alert with which a handshake is refused, sooner or later. */
function refusal(shop: Shop): Promise<string> {
  return until("a refused handshake", () =>
    handshake(shop).then(
      () => undefined,
      (error: unknown) => (String(error).includes("alert") ? String(error) : undefined),
    ),
  );
}

function edgeKey(dataDir: string): { accessKeyId: string; secretAccessKey: string } {
  const text = readFileSync(join(dataDir, "edge-credentials"), "utf8");
  const field = (name: string): string => new RegExp(`^${name} = (.*)$`, "m").exec(text)?.[1] ?? "";
  return { accessKeyId: field("aws_access_key_id"), secretAccessKey: field("aws_secret_access_key") };
}
