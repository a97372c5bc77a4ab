import { randomBytes } from "node:crypto";
import { ModifyListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, test } from "vitest";
import { until } from "#cli/demo/until.ts";
import { get, handshake, oneConnection } from "#cli/demo/wire.ts";
import { DAY } from "#lib/duration.ts";
import { subjectAltName } from "#lib/x509-extensions.ts";
import { testCa, testCertificate } from "../support/certificates.ts";
import { testProduct } from "../support/product.ts";
import { type Import, importForeign, openShop, type Shop } from "../support/shop.ts";

const SWAPS = 30;
const EXCHANGES = 20;

test(`a certificate is imported again ${SWAPS} times under load: no request fails, no connection is lost, every serial is seen`, async () => {
  const make = issuerOf("swaps.example");
  const shop = await openShop(await testProduct(), { domain: "swaps.example", imported: make().imported });
  const load = startLoad(shop);
  const kept = await Promise.all(Array.from({ length: 10 }, () => keep(shop)));

  for (let swap = 0; swap < SWAPS; swap++) {
    const { imported, serial } = make();
    expect(await importForeign(shop.clients, imported, shop.certificateArn)).toBe(shop.certificateArn);
    await until(`serial ${serial}`, async () => ((await handshake(shop)).serial === serial ? true : undefined));
    for (const connection of kept) await connection.use();
  }

  const { requests, failures } = await load.stop();
  expect(failures).toEqual([]);
  expect(requests).toBeGreaterThan(SWAPS);
  for (const connection of kept) connection.end();
});

test(`the default certificate of a listener is exchanged ${EXCHANGES} times under handshakes: none is refused`, async () => {
  const make = issuerOf("exchanges.example");
  const certificates = [make(), make()] as const;
  const shop = await openShop(await testProduct(), {
    domain: "exchanges.example",
    imported: certificates[0].imported,
  });
  const arns = [shop.certificateArn, await importForeign(shop.clients, certificates[1].imported)];
  const load = startHandshakes(shop);

  for (let exchange = 1; exchange <= EXCHANGES; exchange++) {
    const next = exchange % 2;
    const Certificates = [{ CertificateArn: arns[next] }];
    await shop.clients.elbv2.send(new ModifyListenerCommand({ ListenerArn: shop.listenerArn, Certificates }));
    const serial = certificates[next]?.serial;
    await until(`serial ${serial}`, () =>
      handshake(shop).then(
        (seen) => (seen.serial === serial ? true : undefined),
        () => undefined,
      ),
    );
  }

  const { handshakes, failures } = await load.stop();
  process.stdout.write(
    `  ${failures.length} of ${handshakes} handshakes were under way under a key that was dropped\n`,
  );
  // Those end with their key, as every connection under it does; who says hello later is answered with the next one.
  expect(failures.filter((failure) => failure.includes("alert"))).toEqual([]);
  expect(handshakes).toBeGreaterThan(EXCHANGES);
});

/** Makes certificates of one CA for a domain and everything below it, each with a key and a serial of its own. */
function issuerOf(domain: string): () => { imported: Import; serial: string } {
  const now = Date.now();
  const validity = { notBefore: new Date(now - DAY), notAfter: new Date(now + 90 * DAY) };
  const ca = testCa("Swaps CA", validity);
  return () => {
    const serial = Buffer.concat([Buffer.from([0x4a]), randomBytes(15)]);
    const extensions = [subjectAltName([domain, `*.${domain}`], false)];
    const { key, pem } = testCertificate({ ...validity, issuer: ca, serial, extensions });
    const privateKey = key.export({ type: "pkcs8", format: "pem" }).toString();
    return { imported: { certificate: pem, privateKey, chain: ca.pem }, serial: serial.toString("hex") };
  };
}

/** A connection that is never closed by this side; `use` fails when it is another one than at first. */
async function keep(shop: Shop): Promise<{ use(): Promise<void>; end(): void }> {
  const agent = oneConnection();
  const { socket } = await get(shop, agent);
  return {
    async use() {
      const answer = await get(shop, agent);
      expect(answer.status).toBe(200);
      expect(answer.socket).toBe(socket);
    },
    end: () => agent.destroy(),
  };
}

/** Four clients that make a new connection for each request, until they are stopped. */
function startLoad(shop: Shop): { stop(): Promise<{ requests: number; failures: readonly string[] }> } {
  let stopped = false;
  let requests = 0;
  const failures: string[] = [];
  const client = async (): Promise<void> => {
    while (!stopped) {
      requests += 1;
      await get(shop).then(
        ({ status }) => status !== 200 && failures.push(String(status)),
        (error: unknown) => failures.push(String(error)),
      );
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    async stop() {
      stopped = true;
      await clients;
      return { requests, failures };
    },
  };
}

/** Four clients that shake hands over and over, until they are stopped. */
function startHandshakes(shop: Shop): { stop(): Promise<{ handshakes: number; failures: readonly string[] }> } {
  let stopped = false;
  let handshakes = 0;
  const failures: string[] = [];
  const client = async (): Promise<void> => {
    while (!stopped) {
      handshakes += 1;
      await handshake(shop).catch((error: unknown) => failures.push(String(error)));
    }
  };
  const clients = Promise.all([client(), client(), client(), client()]);
  return {
    async stop() {
      stopped = true;
      await clients;
      return { handshakes, failures };
    },
  };
}
