import { parseArn } from "#domain/arn.ts";
import type { StoredGrant } from "#domain/keys/grant.ts";
import { checkPrincipal } from "#domain/keys/grant-parameters.ts";
import { PAGE_SIZES } from "#domain/keys/limits.ts";
import { type Page, type PageRequest, readPage, toPage } from "#domain/keys/marker.ts";
import type { KeyAlias, KeyTag } from "#domain/keys/master-key.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { listGrants, listRetirableGrants } from "#store/grants.ts";
import { listAliases } from "#store/key-aliases.ts";
import { listKeyTags } from "#store/key-tags.ts";
import { listMasterKeyIds } from "#store/master-keys.ts";
import { bindPrincipal, showGrants } from "./bound-principals.ts";
import type { Custody } from "./custody.ts";
import { checkGrantId } from "./grant-operations.ts";
import { seeKey } from "./see-key.ts";

type ListDeps = Pick<Custody, "store" | "root">;

/** The ids of the caller's keys in its region, those that KMS manages included. */
export async function pageOfKeys(
  request: PageRequest,
  caller: Caller,
  { store }: Pick<Custody, "store">,
): Promise<Page<KeyId>> {
  const { after, limit } = readPage(request, "keys", PAGE_SIZES.keys);
  const rows = await listMasterKeyIds(store, caller, after, limit + 1);
  return toPage(
    rows.map(({ id }) => id as KeyId),
    "keys",
    limit,
    (id) => id,
  );
}

/** The caller's aliases in its region, or those of one key. */
export async function pageOfAliases(
  request: PageRequest & { readonly keyId: string | undefined },
  caller: Caller,
  deps: ListDeps,
): Promise<Page<KeyAlias>> {
  const { after, limit } = readPage(request, "aliases", PAGE_SIZES.aliases);
  const key = request.keyId === undefined ? undefined : await seeKey("ListAliases", request.keyId, caller, deps);
  const rows = await listAliases(deps.store, caller, { keyId: key?.id, after, limit: limit + 1 });
  return toPage(rows, "aliases", limit, ({ name }) => name);
}

/** A key's grants: all, those to one grantee, or the one with this id. */
export async function pageOfGrants(
  request: PageRequest & {
    readonly keyId: string;
    readonly grantId: string | undefined;
    readonly granteePrincipal: string | undefined;
  },
  caller: Caller,
  deps: ListDeps,
): Promise<Page<StoredGrant>> {
  const { after, limit } = readPage(request, "grants", PAGE_SIZES.grants);
  if (request.grantId !== undefined) checkGrantId(request.grantId);
  const key = await seeKey("ListGrants", request.keyId, caller, deps);
  const { granteePrincipal: named } = request;
  const granteePrincipal = named && ((await bindPrincipal(deps.store, named)) ?? named);
  const rows = await listGrants(deps.store, key.id, { ...request, granteePrincipal, after, limit: limit + 1 });
  return toPage(await showGrants(deps.store, rows), "grants", limit, ({ id }) => id);
}

/** The grants on the caller's keys in its region that one of its principals may retire. */
export async function pageOfRetirableGrants(
  request: PageRequest & { readonly retiringPrincipal: string },
  caller: Caller,
  { store }: Pick<Custody, "store">,
): Promise<Page<StoredGrant>> {
  const { retiringPrincipal } = request;
  const { after, limit } = readPage(request, "retirable", PAGE_SIZES.grants);
  if (!isService(retiringPrincipal)) {
    checkPrincipal(retiringPrincipal);
    if (parseArn(retiringPrincipal)?.account !== caller.account) throw notOwn(retiringPrincipal, caller);
  }
  const bound = (await bindPrincipal(store, retiringPrincipal)) ?? retiringPrincipal;
  const rows = await listRetirableGrants(store, caller, bound, after, limit + 1);
  return toPage(await showGrants(store, rows), "retirable", limit, ({ id }) => id);
}

/** A key's tags. */
export async function pageOfTags(
  request: PageRequest & { readonly keyId: string },
  caller: Caller,
  deps: ListDeps,
): Promise<Page<KeyTag>> {
  const { after, limit } = readPage(request, "tags", PAGE_SIZES.tags);
  const key = await seeKey("ListResourceTags", request.keyId, caller, deps);
  const rows = await listKeyTags(deps.store, key.id, after, limit + 1);
  return toPage(rows, "tags", limit, ({ key: tag }) => tag);
}

function notOwn(principal: string, caller: Caller): Refusal {
  return new Refusal(
    "key-access-denied",
    `User: ${caller.arn} is not authorized to perform: kms:ListRetirableGrants for ${principal}, which is no principal of ` +
      `account ${caller.account}`,
  );
}

/** A service is nobody's in particular: an account sees what services may retire of its own. */
const isService = (principal: string): boolean => /^[a-z0-9.-]+\.amazonaws\.com$/.test(principal);
