import { createHash, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { RootOfCustody } from "#custody/root.ts";
import { edgeArn, rootArn } from "#domain/arn.ts";
import { isTemporary } from "#domain/identity/access-key-id.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { isLocalProgram, type Peer } from "#lib/local-program.ts";
import { findActiveKey, type StoredAccessKey } from "#store/access-keys.ts";
import { findEntityById } from "#store/iam-entities.ts";
import type { Store } from "#store/store.ts";
import { FIRST_ACCOUNT } from "./first-account.ts";
import { purpose } from "./new-access-key.ts";
import { type Identified, identifySession, identifyUser } from "./sessions/credential.ts";
import { openToken } from "./sessions/token.ts";

/** An access key as a verifier of signatures needs it: whose it is, and `AWS4` with its secret, inside OpenSSL. */
export interface Credential extends Identified, Pick<Caller, "accessKeyId"> {
  readonly secret: KeyObject;
  /** Of temporary credentials: the token that came with them, and when they end. */
  readonly sessionToken?: string;
  readonly expiresAt?: Date;
}

export interface AuthenticatorDeps {
  readonly store: Store;
  readonly root: RootOfCustody;
  readonly clock: Clock;
  /** Also takes the key `test` with the secret `test` for the first account, from programs on this machine only. */
  readonly dev?: boolean;
}

/** Looks up who uses an access key; `sessionToken` is what came with it. Undefined when nobody may. */
export type Authenticator = (accessKeyId: string, peer: Peer, sessionToken?: string) => Promise<Credential | undefined>;

/**
 * Looks access keys up by their id, and sessions by their token; undefined for one that is not there or not active.
 * What was found, policies and all, is kept for five seconds: a key that is switched off, a policy that is taken away,
 * a role that is deleted work no longer than that.
 */
export function authenticator({ store, root, clock, dev = false }: AuthenticatorDeps): Authenticator {
  const known = new Map<string, Kept>();

  const lookUp = async (id: string): Promise<Credential | undefined> => {
    const key = await findActiveKey(store, id);
    return key && (await credentialOf(key, { store, root }));
  };
  const begin = async (id: string, sessionToken: string): Promise<Credential | undefined> => {
    using opened = openToken(id, sessionToken, { root });
    if (!opened) return undefined;
    const secret = signingSecret(opened.secret);
    const who = await identifySession(store, opened.claims);
    return who && { ...who, accessKeyId: id, secret, sessionToken, expiresAt: new Date(opened.claims.expiresAt) };
  };
  return (id, peer, sessionToken) => {
    if (dev && id === DEV.accessKeyId && isLocalProgram(peer)) return Promise.resolve(DEV);
    if (!ACCESS_KEY_ID.test(id)) return NOBODY;
    // A long-term key has no token, and temporary credentials are nothing without theirs.
    if (isTemporary(id) !== (sessionToken !== undefined)) return NOBODY;
    const now = clock.now().getTime();
    const token = digest(sessionToken);
    const kept = known.get(id);
    if (kept && kept.until > now && timingSafeEqual(kept.token, token)) return kept.credential;
    const credential = sessionToken === undefined ? lookUp(id) : begin(id, sessionToken);
    known.delete(id);
    if (known.size >= MOST_KEPT) known.clear();
    known.set(id, { credential, token, until: now + KEPT });
    // What was not found may be there in a moment, and a failure is not an answer.
    const forget = (): void => {
      if (known.get(id)?.credential === credential) known.delete(id);
    };
    credential.then((found) => found ?? forget(), forget);
    return credential;
  };
}

interface Kept {
  readonly credential: Promise<Credential | undefined>;
  /** The digest of the token that it was found by. */
  readonly token: Buffer;
  readonly until: number;
}

async function credentialOf(
  key: StoredAccessKey,
  { store, root }: Pick<AuthenticatorDeps, "store" | "root">,
): Promise<Credential | undefined> {
  const who = await identify(key, store);
  if (!who) return undefined;
  using secret = root.open(key.sealedSecret, purpose(key.id));
  return { ...who, accessKeyId: key.id, secret: signingSecret(secret.bytes) };
}

async function identify(
  { account, kind, edge, userId }: StoredAccessKey,
  store: Store,
): Promise<Identified | undefined> {
  const owner = account as AccountId;
  switch (kind) {
    case "root":
      return { account: owner, kind, arn: rootArn(owner) };
    case "edge":
      return { account: owner, kind, arn: edgeArn(owner, edge ?? "") };
    case "user": {
      const user = await findEntityById(store, userId ?? "");
      return user && (await identifyUser(store, user));
    }
  }
}

const digest = (token: string | undefined): Buffer =>
  token === undefined ? NO_TOKEN : createHash("sha256").update(token).digest();

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
const NO_TOKEN = Buffer.alloc(32);
const ACCESS_KEY_ID = /^[A-Z0-9]{16,32}$/;
const KEPT: Millis = 5 * SECOND;
const MOST_KEPT = 1_000;
