import type { KeyArn } from "#domain/arn.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import type { Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { findAliasTarget, insertAlias } from "#store/key-aliases.ts";
import { insertMasterKey } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { newKey } from "./create-key.ts";
import type { Keeping } from "./custody.ts";
import { certificateManager, keyAct } from "./key-acts.ts";
import { makeMaterial } from "./material.ts";

/** The keys that KMS manages for services, and what they are for. */
export type ServiceAlias = "alias/aws/acm" | "alias/aws/elasticloadbalancing";

/** Whether `name` is the alias of a key that is made when it is first needed. */
export function isServiceAlias(name: string): name is ServiceAlias {
  return Object.hasOwn(SERVICE_KEYS, name);
}

/**
 * The AWS managed key of a service in an account and region. It is made on first use; of several transactions that do
 * so at once, the first makes it and the others wait for it.
 */
export async function ensureServiceKey(tx: Tx, owner: Owner, alias: ServiceAlias, deps: Keeping): Promise<KeyArn> {
  const known = await findAliasTarget(tx, owner, alias);
  if (known) return arnOf({ ...owner, id: known });
  const id = deps.ids.uuid() as KeyId;
  const first = await insertAlias(tx, owner, alias, id, deps.clock.now());
  if (!first) return await ensureServiceKey(tx, owner, alias, deps);
  const key = newKey(owner, id, "AWS", SERVICE_KEYS[alias], deps);
  await insertMasterKey(tx, key, await makeMaterial(deps.root, id, key.version));
  const arn = arnOf(key);
  await recordIn(tx, keyAct(certificateManager(owner, deps.ids), "CreateKey", { key: arn }), deps.clock);
  return arn;
}

const SERVICE_KEYS: Readonly<Record<ServiceAlias, string>> = {
  "alias/aws/acm": "Default key that protects my ACM private keys when no other key is defined",
  "alias/aws/elasticloadbalancing": "Default key that protects the client secrets of my listener rules",
};
