import { type PrincipalKind, TITLES } from "#domain/identity/entity.ts";
import { IAM_LIMITS } from "#domain/identity/limits.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  type Attached,
  attachedTo,
  boundedBy,
  deleteAttachment,
  insertAttachment,
  listAttachments,
  type PolicyUser,
} from "#store/iam-attachments.ts";
import { policiesByArn } from "#store/iam-policies.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed, held } from "./find.ts";
import { policyOf } from "./managed-policies.ts";
import { type Page, type Pages, page } from "./paging.ts";
import { beginUse, checkPolicyArn, endUse } from "./usable-policy.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** Attaches a managed policy; one that is attached already stays. Throws `entity-not-found`, `iam-limit-exceeded`. */
export async function attachPolicy(
  kind: PrincipalKind,
  name: string,
  arn: string,
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  checkPolicyArn(arn);
  await store.transaction().execute(async (tx) => {
    const entity = await held(tx, account, kind, name);
    const attached = await listAttachments(tx, entity.id);
    if (attached.some((policy) => policy.arn === arn)) return;
    const policyName = await beginUse(tx, account, arn, "attachments");
    if (attached.length >= IAM_LIMITS.attachedPolicies) {
      const text = `Cannot exceed quota for PoliciesPer${capital(kind)}: ${IAM_LIMITS.attachedPolicies}`;
      throw new Refusal("iam-limit-exceeded", text);
    }
    await insertAttachment(tx, entity, { arn, name: policyName });
  });
}

/** Throws `entity-not-found`, also for a policy that is not attached. */
export async function detachPolicy(
  kind: PrincipalKind,
  name: string,
  arn: string,
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  checkPolicyArn(arn);
  await store.transaction().execute(async (tx) => {
    const { id } = await held(tx, account, kind, name);
    if (!(await deleteAttachment(tx, id, arn))) {
      throw new Refusal("entity-not-found", `Policy ${arn} was not found.`);
    }
    await endUse(tx, account, arn, "attachments");
  });
}

/** The managed policies of a user, group or role whose path begins with a prefix. Throws `entity-not-found`, `marker-invalid`. */
export async function attachedPolicies(
  kind: PrincipalKind,
  name: string,
  prefix: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<Attached>> {
  const { id } = await entityNamed(store, account, kind, name);
  return await page(
    pages,
    `attached ${id}`,
    ({ arn }) => arn,
    async (after, limit) => {
      // There are ten at most: all are read, so that a page is as full as it can be.
      const attached = await listAttachments(store, id, after);
      if (prefix === "/") return attached.slice(0, limit);
      const policies = await policiesByArn(
        store,
        account,
        attached.map(({ arn }) => arn),
      );
      const within = new Set(policies.filter(({ path }) => path.startsWith(prefix)).map(({ arn }) => arn));
      return attached.filter(({ arn }) => within.has(arn)).slice(0, limit);
    },
  );
}

/** Whom of whose uses of a policy is asked for. */
export interface UserQuery {
  readonly kind: PrincipalKind | undefined;
  readonly prefix: string;
  readonly use: "attachments" | "boundaries" | undefined;
}

/** Who uses a managed policy: whom it is attached to, then whom it bounds. Throws `entity-not-found`, `marker-invalid`. */
export async function policyUsers(
  arn: string,
  { kind, prefix, use }: UserQuery,
  pages: Pages,
  caller: Owner,
  deps: Deps,
): Promise<Page<PolicyUser>> {
  await policyOf(arn, caller, deps);
  const { account } = caller;
  const parts = PARTS.filter((part) => (kind ?? part.kind) === part.kind && (use ?? part.use) === part.use);
  const found = await page<PolicyUser & { readonly place: string }>(
    pages,
    `users ${arn}`,
    ({ place }) => place,
    async (after, limit) => {
      const [, partAfter = "", itemAfter = ""] = /^(\d):(.*)$/s.exec(after) ?? [];
      const users: (PolicyUser & { readonly place: string })[] = [];
      for (const { number, use: used, kind: of } of parts) {
        if (partAfter !== "" && number < Number(partAfter)) continue;
        const from = number === Number(partAfter || "-1") ? itemAfter : "";
        const rows =
          used === "attachments"
            ? (await attachedTo(deps.store, account, arn, of, from, limit)).map((row) => ({ ...row, place: row.id }))
            : await boundedBy(deps.store, account, arn, of, from, limit);
        users.push(...rows.map((row) => ({ ...row, place: `${number}:${row.place}` })));
        if (users.length >= limit) break;
      }
      return users.slice(0, limit);
    },
  );
  return { ...found, items: found.items.filter(({ path }) => path.startsWith(prefix)) };
}

const capital = (kind: PrincipalKind): string => TITLES[kind].charAt(0).toUpperCase() + TITLES[kind].slice(1);

const PARTS = (["attachments", "boundaries"] as const)
  .flatMap((use) => (["group", "role", "user"] as const).map((kind) => ({ use, kind })))
  .filter(({ use, kind }) => use === "attachments" || kind !== "group")
  .map((part, number) => ({ ...part, number }));
