import type { EntityKind } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import { changeRole, moveEntity, setBoundary, setTrustPolicy } from "#store/iam-entities.ts";
import { existing } from "./create-entity.ts";
import type { IamDeps } from "./deps.ts";
import { held } from "./find.ts";
import { addTags, type IamTag, removeTags } from "./tags.ts";
import { readTrustPolicy } from "./trust-policy.ts";
import { beginUse, checkPolicyArn, endUse } from "./usable-policy.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** Gives a user or group another name or path. Throws `entity-not-found`, `entity-exists`. */
export async function renameEntity(
  kind: "user" | "group",
  name: string,
  { newName, newPath }: { readonly newName: string | undefined; readonly newPath: string | undefined },
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const entity = await held(tx, account, kind, name);
    const moved = { ...entity, name: newName ?? entity.name, path: newPath ?? entity.path };
    if (!(await moveEntity(tx, moved))) throw existing(kind, moved.name);
  });
}

/** Changes what is not undefined of a role. Throws `entity-not-found`. */
export async function updateRole(
  name: string,
  { description, maxSessionDuration }: { readonly description?: string; readonly maxSessionDuration?: number },
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { id } = await held(tx, account, "role", name);
    await changeRole(tx, id, {
      ...(description === undefined ? {} : { description }),
      ...(maxSessionDuration === undefined ? {} : { maxSessionDuration }),
    });
  });
}

/** Says anew who may assume a role. Throws `entity-not-found`, `policy-malformed`, `iam-limit-exceeded`. */
export async function updateTrustPolicy(
  name: string,
  trustPolicy: string,
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { id } = await held(tx, account, "role", name);
    await setTrustPolicy(tx, id, await readTrustPolicy(trustPolicy, name, tx));
  });
}

/** Bounds what a user or role may do by a managed policy, or no longer. Throws `entity-not-found`. */
export async function changeBoundary(
  kind: "user" | "role",
  name: string,
  boundary: string | undefined,
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  if (boundary !== undefined) checkPolicyArn(boundary);
  await store.transaction().execute(async (tx) => {
    const { id, boundary: former } = await held(tx, account, kind, name);
    if (former === boundary) return;
    // In one order, whoever else changes these policies: two that waited for each other would never end.
    for (const arn of [former, boundary].filter((one) => one !== undefined).toSorted(byText)) {
      await (arn === boundary ? beginUse : endUse)(tx, account, arn, "boundaries");
    }
    await setBoundary(tx, id, boundary);
  });
}

/** Throws `entity-not-found`, and what `addTags` throws. */
export async function tagEntity(
  kind: EntityKind,
  name: string,
  tags: readonly IamTag[],
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => addTags(tx, (await held(tx, account, kind, name)).id, tags));
}

/** Throws `entity-not-found`. */
export async function untagEntity(
  kind: EntityKind,
  name: string,
  keys: readonly string[],
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => removeTags(tx, (await held(tx, account, kind, name)).id, keys));
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);
