import { randomBytes } from "node:crypto";
import type { Clock } from "#lib/clock.ts";
import { type CustodyRoot, findCustodyRoot, insertCustodyRoot } from "#store/custody-roots.ts";
import type { Store } from "#store/store.ts";
import { keyFileRoot, passphraseRoot, type RootOfCustody, WrongRoot } from "./root.ts";

/** What the operator keeps the root of custody in. */
export type RootSecret =
  | { readonly kind: "key-file"; readonly bytes: Uint8Array }
  | { readonly kind: "passphrase"; readonly bytes: Uint8Array };

/**
 * The root of custody of this store. A new store remembers its first root; later only that one opens it, so that a wrong
 * key file or passphrase ends the start, instead of sealing keys that nobody can open together.
 */
export async function openRoot(
  secret: RootSecret,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<RootOfCustody> {
  const known = (await findCustodyRoot(store)) ?? (await foundRoot(secret, { store, clock }));
  const passphrase = secret.kind === "passphrase";
  if (passphrase !== (known.salt !== undefined)) {
    throw new Error(
      `the keys of this store are sealed under a ${passphrase ? "key file" : "passphrase"}, not a ${passphrase ? "passphrase" : "key file"}`,
    );
  }
  const root = rootFrom(secret, known.salt);
  if (root.fingerprint !== known.fingerprint) throw new WrongRoot(known.fingerprint, root.fingerprint);
  return root;
}

async function foundRoot(
  secret: RootSecret,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<CustodyRoot> {
  const salt = secret.kind === "passphrase" ? randomBytes(SALT) : undefined;
  const { fingerprint } = rootFrom(secret, salt);
  await insertCustodyRoot(store, { fingerprint, salt }, clock.now());
  const first = await findCustodyRoot(store);
  if (!first) throw new Error("the store lost the root of custody that was just noted");
  return first;
}

function rootFrom(secret: RootSecret, salt: Uint8Array | undefined): RootOfCustody {
  return salt ? passphraseRoot(secret.bytes, salt) : keyFileRoot(secret.bytes);
}

const SALT = 16;
