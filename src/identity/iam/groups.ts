import type { Entity } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { entitiesById, placeOf } from "#store/iam-entities.ts";
import { deleteMember, groupsOf, insertMember, membersOf } from "#store/iam-members.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed, held } from "./find.ts";
import { type Page, type Pages, page, pageOf } from "./paging.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** Puts a user into a group; one who is in it already stays. Throws `entity-not-found`, `iam-limit-exceeded`. */
export async function addToGroup(user: string, group: string, { account }: Owner, { store }: Deps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const member = await held(tx, account, "user", user);
    const into = await held(tx, account, "group", group);
    const groups = await groupsOf(tx, member.id);
    if (!groups.includes(into.id) && groups.length >= IAM_LIMITS.groupsPerUser) {
      throw new Refusal("iam-limit-exceeded", `Cannot exceed quota for GroupsPerUser: ${IAM_LIMITS.groupsPerUser}`);
    }
    await insertMember(tx, member, into);
  });
}

/** Throws `entity-not-found`; a user who is not in the group is no error, as with AWS. */
export async function removeFromGroup(user: string, group: string, { account }: Owner, { store }: Deps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const member = await held(tx, account, "user", user);
    const from = await held(tx, account, "group", group);
    await deleteMember(tx, member.id, from.id);
  });
}

/** The groups of a user: ten at most. Throws `entity-not-found`, `marker-invalid`. */
export async function groupsPage(
  user: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<Entity>> {
  const { id } = await entityNamed(store, account, "user", user);
  const groups = await entitiesById(store, await groupsOf(store, id));
  const place = ({ path, name }: Entity): string => placeOf(path, name);
  const sorted = groups.toSorted((a, b) => (place(a) < place(b) ? -1 : 1));
  return await pageOf(pages, `groups ${id}`, sorted, place);
}

/** A group with one page of its users. Throws `entity-not-found`, `marker-invalid`. */
export async function groupWithUsers(
  name: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<{ readonly group: Entity; readonly users: Page<Entity> }> {
  const group = await entityNamed(store, account, "group", name);
  const members = await page<{ readonly id: string; readonly place: string }>(
    pages,
    `members ${group.id}`,
    ({ place }) => place,
    (after, limit) => membersOf(store, group.id, after, limit),
  );
  const found = await entitiesById(
    store,
    members.items.map(({ id }) => id),
  );
  const users = members.items.flatMap(({ id }) => found.filter((user) => user.id === id));
  return { group, users: { items: users, nextMarker: members.nextMarker } };
}
