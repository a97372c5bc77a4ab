import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "#aws/service.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { effectOf, judgeOwn, type Verdict } from "#domain/policies/evaluate.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { pageOf } from "#identity/iam/paging.ts";
import { readPages, showPage } from "./wire.ts";

/** What both simulations take. */
export interface Simulation {
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[];
  readonly ResourcePolicy?: string;
  readonly ContextEntries?: readonly sdk.ContextEntry[];
  readonly PolicyInputList?: readonly string[];
  readonly PermissionsBoundaryPolicyInputList?: readonly string[];
  readonly OrderedOrganizationPolicyInputList?: readonly unknown[];
  readonly Marker?: string;
  readonly MaxItems?: number;
}

/** The policies that a simulation brings along. Throws `policy-malformed`. */
export function readMore({ PolicyInputList = [], PermissionsBoundaryPolicyInputList = [] }: Simulation): {
  readonly policies: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
} {
  const [boundary] = PermissionsBoundaryPolicyInputList.map((text) => readPolicyDocument(text, "identity"));
  return { policies: PolicyInputList.map((text) => readPolicyDocument(text, "identity")), boundary };
}

/** What the product itself would decide of every action on every resource: judged by the same rules as calls are. */
export async function simulate(input: Simulation, authority: Authority): Promise<sdk.SimulatePolicyResponse> {
  const { ActionNames, ResourceArns = ["*"], ContextEntries = [] } = input;
  if (input.ResourcePolicy !== undefined || (input.OrderedOrganizationPolicyInputList ?? []).length > 0) {
    const text = "Policies of resources and of organizations are not simulated: see docs/parity/iam.md.";
    throw new AwsError("InvalidInputException", text);
  }
  const facts = joinFacts(authority.facts, readFacts(ContextEntries));
  const asked = ActionNames.flatMap((action, a) =>
    ResourceArns.map((resource, r) => ({ action, resource, place: `${a}.${r}` })),
  );
  const page = await pageOf(readPages(input), "simulation", asked, ({ place }) => place);
  const results = page.items.map(({ action, resource }): sdk.EvaluationResult => {
    const request = { action, resource, facts };
    const { boundary } = authority;
    return {
      EvalActionName: action,
      EvalResourceName: resource,
      EvalDecision: decisionOf(judgeOwn(request, authority)),
      MatchedStatements: [],
      MissingContextValues: [],
      ...(boundary && {
        PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: effectOf(request, [boundary]) === "Allow" },
      }),
    };
  });
  return { EvaluationResults: results, ...showPage(page) };
}

function decisionOf(verdict: Verdict): sdk.PolicyEvaluationDecisionType {
  if (verdict.allowed) return "allowed";
  return verdict.explicit ? "explicitDeny" : "implicitDeny";
}

function readFacts(entries: readonly sdk.ContextEntry[]): Facts {
  return factsOf(
    Object.fromEntries(
      entries.map(({ ContextKeyName = "", ContextKeyValues = [] }) => [ContextKeyName, ContextKeyValues]),
    ),
  );
}
