import type { Entity, EntityKind, PrincipalKind, Role } from "#domain/identity/entity.ts";
import type { ManagedPolicy, PolicyVersion } from "#domain/identity/managed-policy.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import { type Attached, listAttachments } from "#store/iam-attachments.ts";
import { entitiesById, findEntityById, listEntities, listRoles, placeOf } from "#store/iam-entities.ts";
import { type InlinePolicy, listInlinePolicies } from "#store/iam-inline-policies.ts";
import { groupsOf, profilesOfRole } from "#store/iam-members.ts";
import { listPolicies } from "#store/iam-policies.ts";
import { listIamTags } from "#store/iam-tags.ts";
import type { Db } from "#store/store.ts";
import type { IamDeps } from "./deps.ts";
import { versionsOf } from "./managed-policies.ts";
import { type Page, type Pages, page } from "./paging.ts";
import type { IamTag } from "./tags.ts";
import { withShownTrust } from "./trust-policy.ts";

/** What GetAccountAuthorizationDetails tells of, in its order. */
export const DETAIL_KINDS = ["user", "group", "role", "Local", "AWS"] as const;
export type DetailKind = (typeof DETAIL_KINDS)[number];

/** One user, group or role with all that it may do, or one managed policy with its versions. */
export type Detail =
  | {
      readonly kind: PrincipalKind;
      readonly entity: Entity | Role;
      readonly inline: readonly InlinePolicy[];
      readonly attached: readonly Attached[];
      readonly tags: readonly IamTag[];
      /** Of a user. */
      readonly groups: readonly string[];
      /** Of a role. */
      readonly profiles: readonly Entity[];
    }
  | { readonly kind: "Local" | "AWS"; readonly policy: ManagedPolicy; readonly versions: readonly PolicyVersion[] };

/** Users, groups, roles and managed policies (of AWS's those that are used), page by page. Throws `marker-invalid`. */
export async function authorizationDetails(
  kinds: readonly DetailKind[],
  pages: Pages,
  caller: Pick<Caller, "account">,
  deps: Pick<IamDeps, "store">,
): Promise<Page<Detail>> {
  const found = await page<Found>(
    pages,
    "details",
    ({ place }) => place,
    async (after, limit) => {
      const [, number = "0", place = ""] = /^(\d):(.*)$/s.exec(after) ?? [];
      const items: Found[] = [];
      for (const [index, kind] of DETAIL_KINDS.entries()) {
        if (index < Number(number) || !kinds.includes(kind)) continue;
        const rest = limit - items.length;
        if (rest <= 0) break;
        const from = index === Number(number) ? place : "";
        const rows = await list(deps.store, kind, caller.account, from, rest);
        items.push(...rows.map((row) => ({ ...row, place: `${index}:${placeOfListed(row)}` })));
      }
      return items;
    },
  );
  const items: Detail[] = [];
  for (const one of found.items) {
    if ("policy" in one) items.push({ ...one, versions: await versionsOf(one.policy.arn, caller, deps) });
    else items.push(await principalDetail(deps.store, one.kind, one.entity));
  }
  return { ...found, items };
}

type Found = Listed & { readonly place: string };
type Listed =
  | { readonly kind: PrincipalKind; readonly entity: Entity | Role }
  | { readonly kind: "Local" | "AWS"; readonly policy: ManagedPolicy };

function placeOfListed(listed: Listed): string {
  const { path, name } = "policy" in listed ? listed.policy : listed.entity;
  return placeOf(path, name);
}

async function list(
  db: Db,
  kind: DetailKind,
  account: AccountId,
  after: string,
  limit: number,
): Promise<readonly Listed[]> {
  const part = { account, prefix: "/", after, limit };
  if (kind === "Local" || kind === "AWS") {
    const policies = await listPolicies(db, kind, part, kind === "AWS" ? "attachments" : undefined);
    return policies.map((policy) => ({ kind, policy }));
  }
  const entities =
    kind === "role"
      ? await withShownTrust(db, await listRoles(db, part))
      : await listEntities(db, kind satisfies EntityKind, part);
  return entities.map((entity) => ({ kind, entity }));
}

async function principalDetail(db: Db, kind: PrincipalKind, entity: Entity | Role): Promise<Detail> {
  const { id } = entity;
  const groups = kind === "user" ? await entitiesById(db, await groupsOf(db, id)) : [];
  const profiles = kind === "role" ? await profilesOfRole(db, id, "", MOST_PROFILES) : [];
  return {
    kind,
    entity,
    inline: await listInlinePolicies(db, id, "", MOST_POLICIES),
    attached: await listAttachments(db, id),
    tags: await listIamTags(db, id),
    groups: groups.map(({ name }) => name).toSorted(),
    profiles: (await Promise.all(profiles.map((profile) => findEntityById(db, profile)))).filter(
      (profile) => profile !== undefined,
    ),
  };
}

/** More than their sizes let anybody have. */
const MOST_POLICIES = 1000;
const MOST_PROFILES = 1000;
