import type { KeyArn } from "#domain/arn.ts";
import { servicePolicy } from "#domain/keys/key-policy.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import { SERVICE_AUTHORITY, type ServiceAlias } from "#domain/keys/service-authority.ts";
import type { Owner } from "#domain/names.ts";
import { recordIn } from "#journal/journal.ts";
import { findAliasTarget, insertAlias } from "#store/key-aliases.ts";
import { insertMasterKey } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { newKey } from "./create-key.ts";
import type { Keeping } from "./custody.ts";
import { keyAct, serviceActor } from "./key-acts.ts";
import { makeMaterial } from "./material.ts";

/** Whether `name` is the alias of a key that is made when it is first needed. */
export function isServiceAlias(name: string): name is ServiceAlias {
  return Object.hasOwn(SERVICE_AUTHORITY, name);
}

/** The AWS managed key of a service as it is when it is made. */
export function serviceKey(owner: Owner, alias: ServiceAlias, id: KeyId, deps: Keeping): MasterKey {
  const { description } = SERVICE_AUTHORITY[alias];
  return { ...newKey(owner, id, "AWS", description, deps), policy: servicePolicy(alias, owner) };
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
  const key = serviceKey(owner, alias, id, deps);
  await insertMasterKey(tx, key, await makeMaterial(deps.root, id, key.version));
  const arn = arnOf(key);
  const { service } = SERVICE_AUTHORITY[alias];
  await recordIn(tx, keyAct(serviceActor(service, owner, deps.ids), "CreateKey", { key: arn }), deps.clock);
  return arn;
}
