import type { Authority } from "./authority.ts";
import { holds } from "./condition.ts";
import type { Matched, PolicyDocument, Statement } from "./document.ts";
import type { Facts } from "./facts.ts";
import { arnMatches } from "./operators.ts";
import { matches, type Resolved, resolve } from "./pattern.ts";
import { type Asker, type Naming, naming } from "./principals.ts";

/** What somebody wants to do. */
export interface AccessRequest {
  /** `acm:RequestCertificate`. */
  readonly action: string;
  /** An ARN; where something is to be made, with `*` for what is not known yet. */
  readonly resource: string;
  readonly facts: Facts;
}

/** The kinds of policies that can be the reason of a denial, as AWS's messages call them. */
type PolicyLayer = "identity-based policy" | "permissions boundary" | "session policy" | "resource-based policy";

export type Verdict = { readonly allowed: true } | Denial;

export interface Denial {
  readonly allowed: false;
  /** A statement says Deny; else none says Allow. */
  readonly explicit: boolean;
  readonly layer: PolicyLayer;
}

/**
 * What a principal's own policies say: denied by any Deny; allowed where its identity policies allow and neither its
 * permissions boundary nor its session policies leave it out. Whom the policy of a resource names needs less: a role no
 * identity policy, a user or a session by its own ARN no policy at all.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function judgeOwn(
  request: AccessRequest,
  { identity, boundary, session }: Authority,
  named: Exclude<Naming, "nobody"> = "account",
): Verdict {
  const layers: readonly (readonly [PolicyLayer, readonly PolicyDocument[] | undefined, needed: boolean])[] = [
    ["identity-based policy", identity, named === "account"],
    ["permissions boundary", boundary && [boundary], named !== "itself"],
    ["session policy", session, named !== "itself"],
  ];
  const said = layers.flatMap(([layer, policies, needed]) =>
    policies === undefined ? [] : [{ layer, needed, effect: effectOf(request, policies) }],
  );
  const denied = said.find(({ effect }) => effect === "Deny");
  if (denied) return { allowed: false, explicit: true, layer: denied.layer };
  const missing = said.find(({ needed, effect }) => needed && effect === undefined);
  return missing ? { allowed: false, explicit: false, layer: missing.layer } : ALLOWED;
}

/** Why something is denied, in AWS's words. */
export function reasonOf(verdict: Denial, action: string): string {
  const article = verdict.layer === "identity-based policy" ? "an" : "a";
  return verdict.explicit
    ? `with an explicit deny in ${article} ${verdict.layer}`
    : `because no ${verdict.layer} allows the ${action} action`;
}

/** What the policy of a resource says of who asks, and how it names who asks. */
export type ResourceEffect = "Deny" | Exclude<Naming, "nobody"> | undefined;

export function judgeResource(request: AccessRequest, policy: PolicyDocument, asker: Asker): ResourceEffect {
  let best: Exclude<ResourceEffect, "Deny">;
  for (const statement of policy.statements) {
    const how = statement.principals ? naming(statement.principals, asker) : "nobody";
    if (how === "nobody" || !applies(statement, request)) continue;
    if (statement.effect === "Deny") return "Deny";
    if (best === undefined || STRENGTH[how] > STRENGTH[best]) best = how;
  }
  return best;
}

/** What a set of policies says together: Deny beats Allow; undefined when none says anything. */
export function effectOf(request: AccessRequest, policies: readonly PolicyDocument[]): "Allow" | "Deny" | undefined {
  let effect: "Allow" | undefined;
  for (const { statements } of policies) {
    for (const statement of statements) {
      if (statement.effect === "Allow" && effect !== undefined) continue;
      if (!applies(statement, request)) continue;
      if (statement.effect === "Deny") return "Deny";
      effect = "Allow";
    }
  }
  return effect;
}

/**
 * Whether a statement speaks of a request. What cannot be made out, because a variable has no value, must let nobody in: then Allow does not
 * apply, and Deny does.
 */
export function applies({ effect, actions, resources, conditions }: Statement, request: AccessRequest): boolean {
  const { facts } = request;
  const unsure = effect === "Deny";
  const action = request.action.toLowerCase();
  return (
    fits(actions, facts, unsure, (pattern) => matches(pattern, action)) &&
    (resources === undefined || fits(resources, facts, unsure, (pattern) => arnMatches(pattern, request.resource))) &&
    conditions.every((condition) => holds(condition, facts, unsure))
  );
}

function fits(
  { negated, patterns }: Matched,
  facts: Facts,
  unsure: boolean,
  match: (pattern: Resolved) => boolean,
): boolean {
  const resolved = patterns.map((pattern) => resolve(pattern, facts));
  const found = resolved.some((pattern) => pattern !== undefined && match(pattern));
  return negated ? !found && (unsure || !resolved.includes(undefined)) : found;
}

const STRENGTH: Readonly<Record<Exclude<Naming, "nobody">, number>> = { account: 0, role: 1, itself: 2 };
const ALLOWED: Verdict = { allowed: true };
