import { type PrincipalKind, TITLES } from "#domain/identity/entity.ts";
import { INLINE_SIZES } from "#domain/identity/limits.ts";
import { policySize } from "#domain/identity/managed-policy.ts";
import type { Caller } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  deleteInlinePolicy,
  findInlinePolicy,
  type InlinePolicy,
  inlinePoliciesSize,
  listInlinePolicies,
  putInlinePolicy,
} from "#store/iam-inline-policies.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed, held } from "./find.ts";
import { type Page, type Pages, page } from "./paging.ts";

type Owner = Pick<Caller, "account">;
type Deps = Pick<IamDeps, "store">;

/** Throws `policy-malformed`, `entity-not-found`, `iam-limit-exceeded` for more text than one may have. */
export async function putPolicy(
  kind: PrincipalKind,
  owner: string,
  { name, document }: InlinePolicy,
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  readPolicyDocument(document, "identity");
  await store.transaction().execute(async (tx) => {
    const entity = await held(tx, account, kind, owner);
    const size = policySize(document);
    const most = INLINE_SIZES[kind];
    if (size + (await inlinePoliciesSize(tx, entity.id, name)) > most) {
      const text = `Maximum policy size of ${most} bytes exceeded for ${TITLES[kind]} ${entity.name}`;
      throw new Refusal("iam-limit-exceeded", text);
    }
    await putInlinePolicy(tx, entity.id, { name, document, size });
  });
}

/** Throws `entity-not-found`. */
export async function readPolicy(
  kind: PrincipalKind,
  owner: string,
  name: string,
  { account }: Owner,
  { store }: Deps,
): Promise<InlinePolicy & { readonly owner: string }> {
  const entity = await entityNamed(store, account, kind, owner);
  const policy = await findInlinePolicy(store, entity.id, name);
  if (!policy) throw notThere(kind, name);
  return { ...policy, owner: entity.name };
}

/** Throws `entity-not-found`. */
export async function deletePolicy(
  kind: PrincipalKind,
  owner: string,
  name: string,
  { account }: Owner,
  { store }: Deps,
): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { id } = await held(tx, account, kind, owner);
    if (!(await deleteInlinePolicy(tx, id, name))) throw notThere(kind, name);
  });
}

/** Throws `entity-not-found`, `marker-invalid`. */
export async function policiesPage(
  kind: PrincipalKind,
  owner: string,
  pages: Pages,
  { account }: Owner,
  { store }: Deps,
): Promise<Page<InlinePolicy>> {
  const { id } = await entityNamed(store, account, kind, owner);
  return page(
    pages,
    `policies ${id}`,
    ({ name }) => name,
    (after, limit) => listInlinePolicies(store, id, after, limit),
  );
}

function notThere(kind: PrincipalKind, name: string): Refusal {
  return new Refusal("entity-not-found", `The ${TITLES[kind]} policy with name ${name} cannot be found.`);
}
