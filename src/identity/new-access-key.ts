import { randomBytes } from "node:crypto";
import type { RootOfCustody } from "#custody/root.ts";
import { accessKeyId } from "#domain/identity/access-key-id.ts";
import type { AccountId } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { NewAccessKey, StoredAccessKey } from "#store/access-keys.ts";

/** An access key in clear, to be handed to whom it is for. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface NewKeyDeps {
  readonly root: RootOfCustody;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A fresh access key, ready to be stored; its secret is sealed from birth. */
export function newAccessKey(
  account: AccountId,
  owner: Pick<NewAccessKey, "kind"> & Partial<Pick<NewAccessKey, "edge" | "userId">>,
  { root, clock, ids }: NewKeyDeps,
): NewAccessKey {
  const id = accessKeyId(account, ids.hex(10));
  const secret = Buffer.from(randomBytes(30).toString("base64")); // 40 characters, as AWS's
  const sealedSecret = root.seal(secret, purpose(id));
  secret.fill(0);
  return {
    id,
    account,
    edge: null,
    userId: null,
    ...owner,
    sealedSecret,
    status: "Active",
    createdAt: clock.now().getTime(),
  };
}

/** Opens a stored key. Throws when another root of custody sealed it. */
export function openAccessKey(
  { id, sealedSecret }: Pick<StoredAccessKey, "id" | "sealedSecret">,
  { root }: Pick<NewKeyDeps, "root">,
): AccessKey {
  using secret = root.open(sealedSecret, purpose(id));
  return { accessKeyId: id, secretAccessKey: secret.bytes.toString() };
}

export const purpose = (id: string): string => `access-key:${id}`;
