import type { EntityKind } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { listKeysOf } from "#store/access-keys.ts";
import { listAttachments } from "#store/iam-attachments.ts";
import { count } from "#store/iam-counts.ts";
import { removeEntity } from "#store/iam-entities.ts";
import { listInlinePolicies } from "#store/iam-inline-policies.ts";
import { groupsOf, membersOf, profilesOfRole, rolesOfProfiles } from "#store/iam-members.ts";
import type { Tx } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import { held } from "./find.ts";
import { endUse } from "./usable-policy.ts";

/** Removes a user, group, role or instance profile that nothing hangs on any more. Throws `entity-not-found`, `entity-in-use`. */
export async function deleteEntity(
  kind: EntityKind,
  name: string,
  { account }: Pick<Caller, "account">,
  { store }: Pick<IamDeps, "store">,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { id, boundary } = await held(tx, account, kind, name);
    for (const { hangs, first } of HANGING[kind]) {
      if (await hangs(tx, id)) throw new Refusal("entity-in-use", `Cannot delete entity, must ${first} first.`);
    }
    await removeEntity(tx, id);
    if (boundary !== undefined) await endUse(tx, account, boundary, "boundaries");
    await count(tx, account, kind, -1);
  });
}

interface Hanging {
  readonly hangs: (tx: Tx, id: string) => Promise<boolean>;
  /** What is to be done first. */
  readonly first: string;
}

const INLINE: Hanging = {
  hangs: async (tx, id) => (await listInlinePolicies(tx, id, "", 1)).length > 0,
  first: "delete policies",
};
const ATTACHED: Hanging = {
  hangs: async (tx, id) => (await listAttachments(tx, id, "", 1)).length > 0,
  first: "detach all policies",
};
const KEYS: Hanging = {
  hangs: async (tx, userId) => (await listKeysOf(tx, { userId })).length > 0,
  first: "delete access keys",
};
const IN_GROUPS: Hanging = {
  hangs: async (tx, id) => (await groupsOf(tx, id)).length > 0,
  first: "remove user from all groups",
};
const MEMBERS: Hanging = {
  hangs: async (tx, id) => (await membersOf(tx, id, "", 1)).length > 0,
  first: "remove users from group",
};
const IN_PROFILES: Hanging = {
  hangs: async (tx, id) => (await profilesOfRole(tx, id)).length > 0,
  first: "remove roles from instance profile",
};
const HAS_ROLE: Hanging = {
  hangs: async (tx, id) => (await rolesOfProfiles(tx, [id])).length > 0,
  first: "remove roles from instance profile",
};

const HANGING: Readonly<Record<EntityKind, readonly Hanging[]>> = {
  user: [KEYS, INLINE, ATTACHED, IN_GROUPS],
  group: [MEMBERS, INLINE, ATTACHED],
  role: [IN_PROFILES, INLINE, ATTACHED],
  "instance-profile": [HAS_ROLE],
};
