import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { isKeyPairSpec, type KeySpec, SECRET_BYTES } from "#domain/keys/key-specs.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { CUSTODY_KEY_BYTES, type CustodyKey, custodyKey } from "./custody-key.ts";
import { readMaterial } from "./imported-material.ts";
import { makePair } from "./key-pair.ts";
import { materialKey, workWith } from "./material-work.ts";
import { NotSealedHere, openAs, readSeal, sealAs, WrongRoot } from "./seal-form.ts";
import { unwrapMaterial } from "./unwrap-material.ts";
import type { SealedMaterial, Vault } from "./vault.ts";
import type { WrappingRoot } from "./wrapping-root.ts";

/** How a configured root is opened; a passphrase needs the salt that the store keeps. */
export type RootOpener = (salt: Uint8Array | undefined) => WrappingRoot | Promise<WrappingRoot>;

/** A vault in this process. With `seed`, it knows that one custody key and seals under it. */
export function localVault(openers: readonly RootOpener[], seed?: Uint8Array): Vault {
  const roots = new Map<number, WrappingRoot>();
  const keys = new Map<string, Known>();
  const opened = new Map<string, Opened>();
  let current: CustodyKey | undefined;

  const rootAt = (slot: number): WrappingRoot => {
    const root = roots.get(slot);
    if (!root) throw new Error(`root of custody ${slot} is not open`);
    return root;
  };
  const known = (keyId: string): Known => {
    const key = keys.get(keyId);
    if (!key) throw new WrongRoot(keyId, current?.id ?? "none");
    return key;
  };
  const sealMaterial = (secret: Uint8Array, purpose: string): Buffer => {
    if (!current) throw new Error("no custody key is in force");
    return sealAs("material", { id: current.id, key: current.materials }, secret, purpose);
  };
  const unseal = (sealed: Uint8Array, purpose: string): PlaintextKey => {
    const header = readSeal(sealed);
    if (header?.form !== "material") throw new NotSealedHere(purpose);
    return openAs(known(header.keyId).key.materials, sealed, purpose);
  };
  const openMaterial = ({ spec, purpose, sealed }: SealedMaterial): KeyObject => {
    const before = opened.get(purpose);
    const entry = before?.sealed.equals(sealed)
      ? before
      : { key: fromBytes(spec, unseal(sealed, purpose)), sealed: Buffer.from(sealed) };
    opened.delete(purpose);
    opened.set(purpose, entry);
    const [oldest] = opened.keys();
    if (opened.size > MOST_OPEN && oldest !== undefined) opened.delete(oldest);
    return entry.key;
  };
  const learn = (bytes: PlaintextKey): CustodyKey => {
    const key = custodyKey(bytes.bytes);
    if (!keys.has(key.id)) keys.set(key.id, { key, bytes: custodySecret(bytes) });
    return key;
  };

  if (seed) {
    using bytes = new PlaintextKey(Buffer.from(seed));
    current = learn(bytes);
  }
  return {
    async openRoot(slot, salt) {
      const opener = openers[slot];
      if (!opener) throw new Error(`there is no root of custody ${slot}`);
      const root = await opener(salt);
      roots.get(slot)?.close();
      roots.set(slot, root);
      return root.fingerprint;
    },
    newKey(slot) {
      return inTurn(() => {
        using bytes = new PlaintextKey(randomBytes(CUSTODY_KEY_BYTES));
        const { id } = learn(bytes);
        return { keyId: id, wrapped: rootAt(slot).wrap(id, bytes.bytes) };
      });
    },
    learn(slot, { keyId, wrapped }) {
      return inTurn(() => {
        using bytes = rootAt(slot).unwrap(keyId, wrapped);
        const key = learn(bytes);
        if (key.id !== keyId) throw new Error(`custody key ${keyId} opens as ${key.id}: the rows were mixed up`);
        return { service: key.derive("service"), token: key.derive("token") };
      });
    },
    wrap(slot, keyId) {
      return inTurn(() => {
        using bytes = known(keyId).bytes();
        return rootAt(slot).wrap(keyId, bytes.bytes);
      });
    },
    sealUnder(keyId) {
      return inTurn(() => void (current = known(keyId).key));
    },
    forget(keyId) {
      return inTurn(() => void keys.delete(keyId));
    },
    async make(spec, purpose) {
      if (!isKeyPairSpec(spec)) {
        using bits = new PlaintextKey(randomBytes(SECRET_BYTES[spec]));
        return { sealed: sealMaterial(bits.bytes, purpose), publicKey: undefined };
      }
      const pair = await makePair(spec);
      using pkcs8 = pair.pkcs8;
      return { sealed: sealMaterial(pkcs8.bytes, purpose), publicKey: pair.spki };
    },
    keep(secret, purpose) {
      return inTurn(() => sealMaterial(secret, purpose));
    },
    unwrap({ wrappingKey, algorithm, wrapped }, key, purpose) {
      return inTurn(() => {
        using unwrapped = unwrapMaterial(openMaterial(wrappingKey), algorithm, wrapped);
        if (!unwrapped) return undefined;
        const { secret, publicKey, materialId } = readMaterial(unwrapped, key);
        using bytes = secret;
        return { sealed: sealMaterial(bytes.bytes, purpose), publicKey, materialId };
      });
    },
    share(sealed, from, to) {
      return inTurn(() => {
        using secret = unseal(sealed, from);
        return sealMaterial(secret.bytes, to);
      });
    },
    use(material, work) {
      return inTurn(() => workWith(openMaterial(material), work));
    },
    reseal(sealed) {
      return inTurn(() => {
        const { purpose = "" } = readSeal(sealed) ?? {};
        using secret = unseal(sealed, purpose);
        return sealMaterial(secret.bytes, purpose);
      });
    },
    close() {
      return inTurn(() => {
        for (const root of roots.values()) root.close();
        for (const each of [roots, keys, opened]) each.clear();
        current = undefined;
      });
    },
  };
}

interface Known {
  readonly key: CustodyKey;
  /** The custody key itself, for one `using` block. */
  readonly bytes: () => PlaintextKey;
}

interface Opened {
  readonly key: KeyObject;
  readonly sealed: Buffer;
}

/** Keeps a custody key as OpenSSL's object. */
function custodySecret({ bytes }: PlaintextKey): () => PlaintextKey {
  const key = createSecretKey(bytes);
  return () => new PlaintextKey(key.export());
}

function fromBytes(spec: KeySpec, secret: PlaintextKey): KeyObject {
  using bytes = secret;
  return materialKey(spec, bytes.bytes);
}

/** A synchronous answer as a promise, and its error, too. */
function inTurn<Result>(act: () => Result): Promise<Result> {
  return new Promise((resolve) => resolve(act()));
}

const MOST_OPEN = 64;
