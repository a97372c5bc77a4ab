import { type KeyArn, rootArn } from "#domain/arn.ts";
import { judgeRetirement, mayPassOn } from "#domain/keys/authorization.ts";
import type { Grant, StoredGrant } from "#domain/keys/grant.ts";
import {
  checkConstrainable,
  checkPrincipal,
  type GrantConstraints,
  readConstraint,
  readOperations,
} from "#domain/keys/grant-parameters.ts";
import { grantFacts } from "#domain/keys/key-facts.ts";
import { KEY_LIMITS } from "#domain/keys/limits.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { deleteGrant, findGrant, hasGrants } from "#store/grants.ts";
import type { Db } from "#store/store.ts";
import { authorize, denied, factsAbout } from "./authorize.ts";
import { bindPrincipal, showGrants } from "./bound-principals.ts";
import { heldKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { findKey } from "./find-key.ts";
import { readGrantToken } from "./grant-tokens.ts";
import { type GrantHandle, grantDetail, storeGrant } from "./grants.ts";
import { inTrails, keyAct } from "./key-acts.ts";
import { dryRun } from "./use-key.ts";

type GrantChangeDeps = Pick<Custody, "store" | "clock" | "ids" | "root">;
type GrantEndDeps = GrantChangeDeps & Pick<Custody, "onGrantEnded">;

/** CreateGrant as a caller asks for it. */
export interface GrantOrder {
  readonly keyId: string;
  readonly granteePrincipal: string;
  readonly retiringPrincipal: string | undefined;
  readonly operations: readonly string[];
  readonly constraints: GrantConstraints | undefined;
  readonly name: string | undefined;
  readonly grantTokens: readonly string[];
  readonly dryRun: boolean;
}

/** Which grant: by its token, or by its key and id. */
export type GrantName = { readonly token: string } | { readonly keyId: string; readonly grantId: string };

/** Lets somebody else use a key, as far as the caller may use it itself. */
export async function orderGrant(order: GrantOrder, caller: Caller, deps: GrantChangeDeps): Promise<GrantHandle> {
  const { granteePrincipal, retiringPrincipal, name, grantTokens } = order;
  checkPrincipal(granteePrincipal);
  if (retiringPrincipal !== undefined) checkPrincipal(retiringPrincipal);
  const constraint = readConstraint(order.constraints);
  const operation = "CreateGrant";
  return await deps.store.transaction().execute(async (tx) => {
    const key = await heldKey(tx, operation, order.keyId, caller);
    const facts = grantFacts({ granteePrincipal, retiringPrincipal, operations: order.operations, constraint });
    const suits = (parent: Grant): boolean => mayPassOn(parent, { operations: order.operations, constraint });
    const call = { operation, context: constraint?.context ?? {}, grantTokens, facts, suits } as const;
    await authorize(tx, key, call, caller, deps.root);
    const operations = readOperations(order.operations, key);
    checkConstrainable(constraint, key);
    const bound = await bindPrincipals(tx, order);
    if (await hasGrants(tx, key.id, KEY_LIMITS.grantsPerKey)) {
      throw new Refusal("key-limit-exceeded", `A key can have at most ${KEY_LIMITS.grantsPerKey} grants.`);
    }
    if (order.dryRun) throw dryRun();
    const issuingAccount = rootArn(caller.account);
    const grant = { name, granteePrincipal, retiringPrincipal, issuingAccount, operations, constraint };
    const handle = await storeGrant(tx, arnOf(key), { ...grant, ...bound }, deps);
    const about = { key: arnOf(key), grantId: handle.grantId, ...grantDetail(grant) };
    const act = keyAct(caller, operation, about);
    for (const one of inTrails(act, key)) await recordIn(tx, one, deps.clock);
    return handle;
  });
}

/** Whom a grant is to name, as it is kept; refuses users and roles that are not there. */
async function bindPrincipals(
  db: Db,
  { granteePrincipal, retiringPrincipal }: GrantOrder,
): Promise<Pick<Grant, "granteePrincipal" | "retiringPrincipal">> {
  const bind = async (principal: string): Promise<string> => {
    const bound = await bindPrincipal(db, principal);
    if (bound !== undefined) return bound;
    throw new Refusal("key-arn-invalid", `ARN does not refer to a valid principal: ${principal}`);
  };
  return {
    granteePrincipal: await bind(granteePrincipal),
    retiringPrincipal: retiringPrincipal === undefined ? undefined : await bind(retiringPrincipal),
  };
}

async function detailOf(db: Db, grant: StoredGrant): Promise<ReturnType<typeof grantDetail>> {
  const [shown = grant] = await showGrants(db, [grant]);
  return grantDetail(shown);
}

/** Gives a grant back: for its retiring principal, its grantee where the grant says so, and the account that made it. */
export async function giveBackGrant(
  name: GrantName,
  onlyTry: boolean,
  caller: Caller,
  { store, clock, root, onGrantEnded }: GrantEndDeps,
): Promise<void> {
  const operation = "RetireGrant";
  const { keyId, grantId } = "token" in name ? tokenName(name.token, root) : name;
  checkGrantId(grantId);
  await store.transaction().execute(async (tx) => {
    const key = await findKey(tx, keyId, caller, { operation, aliases: false });
    const grant = await findGrant(tx, key.id, grantId);
    if (!grant) throw key.account === caller.account ? grantNotFound(key, grantId) : denied(key, operation, caller);
    const facts = await factsAbout(tx, key, { operation, context: {}, grantTokens: [] }, caller);
    const verdict = judgeRetirement({ caller, facts, key: { arn: arnOf(key) } }, grant);
    if (!verdict.allowed) throw denied(key, operation, caller, verdict);
    if (onlyTry) throw dryRun();
    const detail = await detailOf(tx, grant);
    if (!(await deleteGrant(tx, key.id, grantId))) throw grantNotFound(key, grantId);
    await onGrantEnded(tx, grantId);
    const act = keyAct(caller, operation, { key: arnOf(key), grantId, ...detail });
    for (const one of inTrails(act, key)) await recordIn(tx, one, clock);
  });
}

/** Takes a grant away: for the key's own account, on AWS managed keys too. */
export async function revokeGrant(
  { keyId, grantId }: { readonly keyId: string; readonly grantId: string },
  onlyTry: boolean,
  caller: Caller,
  { store, clock, root, onGrantEnded }: GrantEndDeps,
): Promise<void> {
  const operation = "RevokeGrant";
  checkGrantId(grantId);
  await store.transaction().execute(async (tx) => {
    const key = await findKey(tx, keyId, caller, { operation, aliases: false });
    await authorize(tx, key, { operation, context: {}, grantTokens: [] }, caller, root);
    const grant = await findGrant(tx, key.id, grantId);
    if (onlyTry && grant) throw dryRun();
    if (!grant || !(await deleteGrant(tx, key.id, grantId))) throw grantNotFound(key, grantId);
    const detail = await detailOf(tx, grant);
    await onGrantEnded(tx, grantId);
    const act = keyAct(caller, operation, { key: arnOf(key), grantId, ...detail });
    for (const one of inTrails(act, key)) await recordIn(tx, one, clock);
  });
}

/** Refuses what cannot be a grant's id. */
export function checkGrantId(grantId: string): void {
  if (/^[0-9a-f]{64}$/.test(grantId)) return;
  throw new Refusal("grant-id-invalid", `Invalid grantId ${grantId}: a grant's id has 64 hexadecimal digits.`);
}

function tokenName(token: string, root: Custody["root"]): { readonly keyId: KeyArn; readonly grantId: string } {
  const { keyArn, grantId } = readGrantToken(token, root);
  return { keyId: keyArn, grantId };
}

function grantNotFound(key: MasterKey, grantId: string): Refusal {
  return new Refusal("grant-not-found", `Grant ${grantId} of key ${arnOf(key)} does not exist`);
}
