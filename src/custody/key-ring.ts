import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import {
  type CustodyRoot,
  insertCustodyKey,
  insertCustodyWrap,
  insertFirstRoot,
  listCustodyKeys,
  listCustodyRoots,
} from "#store/custody-roots.ts";
import type { Store } from "#store/store.ts";
import { type RootOfCustody, sealer, WrongRoot } from "./root.ts";
import { rootAct } from "./root-acts.ts";
import type { Vault } from "./vault.ts";
import type { RootKind } from "./wrapping-root.ts";

export interface RingDeps {
  readonly vault: Vault;
  readonly store: Store;
  readonly clock: Clock;
}

/** The custody keys of a store, as this process knows them. */
export interface KeyRing {
  readonly root: RootOfCustody;
  /** The root that opens them. */
  readonly rootFingerprint: string;
  /** Looks at the store: learns keys that are new, forgets those that are gone, and seals under the one in force. */
  refresh(): Promise<RingState>;
  /** From now on it seals only for so long after it last looked: see `custody-nodes.ts`. */
  holdFor(lease: Millis): void;
}

export interface RingState {
  /** The newest custody key that this process can open. */
  readonly newest: string;
  /** The one that it seals under. */
  readonly sealing: string;
  /** Custody keys that it cannot open: they were wrapped by another root. */
  readonly closed: readonly string[];
}

/**
 * Opens the custody keys of this store by the vault's root 0. A new store remembers its first root; later only that one,
 * or one that it was moved to, opens it, so that a wrong key file, passphrase or token ends the start, instead of sealing
 * keys that nobody can open together.
 */
export async function openKeyRing(kind: RootKind, deps: RingDeps): Promise<KeyRing> {
  const fingerprint = await openOrFound(kind, deps);
  const ring = keyRing(fingerprint, deps);
  const { closed } = await ring.refresh();
  if (closed.length > 0) {
    throw new Error(`custody key ${closed[0]} is not wrapped by the root of custody ${fingerprint}`);
  }
  return ring;
}

async function openOrFound(kind: RootKind, deps: RingDeps): Promise<string> {
  const { store, vault } = deps;
  for (;;) {
    const roots = await listCustodyRoots(store);
    if (roots.length > 0) return await openOneOf(roots, 0, kind, vault);
    await found(kind, deps);
  }
}

/** Opens a root of the vault that must be one of these, and answers its fingerprint. */
export async function openOneOf(
  roots: readonly CustodyRoot[],
  slot: number,
  kind: RootKind,
  vault: Vault,
): Promise<string> {
  const alike = roots.filter((root) => root.kind === kind);
  const known = roots.map(({ fingerprint }) => fingerprint).join(" or ");
  if (alike.length === 0) {
    const kinds = roots.map((root) => KINDS[root.kind]).join(" or ");
    throw new Error(`the keys of this store are sealed under ${kinds} (root of custody ${known}), not ${KINDS[kind]}`);
  }
  let given = "";
  for (const { salt, fingerprint } of alike) {
    given = await vault.openRoot(slot, salt);
    if (given === fingerprint) return given;
    if (salt === undefined && alike.some((root) => root.fingerprint === given)) return given;
  }
  throw new WrongRoot(known, given);
}

/** Makes the custody keys of a new store: one to seal under, one for tokens. Of several nodes one does. */
async function found(kind: RootKind, { store, vault, clock }: RingDeps): Promise<void> {
  const salt = kind === "passphrase" ? randomBytes(SALT) : undefined;
  const fingerprint = await vault.openRoot(0, salt);
  const current = await vault.newKey(0);
  const token = await vault.newKey(0);
  const now = clock.now();
  await store.transaction().execute(async (tx) => {
    if (!(await insertFirstRoot(tx, { fingerprint, kind, salt }, now))) return;
    await insertCustodyKey(tx, { id: current.keyId, state: "current" }, now);
    await insertCustodyKey(tx, { id: token.keyId, state: "token" }, now);
    for (const key of [current, token]) {
      await insertCustodyWrap(tx, { root: fingerprint, ...key });
      const seals = key === token ? "tokens" : "keys";
      await recordIn(tx, rootAct("CreateRootKey", key.keyId, { seals, wrappedBy: fingerprint }), clock);
    }
  });
}

interface Shared {
  readonly service: KeyObject;
  readonly token: KeyObject;
}

function keyRing(rootFingerprint: string, { store, vault, clock }: RingDeps): KeyRing {
  const known = new Map<string, Shared>();
  let sealing = "";
  let tokens = "";
  let looked = 0;
  let lease: Millis | undefined;

  const held = <Key extends keyof Shared>(id: string, form: Key): { readonly id: string; readonly key: KeyObject } => {
    if (lease !== undefined && clock.now().getTime() - looked > lease) {
      throw new Error("the custody keys were not confirmed by the store in time: nothing is sealed until they are");
    }
    const key = known.get(id)?.[form];
    if (!key) throw new Error("no custody key is in force");
    return { id, key };
  };
  const look = async (): Promise<RingState> => {
    const asked = clock.now().getTime();
    const keys = await listCustodyKeys(store, rootFingerprint);
    const closed: string[] = [];
    let newest = "";
    let current = sealing;
    for (const { id, state, wrapped } of keys) {
      if (wrapped === undefined) {
        closed.push(id);
        continue;
      }
      if (!known.has(id)) known.set(id, await learn(id, wrapped, vault));
      if (state === "token") tokens = id;
      if (state === "current") current = id;
      if (state === "coming" || (state === "current" && newest === "")) newest = id;
    }
    if (current !== sealing) {
      await vault.sealUnder(current);
      sealing = current;
    }
    for (const id of known.keys()) {
      if (keys.some((key) => key.id === id)) continue;
      known.delete(id);
      await vault.forget(id);
    }
    if (!keys.some(({ id, state }) => id === sealing && state === "current")) {
      throw new Error(
        `the custody key in force is not wrapped by the root of custody ${rootFingerprint}: start this node with the root that it was moved to`,
      );
    }
    looked = asked;
    return { newest, sealing, closed };
  };
  let looking: Promise<RingState> | undefined;
  const refresh = (): Promise<RingState> => {
    looking ??= look().finally(() => {
      looking = undefined;
    });
    return looking;
  };
  const find = (id: string, form: keyof Shared): KeyObject | undefined => {
    const key = known.get(id)?.[form];
    if (!key) refresh().catch(() => {}); // another node may have replaced it a moment ago: the next try finds it
    return key;
  };
  return {
    rootFingerprint,
    refresh,
    holdFor: (time) => {
      lease = time;
    },
    root: {
      get fingerprint() {
        return sealing;
      },
      ...sealer("service", { current: () => held(sealing, "service"), find: (id) => find(id, "service") }),
      tokens: sealer("token", { current: () => held(tokens, "token"), find: (id) => find(id, "token") }),
      vault,
    },
  };
}

async function learn(keyId: string, wrapped: Uint8Array, vault: Vault): Promise<Shared> {
  const shared = await vault.learn(0, { keyId, wrapped });
  using service = shared.service;
  using token = shared.token;
  return { service: createSecretKey(service.bytes), token: createSecretKey(token.bytes) };
}

const SALT = 16;
const KINDS: Readonly<Record<RootKind, string>> = {
  "key-file": "a key file",
  passphrase: "a passphrase",
  pkcs11: "a PKCS#11 token",
};
