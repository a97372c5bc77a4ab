import type { Entity, EntityKind, Role } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import { listEntities, listRoles, placeOf } from "#store/iam-entities.ts";
import { listIamTags } from "#store/iam-tags.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed, roleNamed } from "./find.ts";
import { type Page, type Pages, page } from "./paging.ts";
import { type IamTag, tagsPage } from "./tags.ts";
import { withShownTrust } from "./trust-policy.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** Those whose path begins with a prefix. Throws `marker-invalid`. */
export function entitiesPage(
  kind: Exclude<EntityKind, "role">,
  prefix: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<Entity>> {
  return page(pages, `${kind} ${prefix}`, placeOfEntity, (after, limit) =>
    listEntities(store, kind, { account, prefix, after, limit }),
  );
}

/** Throws `marker-invalid`. */
export function rolesPage(prefix: string, pages: Pages, { account }: Owner, { store }: Deps): Promise<Page<Role>> {
  return page(pages, `role ${prefix}`, placeOfEntity, async (after, limit) =>
    withShownTrust(store, await listRoles(store, { account, prefix, after, limit })),
  );
}

/** Throws `entity-not-found`. */
export async function findTagged(
  kind: EntityKind,
  name: string,
  { account }: Owner,
  { store }: Deps,
): Promise<Entity & { readonly tags: readonly IamTag[] }> {
  const entity = await entityNamed(store, account, kind, name);
  return { ...entity, tags: await listIamTags(store, entity.id) };
}

/** Throws `entity-not-found`. */
export async function findTaggedRole(
  name: string,
  { account }: Owner,
  { store }: Deps,
): Promise<Role & { readonly tags: readonly IamTag[] }> {
  const found = await roleNamed(store, account, name);
  const [role = found] = await withShownTrust(store, [found]);
  return { ...role, tags: await listIamTags(store, role.id) };
}

/** Throws `entity-not-found`, `marker-invalid`. */
export async function entityTags(
  kind: EntityKind,
  name: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<IamTag>> {
  return tagsPage(store, (await entityNamed(store, account, kind, name)).id, pages);
}

const placeOfEntity = ({ path, name }: Entity): string => placeOf(path, name);
