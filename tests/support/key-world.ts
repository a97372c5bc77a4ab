import { createSecretKey } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { KMSClient } from "@aws-sdk/client-kms";
import { onTestFinished } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import type { Custody } from "#custody/custody.ts";
import { keyFileRoot } from "#custody/root.ts";
import { edgeArn, rootArn } from "#domain/arn.ts";
import type { AccountId, Caller, Owner, Region } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { openJournal } from "#journal/journal.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { kms } from "#services/kms/index.ts";
import { insertAccount } from "#store/access-keys.ts";
import { insertEntity } from "#store/iam-entities.ts";
import type { Store } from "#store/store.ts";
import { type TestClock, testClock } from "./test-clock.ts";

export const ACCOUNT = "111122223333" as AccountId;
export const STRANGER = "444455556666" as AccountId;
export const REGION = "eu-west-1" as Region;
export const OWNER: Owner = { account: ACCOUNT, region: REGION };

/** The custody key of every world. */
export const ROOT_BYTES: Buffer = Buffer.alloc(32, 7);

/** Custody on a store, with a clock that stands still. */
export interface KeyWorld extends Custody {
  readonly clock: TestClock;
  /** Grants that were given back or taken away by hand, oldest first. */
  readonly endedGrants: readonly string[];
}

/** `store` is closed by whoever opened it, when the test ends. */
export function keyWorld(store: Store): KeyWorld {
  const clock = testClock("2026-11-22T00:00:00Z");
  const journal = openJournal({ store, clock }, (error) => {
    throw error;
  });
  onTestFinished(() => journal.flush());
  const endedGrants: string[] = [];
  const onGrantEnded: Custody["onGrantEnded"] = async (_tx, grantId) => void endedGrants.push(grantId);
  return { store, clock, journal, endedGrants, onGrantEnded, ids: randomIds, root: keyFileRoot(ROOT_BYTES) };
}

/** A caller as the gateway proves it. A role's is a session of it; users and roles have no policies. */
export function caller(kind: Caller["kind"] = "root", account: AccountId = ACCOUNT, region: Region = REGION): Caller {
  const arn = ARNS[kind](account);
  return { kind, account, region, arn, accessKeyId: accessKeyId(kind, account), requestId: randomIds.uuid() };
}

/** Answers a maker of SDK clients that speak to this world's KMS over HTTP, with signatures that are verified. */
export async function serveKms(
  world: KeyWorld,
  /** The identity policies of users and roles of an account. */
  policiesOf: (account: AccountId) => readonly object[] = () => [],
): Promise<(kind?: Caller["kind"], account?: AccountId, region?: Region) => KMSClient> {
  for (const account of [ACCOUNT, STRANGER]) {
    await ensurePrincipal(world.store, "user", account, "u");
    await ensurePrincipal(world.store, "role", account, "r");
  }
  const answer = gateway([mount(kms, world)], {
    authenticate: sigv4({ credentials: (id) => credential(id, policiesOf), clock: systemClock }),
    ids: randomIds,
    audit: { record: () => Promise.resolve(), note: () => {} },
    log: ({ bug }) => {
      if (bug !== undefined) console.error(bug);
    },
  });
  const { server, stop } = httpServer({ answer, ids: randomIds, onError: console.error });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const clients: KMSClient[] = [];
  onTestFinished(async () => {
    for (const client of clients) client.destroy();
    await stop();
    await world.journal.flush();
  });
  return (kind = "root", account = ACCOUNT, region = REGION) => {
    const client = new KMSClient({
      region,
      endpoint: `http://127.0.0.1:${port}`,
      credentials: { accessKeyId: accessKeyId(kind, account), secretAccessKey: SECRET },
      maxAttempts: 1,
    });
    clients.push(client);
    return client;
  };
}

/** What a call was refused with: `NotFoundException: Key '…' does not exist`. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "not refused";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** Makes a user or role that key policies and grants can name, unless it is there. */
export async function ensurePrincipal(
  store: Store,
  kind: "user" | "role",
  account: AccountId,
  name: string,
  { id = principalId(kind, account), path = "/" }: { readonly id?: string; readonly path?: string } = {},
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    await insertAccount(tx, account, 0);
    await insertEntity(tx, { id, account, kind, name, path, createdAt: new Date(0), boundary: undefined });
  });
}

/** The unique id of an account's user u, or role r. */
function principalId(kind: "user" | "role", account: AccountId): string {
  return `${kind === "user" ? "AIDA" : "AROA"}${(account === ACCOUNT ? "A" : "B").repeat(17)}`;
}

function accessKeyId(kind: Caller["kind"], account: AccountId): string {
  return `AKIA${kind.toUpperCase()}${account}`;
}

function credential(id: string, policiesOf: (account: AccountId) => readonly object[]) {
  const [, name, account] = /^AKIA(ROOT|EDGE|USER|ROLE)(\d{12})$/.exec(id) ?? [];
  if (!name || !account) return undefined;
  const kind = name.toLowerCase() as Caller["kind"];
  const owner = account as AccountId;
  const { arn } = caller(kind, owner);
  const identity = policiesOf(owner).map((policy) => readPolicyDocument(JSON.stringify(policy), "identity"));
  const facts = {
    "aws:principalarn": [kind === "role" ? `arn:aws:iam::${account}:role/r` : arn],
    "aws:userid": [kind === "role" ? `${principalId("role", owner)}:s` : principalId("user", owner)],
  };
  const authority = kind === "user" || kind === "role" ? { identity, facts } : undefined;
  return {
    account: owner,
    kind,
    arn,
    authority,
    accessKeyId: id,
    secret: createSecretKey(Buffer.from(`AWS4${SECRET}`)),
  };
}

const ARNS: Readonly<Record<Caller["kind"], (account: AccountId) => string>> = {
  root: rootArn,
  edge: (account) => edgeArn(account, "local-1"),
  user: (account) => `arn:aws:iam::${account}:user/u`,
  role: (account) => `arn:aws:sts::${account}:assumed-role/r/s`,
};
const SECRET = "a secret for tests";
