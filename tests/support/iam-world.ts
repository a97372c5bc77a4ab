import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { IAMClient } from "@aws-sdk/client-iam";
import { STSClient } from "@aws-sdk/client-sts";
import { expect, onTestFinished } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import { keyFileRoot } from "#custody/root.ts";
import type { AccountId } from "#domain/names.ts";
import { authenticator } from "#identity/authenticator.ts";
import { ensureFirstAccount, firstRootKey } from "#identity/first-account.ts";
import type { IamDeps } from "#identity/iam/deps.ts";
import { lastUses } from "#identity/last-use.ts";
import { newAccessKey, openAccessKey } from "#identity/new-access-key.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { iam } from "#services/iam/index.ts";
import { sts } from "#services/sts/index.ts";
import { insertAccessKey, insertAccount } from "#store/access-keys.ts";
import { openStore, type Store } from "#store/store.ts";
import type { TestKey } from "./access-key.ts";

export const ACCOUNT = "123456789012";
export const STRANGER: AccountId = "444455556666" as AccountId;

/** IAM and STS on a store, behind the front door: signatures are verified, and policies asked. */
export async function iamWorld(given?: Store): Promise<IamWorld> {
  const store = given ?? (await openStore("file::memory:"));
  if (!given) onTestFinished(() => store.destroy());
  let offset = 0;
  // Clients sign by the clock on the wall; what is kept of callers is forgotten by moving this one.
  const clock = { now: () => new Date(systemClock.now().getTime() + offset) };
  const deps = { store, root: keyFileRoot(randomBytes(32)), clock, ids: randomIds };
  await ensureFirstAccount(deps);
  const proved = sigv4({ credentials: authenticator(deps), clock });
  const note = lastUses({ ...deps, onError: (error) => expect.unreachable(String(error)) });
  const door = httpServer({
    answer: gateway([mount(iam, deps), mount(sts, deps)], {
      authenticate: async (call, claim, scope) => {
        const principal = await proved(call, claim, scope);
        note(principal, scope);
        return principal;
      },
      ids: randomIds,
      audit: { record: () => Promise.resolve(), note: () => {} },
      log: ({ bug }) => {
        if (bug !== undefined) console.error(bug);
      },
    }),
    ids: randomIds,
    onError: (error) => expect.unreachable(String(error)),
  });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  onTestFinished(() => door.stop(0));
  const endpoint = `http://127.0.0.1:${(door.server.address() as AddressInfo).port}`;
  const made = <T extends { destroy(): void }>(client: T): T => {
    onTestFinished(() => client.destroy());
    return client;
  };
  const options = (credentials: TestKey) => ({
    endpoint,
    region: "eu-west-1",
    credentials,
    maxAttempts: 1,
    systemClockOffset: offset,
  });
  const rootKey = await firstRootKey(deps);
  return {
    ...deps,
    endpoint,
    rootKey,
    iam: (key: TestKey = rootKey): IAMClient => made(new IAMClient(options(key))),
    sts: (key: TestKey = rootKey): STSClient => made(new STSClient(options(key))),
    async stranger(): Promise<TestKey> {
      await insertAccount(store, STRANGER, 0);
      const key = newAccessKey(STRANGER, { kind: "root" }, deps);
      await insertAccessKey(store, key);
      return openAccessKey(key, deps);
    },
    forget: () => void (offset += 5_001),
    pass: (ms: number) => void (offset += ms),
  };
}

export interface IamWorld extends IamDeps {
  readonly endpoint: string;
  readonly rootKey: TestKey;
  readonly iam: (key?: TestKey) => IAMClient;
  readonly sts: (key?: TestKey) => STSClient;
  /** Another account's root key. */
  readonly stranger: () => Promise<TestKey>;
  /** Lets what is known of callers be asked anew. */
  readonly forget: () => void;
  /** Lets time pass; clients made from now on know. */
  readonly pass: (ms: number) => void;
}

/** A policy document, as JSON. */
export const policy = (...Statement: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement });

export const allow = (Action: string | readonly string[], Resource: string | readonly string[] = "*"): string =>
  policy({ Effect: "Allow", Action, Resource });

/** A trust policy for one principal. */
export const trust = (AWS: string | readonly string[], more: object = {}): string =>
  policy({ Effect: "Allow", Principal: { AWS }, Action: "sts:AssumeRole", ...more });

/** What a call was refused with: `NoSuchEntityException: The user with name x cannot be found.` */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "not refused";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}
