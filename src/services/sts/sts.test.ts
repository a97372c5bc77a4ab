import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { GetAccessKeyInfoCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, onTestFinished, test } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import { keyFileRoot } from "#custody/root.ts";
import { authenticator } from "#identity/authenticator.ts";
import { createEdgeIdentity } from "#identity/edge-identity.ts";
import { ensureFirstAccount, firstRootKey } from "#identity/first-account.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore } from "#store/store.ts";
import { sts } from "./index.ts";

async function installation() {
  const store = await openStore("file::memory:");
  const deps = { store, root: keyFileRoot(randomBytes(32)), clock: systemClock, ids: randomIds };
  await ensureFirstAccount(deps);
  const door = httpServer({
    answer: gateway([mount(sts, deps)], {
      authenticate: sigv4({ credentials: authenticator(deps), clock: systemClock }),
      ids: randomIds,
      audit: { record: () => Promise.resolve(), note: () => {} },
      log: ({ bug }) => expect(bug).toBeUndefined(),
    }),
    ids: randomIds,
    onError: (error) => expect.unreachable(String(error)),
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  onTestFinished(async () => {
    await door.stop(0);
    await store.destroy();
  });
  const endpoint = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`;
  const client = (credentials: { accessKeyId: string; secretAccessKey: string }): STSClient => {
    const made = new STSClient({ endpoint, region: "eu-west-1", credentials });
    onTestFinished(() => made.destroy());
    return made;
  };
  return { deps, client };
}

test("GetCallerIdentity tells a root key its account, and an edge its own name", async () => {
  const { deps, client } = await installation();
  expect(await client(await firstRootKey(deps)).send(new GetCallerIdentityCommand())).toMatchObject({
    Account: "123456789012",
    Arn: "arn:aws:iam::123456789012:root",
    UserId: "123456789012",
  });
  const edge = await createEdgeIdentity("one", deps);
  expect(await client(edge).send(new GetCallerIdentityCommand())).toMatchObject({
    Arn: "arn:aws:sealkeeper::123456789012:edge/one",
    UserId: edge.accessKeyId,
  });
});

test("GetAccessKeyInfo tells whose a key is, and refuses an unknown one with ValidationError", async () => {
  const { deps, client } = await installation();
  const root = await firstRootKey(deps);
  const ask = (AccessKeyId: string) => client(root).send(new GetAccessKeyInfoCommand({ AccessKeyId }));
  expect(await ask(root.accessKeyId)).toMatchObject({ Account: "123456789012" });
  await expect(ask("AKIANOBODYNOBODYNOBO")).rejects.toMatchObject({ name: "ValidationError" });
  await expect(ask("short")).rejects.toMatchObject({ message: expect.stringContaining("at 'accessKeyId' failed") });
});

test("an edge that asks for more is refused with AccessDenied", async () => {
  const { deps, client } = await installation();
  const edge = await createEdgeIdentity("one", deps);
  const asked = client(edge).send(new GetAccessKeyInfoCommand({ AccessKeyId: edge.accessKeyId }));
  await expect(asked).rejects.toMatchObject({ name: "AccessDenied" });
});

test("a root key of another installation is refused with InvalidClientTokenId", async () => {
  const { client } = await installation();
  const stranger = await firstRootKey((await installation()).deps);
  await expect(client(stranger).send(new GetCallerIdentityCommand())).rejects.toMatchObject({
    name: "InvalidClientTokenId",
  });
});
