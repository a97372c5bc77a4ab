import type { RootOfCustody } from "#custody/root.ts";
import { keyMadeAct } from "#custody/sealed-key-acts.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { findInstanceSecret, insertInstanceSecret } from "#store/instance-secrets.ts";
import { type Db, inTransaction } from "#store/store.ts";

export interface SecretDeps {
  readonly root: RootOfCustody;
  readonly ids: Ids;
  readonly clock: Clock;
}

/**
 * A secret of this installation: 32 random bytes, made at the first use of its name and the same for ever after, on
 * every node. It is kept sealed by the root of custody.
 */
export async function instanceSecret(
  db: Db,
  name: "acme-nonces" | "approval-tokens" | "page-tokens" | "trust-store-links" | "validation-records",
  { root, ids, clock }: SecretDeps,
): Promise<PlaintextKey> {
  const purpose = `secret:${name}`;
  const known = await findInstanceSecret(db, name);
  if (known) return root.open(known, purpose);
  const sealed = root.seal(Buffer.from(ids.hex(SECRET_BYTES), "hex"), purpose);
  await inTransaction(db, async (tx) => {
    if (await insertInstanceSecret(tx, name, sealed)) await recordIn(tx, keyMadeAct({ sealed }), clock);
  });
  // Another node may have been first: what is read back is what all use.
  const kept = await findInstanceSecret(db, name);
  if (!kept) throw new Error(`the instance secret ${name} was not kept`);
  return root.open(kept, purpose);
}

const SECRET_BYTES = 32;
