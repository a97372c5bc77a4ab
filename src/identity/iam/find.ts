import { type Entity, type EntityKind, type Role, TITLES } from "#domain/identity/entity.ts";
import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { findEntity, findRole, holdEntity } from "#store/iam-entities.ts";
import type { Db, Tx } from "#store/store.ts";

/** Throws `entity-not-found`. */
export async function entityNamed(db: Db, account: AccountId, kind: EntityKind, name: string): Promise<Entity> {
  return (await findEntity(db, account, kind, name)) ?? notThere(kind, name);
}

/** Throws `entity-not-found`. */
export async function roleNamed(db: Db, account: AccountId, name: string): Promise<Role> {
  return (await findRole(db, account, name)) ?? notThere("role", name);
}

/** Holds an entity to the end of the transaction. Throws `entity-not-found`. */
export async function held(tx: Tx, account: AccountId, kind: EntityKind, name: string): Promise<Entity> {
  return (await holdEntity(tx, account, kind, name)) ?? notThere(kind, name);
}

function notThere(kind: EntityKind, name: string): never {
  const text =
    kind === "instance-profile"
      ? `Instance Profile ${name} cannot be found.`
      : `The ${TITLES[kind]} with name ${name} cannot be found.`;
  throw new Refusal("entity-not-found", text);
}
