import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteCertificateCommand } from "@aws-sdk/client-acm";
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  ModifyListenerCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { openRoot } from "#custody/open-root.ts";
import { parseAccountId } from "#domain/names.ts";
import { type AccessKey, newAccessKey, openAccessKey } from "#identity/new-access-key.ts";
import { systemClock } from "#lib/clock.ts";
import { DAY, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { insertAccessKey, insertAccount } from "#store/access-keys.ts";
import { openStore } from "#store/store.ts";
import { testProduct } from "../support/product.ts";
import { type Foreign, selfSigned } from "../support/self-signed.ts";
import {
  acmKey,
  type Clients,
  clientsOf,
  describe,
  importForeign,
  issue,
  makeZone,
  openShop,
  request,
  type Shop,
} from "../support/shop.ts";

test("a certificate that may not be used is attached in no way, and the refused try leaves no trace", async () => {
  const product = await testProduct();
  const shop = await openShop(product);
  const { clients } = shop;
  const stranger = clientsOf({ ...product, credentials: await secondAccount(product) });
  const far = clientsOf(product, { region: "us-west-2" });

  const deleted = await importForeign(clients, await valid("deleted.example"));
  await clients.acm.send(new DeleteCertificateCommand({ CertificateArn: deleted }));
  const end = Math.ceil(Date.now() / SECOND) * SECOND + 2 * SECOND;
  const expired = await importForeign(clients, await valid("expired.example", new Date(end)));
  await until("its end", () => Promise.resolve(Date.now() > end + SECOND ? true : undefined));

  const unusable = {
    "pending validation": [
      await request(clients, "pending.example"),
      /CertificateNotFound|UnsupportedCertificate/,
      clients,
    ],
    "another account's": [
      await importForeign(stranger, await valid("stranger.example")),
      /CertificateNotFound/,
      stranger,
    ],
    "another region's": [
      await issue(far, "far.example", await makeZone(far, "far.example")),
      /CertificateNotFound/,
      far,
    ],
    deleted: [deleted, /CertificateNotFound/, undefined],
    "long expired": [expired, /CertificateNotFound|UnsupportedCertificate/, clients],
  } as const;
  for (const [what, [certificateArn, refusal, owner]] of Object.entries(unusable)) {
    const before = await traces(shop, certificateArn, owner);
    for (const refused of attachments(shop, certificateArn)) {
      const error = await refused().then(
        () => "attached",
        (thrown: Error) => `${thrown.name}: ${thrown.message}`,
      );
      expect(error, what).toMatch(refusal);
      expect(error, what).toContain(certificateArn);
    }
    expect(await traces(shop, certificateArn, owner), what).toEqual(before);
  }
  expect(await get(shop)).toMatchObject({ status: 200 });
});

test("an expired certificate, and one that is not valid yet, cannot be imported: ValidationException", async () => {
  const { acm, ...clients } = clientsOf(await testProduct());
  const now = Date.now();
  const past = await selfSigned({
    names: ["past.example"],
    notBefore: new Date(now - 2 * DAY),
    notAfter: new Date(now - DAY),
  });
  const future = await selfSigned({
    names: ["future.example"],
    notBefore: new Date(now + DAY),
    notAfter: new Date(now + 2 * DAY),
  });
  for (const wrong of [past, future]) {
    await expect(importForeign({ acm, ...clients }, wrong)).rejects.toMatchObject({ name: "ValidationException" });
  }
});

/** Every way to attach a certificate. */
function attachments(
  { clients: { elbv2 }, ...shop }: Shop,
  CertificateArn: string,
): readonly (() => Promise<unknown>)[] {
  const Certificates = [{ CertificateArn }];
  const listener = {
    LoadBalancerArn: shop.loadBalancerArn,
    Protocol: "HTTPS" as const,
    Port: 444,
    Certificates,
    DefaultActions: [{ Type: "forward" as const, TargetGroupArn: shop.targetGroupArn }],
  };
  const ListenerArn = shop.listenerArn;
  return [
    () => elbv2.send(new CreateListenerCommand(listener)),
    () => elbv2.send(new ModifyListenerCommand({ ListenerArn, Certificates })),
    () => elbv2.send(new AddListenerCertificatesCommand({ ListenerArn, Certificates })),
  ];
}

/** Everything that an attachment would have changed. */
async function traces(shop: Shop, certificateArn: string, owner: Clients | undefined): Promise<unknown> {
  const { elbv2 } = shop.clients;
  const { Listeners } = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn: shop.loadBalancerArn }));
  const certificates = await elbv2.send(new DescribeListenerCertificatesCommand({ ListenerArn: shop.listenerArn }));
  return {
    listeners: Listeners,
    certificates: certificates.Certificates,
    ours: (await describe(shop.clients, shop.certificateArn)).InUseBy,
    theirs: owner && (await describe(owner, certificateArn)).InUseBy,
    grants: (await acmKey(shop.clients)).grants,
  };
}

function valid(name: string, notAfter = new Date(Date.now() + 90 * DAY)): Promise<Foreign> {
  return selfSigned({ names: [name], notBefore: new Date(Date.now() - DAY), notAfter });
}

/** Another account's root key, put into the product's own database. */
async function secondAccount({ dataDir }: Product): Promise<AccessKey> {
  const account = parseAccountId("210987654321");
  if (account === undefined) throw new Error("no account");
  const store = await openStore(`file:${join(dataDir, "sealkeeper.db")}`);
  try {
    const secret = { kind: "key-file", bytes: readFileSync(join(dataDir, "root.key")) } as const;
    const root = await openRoot(secret, { store, clock: systemClock });
    const deps = { root, clock: systemClock, ids: randomIds };
    await insertAccount(store, account, Date.now());
    const key = newAccessKey(account, { kind: "root", edge: null }, deps);
    await insertAccessKey(store, key);
    return openAccessKey({ id: key.id, sealedSecret: Buffer.from(key.sealedSecret) }, deps);
  } finally {
    await store.destroy();
  }
}
