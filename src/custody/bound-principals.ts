import { assumedRoleArn, entityArn, isPrincipalId, parseEntityArn, parseSessionArn } from "#domain/identity/entity.ts";
import type { StoredGrant } from "#domain/keys/grant.ts";
import { principalNames, renamePrincipals } from "#domain/policies/principal-names.ts";
import { Refusal } from "#domain/refusal.ts";
import { entitiesById, entitiesNamed } from "#store/iam-entities.ts";
import type { Db } from "#store/store.ts";

/**
 * A policy that was read, as it is kept: the users and roles that it names by ARN are in it by their unique ids, so that
 * another one of the same name later is not meant. Throws `policy-malformed` for one that is not there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export async function bindPolicy(db: Db, policy: string): Promise<string> {
  const names = [...principalNames(policy)];
  const ids = await idsOf(db, names);
  const stray = names.find((name) => isEntity(name) && !ids.has(name));
  if (stray !== undefined) throw new Refusal("policy-malformed", `Invalid principal in policy: "AWS":"${stray}"`);
  return renamePrincipals(policy, ids);
}

/** Policies as they are shown: with the ARNs that users and roles have now, and the unique ids of those who are gone. */
export async function showPolicies(db: Db, policies: readonly string[]): Promise<readonly string[]> {
  const arns = await arnsOf(db, new Set(policies.flatMap((policy) => [...principalNames(policy)])));
  return policies.map((policy) => renamePrincipals(policy, arns));
}

/** A principal as grants are kept with it: a user or role by its unique id; undefined when there is none of that ARN. */
export async function bindPrincipal(db: Db, principal: string): Promise<string | undefined> {
  return isEntity(principal) ? (await idsOf(db, [principal])).get(principal) : principal;
}

/** Grants as they are shown, as `showPolicies`. */
export async function showGrants(db: Db, grants: readonly StoredGrant[]): Promise<readonly StoredGrant[]> {
  const named = grants.flatMap(({ granteePrincipal, retiringPrincipal }) => [
    granteePrincipal,
    retiringPrincipal ?? "",
  ]);
  const arns = await arnsOf(db, new Set(named));
  return grants.map((grant) => {
    const { granteePrincipal: grantee, retiringPrincipal: retiring } = grant;
    return {
      ...grant,
      granteePrincipal: arns.get(grantee) ?? grantee,
      retiringPrincipal: retiring && (arns.get(retiring) ?? retiring),
    };
  });
}

/** By what users and roles are named, their ids: in one query for each account and kind. */
async function idsOf(db: Db, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const asked = names.flatMap((text) => parseEntityArn(text) ?? []);
  const groups = Map.groupBy(asked, ({ account, kind }) => `${account} ${kind}`);
  const ids = new Map<string, string>();
  for (const [first, ...more] of groups.values()) {
    if (first === undefined || (first.kind !== "user" && first.kind !== "role")) continue;
    const wanted = [first, ...more].map(({ name }) => name);
    const found = await entitiesNamed(db, first.account, first.kind, wanted);
    for (const entity of found) ids.set(entityArn(entity), entity.id);
  }
  for (const name of names) {
    const session = parseSessionArn(name);
    const [role] = session ? await entitiesNamed(db, session.account, "role", [session.role]) : [];
    if (session && role?.name === session.role) ids.set(name, `${role.id}:${session.session}`);
  }
  const arns = await arnsOf(db, new Set(names));
  for (const id of arns.keys()) ids.set(id, id);
  return ids;
}

async function arnsOf(db: Db, names: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
  const asked = [...names].filter(isPrincipalId).map((name) => ({ name, parts: name.split(":") }));
  const entities = await entitiesById(db, [...new Set(asked.map(({ parts: [id = ""] }) => id))]);
  const known = new Map(entities.map((entity) => [entity.id, entity]));
  const arns = new Map<string, string>();
  for (const { name, parts } of asked) {
    const [id = "", session] = parts;
    const entity = known.get(id);
    if (!entity) continue;
    arns.set(name, session === undefined ? entityArn(entity) : assumedRoleArn(entity.account, entity.name, session));
  }
  return arns;
}

const isEntity = (name: string): boolean =>
  parseEntityArn(name) !== undefined || parseSessionArn(name) !== undefined || isPrincipalId(name);
