import type { Condition } from "./condition.ts";
import type { Pattern } from "./pattern.ts";

/**
 * For what a policy is: what a principal may do (identity), what of it a session may do (session), who may take a role
 * (trust), or who may do what with a key (key).
 */
export type PolicyKind = "identity" | "session" | "trust" | "key";

/** A policy that was read, by `readPolicyDocument`. */
export interface PolicyDocument {
  readonly version: "2008-10-17" | "2012-10-17";
  readonly statements: readonly Statement[];
  /** The condition keys that it asks for anywhere, in lower case. */
  readonly conditionKeys: ReadonlySet<string>;
  /** Whether the tags of resources are among them. */
  readonly resourceTags: boolean;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html */
export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** Undefined in policies of principals: they are about whom they belong to. */
  readonly principals: Principals | undefined;
  /** In lower case, as actions have no case. */
  readonly actions: Matched;
  /** Undefined in trust policies: they are about the role that they belong to. */
  readonly resources: Matched | undefined;
  /** All must hold. */
  readonly conditions: readonly Condition[];
}

/** What one of the patterns matches or, negated, what none does. */
export interface Matched {
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

export interface Principals {
  readonly negated: boolean;
  readonly names: readonly PrincipalName[];
}

export type PrincipalName =
  | { readonly kind: "everybody" }
  /** An account: whoever its own policies let; written as its root or its number. */
  | { readonly kind: "account"; readonly account: string }
  /** A user, role or session by its unique id, as policies are kept: another one of the same name later is not meant. */
  | { readonly kind: "id"; readonly id: string }
  /** A federated user or an edge; others in a policy that is not kept. */
  | { readonly kind: "arn"; readonly arn: string }
  /** `acm.amazonaws.com`. */
  | { readonly kind: "service"; readonly service: string }
  | { readonly kind: "federated"; readonly provider: string };
