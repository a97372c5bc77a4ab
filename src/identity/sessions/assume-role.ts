import { isTemporary } from "#domain/identity/access-key-id.ts";
import { assumedRoleArn, entityArn, parseEntityArn, type Role } from "#domain/identity/entity.ts";
import type { Caller } from "#domain/names.ts";
import { judgeOwn, judgeResource, reasonOf } from "#domain/policies/evaluate.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";
import { askerOf } from "#domain/policies/principals.ts";
import { knownPolicyDocument } from "#domain/policies/read-document.ts";
import { Refusal } from "#domain/refusal.ts";
import type { IamDeps } from "#identity/iam/deps.ts";
import { checkTags, type IamTag } from "#identity/iam/tags.ts";
import { findRole } from "#store/iam-entities.ts";
import { listIamTags } from "#store/iam-tags.ts";
import { TRANSITIVE_TAGS } from "./principals.ts";
import { readSessionPolicies, type SessionPolicies } from "./session-policies.ts";
import { issueToken, type TemporaryCredentials } from "./token.ts";

export interface AssumeRoleRequest extends SessionPolicies {
  readonly roleArn: string;
  readonly sessionName: string;
  /** In seconds; undefined: an hour. */
  readonly duration: number | undefined;
  readonly externalId: string | undefined;
  readonly sourceIdentity: string | undefined;
  readonly tags: readonly IamTag[];
  readonly transitiveTagKeys: readonly string[];
}

export interface AssumedRole extends TemporaryCredentials {
  readonly arn: string;
  /** `AROA…:session` */
  readonly id: string;
  readonly sourceIdentity: string | undefined;
}

/**
 * Begins a session of a role for whoever its trust policy lets, and, where that names whole accounts or other accounts,
 * the caller's own policies too. Throws `access-denied`, also where there is no such role, and `principal-input-invalid`.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export async function assumeRole(request: AssumeRoleRequest, caller: Caller, deps: IamDeps): Promise<AssumedRole> {
  if (caller.kind === "root") throw new Refusal("access-denied", "Roles may not be assumed by root accounts.");
  const named = parseEntityArn(request.roleArn);
  if (named?.kind !== "role") throw new Refusal("principal-input-invalid", `${request.roleArn} is invalid`);
  const sourceIdentity = inherited(caller, request.sourceIdentity);
  const tags = sessionTags(request, caller);
  checkTags(tags);

  const role = await findRole(deps.store, named.account, named.name);
  if (!role || entityArn(role) !== request.roleArn) throw denied(caller, "sts:AssumeRole", request.roleArn);
  const facts = joinFacts(
    caller.facts ?? {},
    caller.authority?.facts ?? {},
    factsOfRequest(request, tags, sourceIdentity),
    resourceFacts(await listIamTags(deps.store, role.id)),
  );
  for (const action of actionsOf(tags, sourceIdentity)) checkTrust(action, role, caller, facts);

  const seconds = durationOf(request.duration, role, caller);
  const policies = await readSessionPolicies(request, role.account, deps.store);
  const credentials = issueToken(
    {
      kind: "role",
      account: role.account,
      principal: role.id,
      name: request.sessionName,
      sourceIdentity,
      ...policies,
      tags: tags.map(({ key, value }) => [key, value]),
      transitive: [...new Set([...request.transitiveTagKeys, ...transitiveOf(caller).map(({ key }) => key)])],
    },
    seconds,
    deps,
  );
  return {
    ...credentials,
    arn: assumedRoleArn(role.account, role.name, request.sessionName),
    id: `${role.id}:${request.sessionName}`,
    sourceIdentity,
  };
}

/**
 * Each needs the trust policy's leave. Tags and a source identity that come from the session that asks are set anew.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
 */
function actionsOf(tags: readonly IamTag[], sourceIdentity: string | undefined): readonly string[] {
  return [
    "sts:AssumeRole",
    ...(tags.length > 0 ? ["sts:TagSession"] : []),
    ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
}

/** A role names its callers itself: within its account nothing else is needed, unless it names the account as a whole. */
function checkTrust(action: string, role: Role, caller: Caller, facts: Facts): void {
  const resource = entityArn(role);
  const asked = { action, resource, facts };
  const { account, authority } = caller;
  const trust = judgeResource(asked, knownPolicyDocument(role.trustPolicy, "trust"), askerOf(caller));
  if (trust === undefined || trust === "Deny") throw denied(caller, action, resource, trust);
  const named = account === role.account ? trust : "account";
  const verdict = judgeOwn(asked, authority ?? { identity: [], facts: {} }, named);
  if (!verdict.allowed) throw denied(caller, action, resource, reasonOf(verdict, action));
}

/** In AWS's words: it does not tell whether there is such a role. */
function denied({ arn }: Caller, action: string, role: string, reason?: string): Refusal {
  const why =
    reason === undefined ? "" : ` ${reason === "Deny" ? "with an explicit deny in a resource-based policy" : reason}`;
  return new Refusal(
    "access-denied",
    `User: ${arn} is not authorized to perform: ${action} on resource: ${role}${why}`,
  );
}

function durationOf(asked: number | undefined, role: Role, { kind, accessKeyId }: Caller): number {
  const chained = kind === "role" && isTemporary(accessKeyId);
  const seconds = asked ?? Math.min(HOUR_SECONDS, role.maxSessionDuration);
  if (chained && seconds > HOUR_SECONDS) {
    const text = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.";
    throw new Refusal("principal-input-invalid", text);
  }
  if (seconds > role.maxSessionDuration) {
    const text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    throw new Refusal("principal-input-invalid", text);
  }
  return seconds;
}

/** A source identity that is set stays through all roles that follow. */
function inherited({ authority }: Caller, given: string | undefined): string | undefined {
  const set = authority?.facts["aws:sourceidentity"]?.[0];
  if (set !== undefined && given !== undefined && given !== set) {
    throw new Refusal("access-denied", "The source identity of a session cannot be changed.");
  }
  return set ?? given;
}

/** The tags of the request, and those that the caller's own session must pass on. */
function sessionTags({ tags }: AssumeRoleRequest, caller: Caller): readonly IamTag[] {
  const passed = transitiveOf(caller);
  const clash = passed.find(({ key }) => tags.some((tag) => tag.key.toLowerCase() === key.toLowerCase()));
  if (clash) {
    const text = `The tag key ${clash.key} is transitive in the session that asks and cannot be set again.`;
    throw new Refusal("principal-input-invalid", text);
  }
  return [...passed, ...tags];
}

function transitiveOf({ authority }: Caller): readonly IamTag[] {
  const facts = authority?.facts ?? {};
  return (facts[TRANSITIVE_TAGS] ?? []).flatMap((key) => {
    const value = facts[`aws:principaltag/${key.toLowerCase()}`]?.[0];
    return value === undefined ? [] : [{ key, value }];
  });
}

function factsOfRequest(
  request: AssumeRoleRequest,
  tags: readonly IamTag[],
  sourceIdentity: string | undefined,
): Facts {
  return factsOf({
    "sts:ExternalId": request.externalId,
    "sts:RoleSessionName": request.sessionName,
    "sts:SourceIdentity": sourceIdentity,
    ...(request.transitiveTagKeys.length > 0 && { "sts:TransitiveTagKeys": request.transitiveTagKeys }),
    ...(tags.length > 0 && { "aws:TagKeys": tags.map(({ key }) => key) }),
    ...Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
  });
}

function resourceFacts(tags: readonly IamTag[]): Facts {
  const named = (prefix: string): readonly (readonly [string, string])[] =>
    tags.map(({ key, value }) => [`${prefix}/${key}`, value] as const);
  return factsOf(Object.fromEntries([...named("aws:ResourceTag"), ...named("iam:ResourceTag")]));
}

const HOUR_SECONDS = 3600;
