import type { Clock } from "#lib/clock.ts";
import type { Store } from "#store/store.ts";
import { openKeyRing } from "./key-ring.ts";
import { localVault } from "./local-vault.ts";
import type { RootOfCustody } from "./root.ts";
import { keyFileRootOf, passphraseRootOf } from "./wrapping-root.ts";

/** What the operator keeps the root of custody in, where it is bytes. */
export interface RootSecret {
  readonly kind: "key-file" | "passphrase";
  readonly bytes: Uint8Array;
}

/** The root of custody of this store, its vault in this process: for tools and tests. */
export async function openRoot(
  { kind, bytes }: RootSecret,
  deps: { readonly store: Store; readonly clock: Clock },
): Promise<RootOfCustody> {
  const secret = Buffer.from(bytes);
  const open = (salt: Uint8Array | undefined) => (salt ? passphraseRootOf(secret, salt) : keyFileRootOf(secret));
  const vault = localVault([open]);
  const { root } = await openKeyRing(kind, { ...deps, vault });
  return root;
}
