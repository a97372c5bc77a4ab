import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { ACMClient } from "@aws-sdk/client-acm";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { randomIds } from "#lib/ids.ts";
import { acm } from "#services/acm/index.ts";
import { openStore } from "#store/store.ts";
import { ACCOUNT, type CertificateWorld, certificateWorld, REGION } from "./certificate-world.ts";

/** ACM over real HTTP for the unmodified SDK client, in a world whose clock stands still until it is moved. */
export interface AcmEndpoint {
  readonly world: CertificateWorld;
  readonly url: string;
  /** A client of the first account and region, or of another. Whoever signs as an account is believed. */
  client(owner?: { readonly account?: string; readonly region?: string }): ACMClient;
}

/** Open until the test, or the file whose beforeAll made it, calls `close`. */
export async function acmEndpoint(): Promise<AcmEndpoint & { close(): Promise<void> }> {
  const store = await openStore("file::memory:");
  const world = await certificateWorld(store);
  const { server, stop } = httpServer({
    answer: gateway([mount(acm, world.deps)], {
      authenticate: ({ headers }) => {
        const [, account, region] =
          /Credential=AKIA(\d{12})\/\d{8}\/([\w-]+)\//.exec(headers["authorization"] ?? "") ?? [];
        return Promise.resolve(world.caller({ account: account as AccountId, region: region as Region }));
      },
      ids: randomIds,
      audit: { record: () => Promise.resolve(), note: () => {} },
      log: ({ bug }) => {
        if (bug !== undefined) world.failures.push(bug);
      },
    }),
    ids: randomIds,
    bodyLimit: 4_194_304,
    onError: (error) => void world.failures.push(error),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients: ACMClient[] = [];
  return {
    world,
    url,
    client({ account = ACCOUNT, region = REGION } = {}) {
      const credentials = { accessKeyId: `AKIA${account}`, secretAccessKey: "secret" };
      const client = new ACMClient({ endpoint: url, region, credentials, maxAttempts: 1 });
      clients.push(client);
      return client;
    },
    async close() {
      for (const client of clients) client.destroy();
      await stop(0);
      await store.destroy();
    },
  };
}

/** What an operation was refused with; fails when it succeeded. */
export async function refusal(work: Promise<unknown>): Promise<{ readonly name: string; readonly message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return { name: error.name, message: error.message };
    throw error;
  }
  throw new Error("the operation succeeded");
}
