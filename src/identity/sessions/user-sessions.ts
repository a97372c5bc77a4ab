import { isTemporary } from "#domain/identity/access-key-id.ts";
import { federatedUserArn } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { IamDeps } from "#identity/iam/deps.ts";
import { checkTags, type IamTag } from "#identity/iam/tags.ts";
import { readSessionPolicies, type SessionPolicies } from "./session-policies.ts";
import { issueToken, type TemporaryCredentials } from "./token.ts";

/**
 * Temporary credentials of the caller itself: a user, or an account's root user, who calls with a long-term key. Throws
 * `access-denied`. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
 */
export function sessionToken(
  { duration, tokenCode }: { readonly duration: number | undefined; readonly tokenCode: string | undefined },
  caller: Caller,
  deps: IamDeps,
): TemporaryCredentials {
  const principal = longTermPrincipal(caller, "GetSessionToken");
  if (tokenCode !== undefined) {
    const text = "MultiFactorAuthentication failed: there are no MFA devices here to show a code of.";
    throw new Refusal("access-denied", text);
  }
  const kind = principal === "" ? "root" : "user";
  return issueToken(
    { ...NOTHING_MORE, kind, account: caller.account, principal, name: "" },
    seconds(duration, caller),
    deps,
  );
}

export interface FederationRequest extends SessionPolicies {
  readonly name: string;
  /** In seconds. */
  readonly duration: number | undefined;
  readonly tags: readonly IamTag[];
}

/**
 * Temporary credentials for somebody else whom the caller vouches for: they may do what both the caller's and the session
 * policies allow, and without session policies nothing. Throws `access-denied` and what session policies are refused for.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html
 */
export async function federationToken(
  { name, duration, tags, ...policies }: FederationRequest,
  caller: Caller,
  deps: IamDeps,
): Promise<TemporaryCredentials & { readonly arn: string; readonly id: string }> {
  const { account } = caller;
  const principal = longTermPrincipal(caller, "GetFederationToken");
  checkTags(tags);
  const session = await readSessionPolicies(policies, account, deps.store);
  const credentials = issueToken(
    {
      ...NOTHING_MORE,
      ...session,
      kind: "federated",
      account,
      principal,
      name,
      tags: tags.map(({ key, value }) => [key, value]),
    },
    seconds(duration, caller),
    deps,
  );
  return { ...credentials, arn: federatedUserArn(account, name), id: `${account}:${name}` };
}

/** The id of the user who calls, empty for a root user. */
function longTermPrincipal({ kind, accessKeyId, authority }: Caller, operation: string): string {
  if (isTemporary(accessKeyId)) {
    throw new Refusal("access-denied", `Cannot call ${operation} with session credentials`);
  }
  const id = kind === "root" ? "" : authority?.facts["aws:userid"]?.[0];
  if (id === undefined) throw new Refusal("access-denied", `Only users may call ${operation}`);
  return id;
}

/** A root user's last an hour at most, and are shortened without a word, as AWS does. */
function seconds(asked: number | undefined, { kind }: Caller): number {
  return kind === "root" ? Math.min(asked ?? HOUR, HOUR) : (asked ?? 12 * HOUR);
}

const NOTHING_MORE = { policies: undefined, policyArns: [], tags: [], transitive: [], sourceIdentity: undefined };
const HOUR = 3600;
