import type { Entity, Role } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { entitiesById, findRole, listEntities, placeOf } from "#store/iam-entities.ts";
import { deleteProfileRole, insertProfileRole, profilesOfRole, rolesOfProfiles } from "#store/iam-members.ts";
import { listIamTags } from "#store/iam-tags.ts";
import type { Db } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed, held } from "./find.ts";
import { type Page, type Pages, page } from "./paging.ts";
import type { IamTag } from "./tags.ts";
import { withShownTrust } from "./trust-policy.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** What an EC2 instance would get its role by. */
export interface InstanceProfile extends Entity {
  readonly role: Role | undefined;
}

/** Throws `entity-not-found`, `iam-limit-exceeded` when it has a role already. */
export async function addRole(profile: string, role: string, { account }: Owner, { store }: Deps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { id: roleId } = await held(tx, account, "role", role);
    const { id } = await held(tx, account, "instance-profile", profile);
    if (!(await insertProfileRole(tx, id, roleId))) {
      throw new Refusal("iam-limit-exceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
    }
  });
}

/** Throws `entity-not-found`, also for a role that is not in it. */
export async function removeRole(profile: string, role: string, { account }: Owner, { store }: Deps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { id: roleId } = await held(tx, account, "role", role);
    const { id } = await held(tx, account, "instance-profile", profile);
    if (!(await deleteProfileRole(tx, id, roleId))) {
      throw new Refusal(
        "entity-not-found",
        `The role with name ${role} cannot be found in instance profile ${profile}.`,
      );
    }
  });
}

/** Throws `entity-not-found`. */
export async function instanceProfile(
  name: string,
  { account }: Owner,
  { store }: Deps,
): Promise<InstanceProfile & { readonly tags: readonly IamTag[] }> {
  const profile = await entityNamed(store, account, "instance-profile", name);
  const [filled = { ...profile, role: undefined }] = await withRoles(store, [profile]);
  return { ...filled, tags: await listIamTags(store, profile.id) };
}

/** Throws `marker-invalid`. */
export async function profilesPage(
  prefix: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<InstanceProfile>> {
  const found = await page<Entity>(
    pages,
    `profiles ${prefix}`,
    ({ path, name }) => placeOf(path, name),
    (after, limit) => listEntities(store, "instance-profile", { account, prefix, after, limit }),
  );
  return { ...found, items: await withRoles(store, found.items) };
}

/** Throws `entity-not-found`, `marker-invalid`. */
export async function profilesWithRole(
  role: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<InstanceProfile>> {
  const { id } = await entityNamed(store, account, "role", role);
  const found = await page<string>(
    pages,
    `profiles of ${id}`,
    (profile) => profile,
    (after, limit) => profilesOfRole(store, id, after, limit),
  );
  return { ...found, items: await withRoles(store, await entitiesById(store, found.items)) };
}

async function withRoles(db: Db, profiles: readonly Entity[]): Promise<readonly InstanceProfile[]> {
  const links = await rolesOfProfiles(
    db,
    profiles.map(({ id }) => id),
  );
  const entities = await entitiesById(db, [...new Set(links.map(({ roleId }) => roleId))]);
  const found = await Promise.all(entities.map(({ account, name }) => findRole(db, account, name)));
  const roles = await withShownTrust(
    db,
    found.filter((role) => role !== undefined),
  );
  return profiles.map((profile) => {
    const roleId = links.find(({ profileId }) => profileId === profile.id)?.roleId;
    return { ...profile, role: roles.find((role) => role.id === roleId) };
  });
}
