import { createHmac, createSecretKey, type KeyObject, randomFillSync, timingSafeEqual } from "node:crypto";
import { fromBase64url } from "#lib/base64url.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, MINUTE, type Millis } from "#lib/duration.ts";
import { instanceSecret, type SecretDeps } from "#lifecycle/instance-secret.ts";
import { forgetAcmeNonces, useAcmeNonce } from "#store/acme-nonces.ts";
import { isEmbedded, type Store } from "#store/store.ts";

/**
 * Anti-replay nonces (RFC 8555 section 6.5). A nonce carries its own time and proof, so giving one out costs no memory
 * and any node takes any node's; what is kept is only which ones were used.
 */
export interface Nonces {
  fresh(): Promise<string>;
  /** Whether it is one of ours and young enough; it is not used up by asking. */
  isGenuine(nonce: string): Promise<boolean>;
  /** Uses a genuine nonce up; false when it was used before. */
  use(nonce: string): Promise<boolean>;
}

export interface NonceDeps extends SecretDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * The nonces of this process. Where several nodes share the database, used ones are kept there. An embedded database has
 * one process: it keeps them in memory, and refuses what was given out before it started.
 */
export function openNonces(deps: NonceDeps): Nonces {
  const { store, clock } = deps;
  const ledger = isEmbedded(store) ? memoryLedger(clock) : sharedLedger(store, clock);
  let key: Promise<KeyObject> | undefined;
  const secret = async (): Promise<KeyObject> => {
    using bytes = await instanceSecret(store, "acme-nonces", deps);
    return createSecretKey(bytes.bytes);
  };
  const opened = (): Promise<KeyObject> => {
    key ??= secret().catch((error: unknown) => {
      key = undefined;
      throw error;
    });
    return key;
  };

  return {
    async fresh() {
      const bytes = Buffer.allocUnsafe(TIME + RANDOM);
      bytes.writeUIntBE(clock.now().getTime(), 0, TIME);
      randomFillSync(bytes, TIME, RANDOM);
      return Buffer.concat([bytes, mac(await opened(), bytes)]).toString("base64url");
    },
    async isGenuine(nonce) {
      const bytes = nonce.length === DIGITS ? fromBase64url(nonce) : undefined;
      if (!bytes) return false;
      const proof = mac(await opened(), bytes.subarray(0, TIME + RANDOM));
      if (!timingSafeEqual(proof, bytes.subarray(TIME + RANDOM))) return false;
      const [made, now] = [madeAt(bytes), clock.now().getTime()];
      // Another node's clock may be ahead of ours.
      return made > now - LIFETIME && made <= now + MINUTE && made >= ledger.notBefore();
    },
    use: (nonce) => ledger.use(nonce, madeAt(Buffer.from(nonce, "base64url"))),
  };
}

/** Which nonces were used. */
interface Ledger {
  /** Nonces from before this time are refused: it cannot tell whether they were used. */
  notBefore(): Millis;
  use(nonce: string, made: Millis): Promise<boolean>;
}

function sharedLedger(store: Store, clock: Clock): Ledger {
  let prunedAt = 0;
  return {
    notBefore: () => 0,
    async use(nonce, made) {
      const now = clock.now().getTime();
      if (now - prunedAt > PRUNE_EVERY) {
        prunedAt = now;
        await forgetAcmeNonces(store, now - MINUTE);
      }
      return await useAcmeNonce(store, nonce, made + LIFETIME);
    },
  };
}

/** Two generations, each until it is as old as a nonce can get, or full. */
function memoryLedger(clock: Clock): Ledger {
  let [current, previous] = [new Set<string>(), new Set<string>()];
  let currentSince = clock.now().getTime();
  let oldest = currentSince;
  const turn = (now: Millis): void => {
    if (current.size < MOST_REMEMBERED && now - currentSince < LIFETIME) return;
    previous = current;
    current = new Set();
    // What is dropped here was used before `currentSince`, so it was made before.
    oldest = currentSince + 1;
    currentSince = now;
  };
  return {
    notBefore: () => oldest,
    use(nonce) {
      turn(clock.now().getTime());
      if (current.has(nonce) || previous.has(nonce)) return Promise.resolve(false);
      current.add(nonce);
      return Promise.resolve(true);
    },
  };
}

function mac(key: KeyObject, bytes: Uint8Array): Buffer {
  return createHmac("sha256", key).update(bytes).digest().subarray(0, MAC);
}

function madeAt(bytes: Buffer): Millis {
  return bytes.readUIntBE(0, TIME);
}

const TIME = 6;
const RANDOM = 12;
const MAC = 12;
const DIGITS = 40;
/** certbot 2.1 tries once more after badNonce, and only once: a nonce must outlive every pause of a client. */
const LIFETIME: Millis = 2 * HOUR;
const MOST_REMEMBERED = 200_000;
const PRUNE_EVERY: Millis = MINUTE;
