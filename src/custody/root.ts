import { createSecretKey, type KeyObject } from "node:crypto";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { custodyKey } from "./custody-key.ts";
import { localVault } from "./local-vault.ts";
import { NotSealedHere, openAs, readSeal, type SealForm, sealAs, WrongRoot } from "./seal-form.ts";
import type { Vault } from "./vault.ts";

export { NotSealedHere, WrongRoot } from "./seal-form.ts";

/** Seals and opens. What one purpose sealed, no other purpose opens. */
export interface Sealer {
  seal(plaintext: Uint8Array, purpose: string): Buffer;
  /** Throws `WrongRoot` when another root sealed it, and `NotSealedHere` when it was changed or has another purpose. */
  open(sealed: Uint8Array, purpose: string): PlaintextKey;
}

/**
 * The root of custody: what every other key of this installation is sealed under. A purpose also names what is sealed
 * ("ca:<issuer id>"), so that two sealed values cannot change places. What it seals itself is what services need in
 * clear; master keys are in the vault, which only ever gives away what comes out of their use.
 */
export interface RootOfCustody extends Sealer {
  /** Names the custody key in force without giving anything away: 16 hexadecimal digits. */
  readonly fingerprint: string;
  /** For what others keep: it opens whatever keys have been replaced since. */
  readonly tokens: Sealer;
  readonly vault: Vault;
}

/** A root whose one custody key are these 32 bytes, in this process: for tools and tests. They are copied. */
export function keyFileRoot(bytes: Uint8Array): RootOfCustody {
  const key = custodyKey(bytes);
  using service = key.derive("service");
  using token = key.derive("token");
  const services = { id: key.id, key: createSecretKey(service.bytes) };
  const tokens = { id: key.id, key: createSecretKey(token.bytes) };
  const only = (known: typeof services): SealKeys => ({
    current: () => known,
    find: (id) => (id === known.id ? known.key : undefined),
  });
  return {
    fingerprint: key.id,
    ...sealer("service", only(services)),
    tokens: sealer("token", only(tokens)),
    vault: localVault([], bytes),
  };
}

/** The keys that a sealer has now. */
export interface SealKeys {
  current(): { readonly id: string; readonly key: KeyObject };
  find(id: string): KeyObject | undefined;
}

/** A sealer for one form of value. */
export function sealer(form: SealForm, keys: SealKeys): Sealer {
  return {
    seal: (plaintext, purpose) => sealAs(form, keys.current(), plaintext, purpose),
    open(sealed, purpose) {
      const header = readSeal(sealed);
      if (header?.form !== form) throw new NotSealedHere(purpose);
      const key = keys.find(header.keyId);
      if (!key) throw new WrongRoot(header.keyId, keys.current().id);
      return openAs(key, sealed, purpose);
    },
  };
}
