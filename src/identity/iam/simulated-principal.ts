import { parseEntityArn } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { Refusal } from "#domain/refusal.ts";
import { policiesOf, roleAuthority, userAuthority } from "#identity/sessions/principals.ts";
import type { IamDeps } from "./deps.ts";
import { entityNamed } from "./find.ts";

/**
 * What a user, group or role of the account may do, with further policies and, if given, another boundary. Throws
 * `principal-input-invalid` for an ARN that is none, `entity-not-found`.
 */
export async function authorityOf(
  arn: string,
  more: { readonly policies: readonly PolicyDocument[]; readonly boundary: PolicyDocument | undefined },
  { account }: Pick<Caller, "account">,
  { store, clock }: Pick<IamDeps, "store" | "clock">,
): Promise<Authority> {
  const named = parseEntityArn(arn);
  if (named?.account !== account || named.kind === "instance-profile") {
    throw new Refusal(
      "principal-input-invalid",
      `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    );
  }
  const entity = await entityNamed(store, account, named.kind, named.name);
  const session = { name: "simulation", issuedAt: clock.now(), tags: [], sourceIdentity: undefined, transitive: [] };
  const own =
    named.kind === "user"
      ? await userAuthority(store, entity)
      : named.kind === "role"
        ? await roleAuthority(store, entity, session)
        : { ...(await policiesOf(store, entity, [])), facts: {} };
  const boundary = more.boundary ?? own.boundary;
  return { ...own, identity: [...own.identity, ...more.policies], ...(boundary ? { boundary } : {}) };
}
