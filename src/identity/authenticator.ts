import { createSecretKey, type KeyObject } from "node:crypto";
import type { RootOfCustody } from "#custody/root.ts";
import { edgeArn, rootArn } from "#domain/arn.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { isLocalProgram, type Peer } from "#lib/local-program.ts";
import { findActiveKey, type StoredAccessKey } from "#store/access-keys.ts";
import type { Store } from "#store/store.ts";
import { FIRST_ACCOUNT } from "./first-account.ts";
import { purpose } from "./new-access-key.ts";

/** An access key as a verifier of signatures needs it: whose it is, and `AWS4` with its secret, inside OpenSSL. */
export interface Credential extends Pick<Caller, "account" | "kind" | "arn" | "accessKeyId"> {
  readonly secret: KeyObject;
}

export interface AuthenticatorDeps {
  readonly store: Store;
  readonly root: RootOfCustody;
  readonly clock: Clock;
  /** Also takes the key `test` with the secret `test` for the first account, from programs on this machine only. */
  readonly dev?: boolean;
}

/**
 * Looks access keys up by their id; undefined for one that is not there or not active. What was found is kept for
 * five seconds, so that a key that is switched off works no longer than that.
 */
export function authenticator({
  store,
  root,
  clock,
  dev = false,
}: AuthenticatorDeps): (accessKeyId: string, peer: Peer) => Promise<Credential | undefined> {
  const known = new Map<string, { readonly credential: Promise<Credential | undefined>; readonly until: number }>();

  const look = async (id: string): Promise<Credential | undefined> => {
    const key = await findActiveKey(store, id);
    return key && credentialOf(key, root);
  };
  return (id, peer) => {
    if (dev && id === DEV.accessKeyId && isLocalProgram(peer)) return Promise.resolve(DEV);
    if (!ACCESS_KEY_ID.test(id)) return NOBODY;
    const now = clock.now().getTime();
    const kept = known.get(id);
    if (kept && kept.until > now) return kept.credential;
    const credential = look(id);
    known.delete(id);
    if (known.size >= MOST_KEPT) known.clear();
    known.set(id, { credential, until: now + KEPT });
    // What was not found may be there in a moment, and a failure is not an answer.
    const forget = (): void => {
      if (known.get(id)?.credential === credential) known.delete(id);
    };
    credential.then((found) => found ?? forget(), forget);
    return credential;
  };
}

function credentialOf({ id, account, kind, edge, sealedSecret }: StoredAccessKey, root: RootOfCustody): Credential {
  const owner = account as AccountId;
  using secret = root.open(sealedSecret, purpose(id));
  return {
    accessKeyId: id,
    account: owner,
    kind,
    arn: kind === "edge" ? edgeArn(owner, edge ?? "") : rootArn(owner),
    secret: signingSecret(secret.bytes),
  };
}

function signingSecret(secret: Uint8Array): KeyObject {
  const bytes = Buffer.concat([Buffer.from("AWS4"), secret]);
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}

const DEV: Credential = {
  accessKeyId: "test",
  account: FIRST_ACCOUNT,
  kind: "root",
  arn: rootArn(FIRST_ACCOUNT),
  secret: signingSecret(Buffer.from("test")),
};
const NOBODY: Promise<undefined> = Promise.resolve(undefined);
const ACCESS_KEY_ID = /^[A-Z0-9]{16,32}$/;
const KEPT: Millis = 5 * SECOND;
const MOST_KEPT = 1_000;
