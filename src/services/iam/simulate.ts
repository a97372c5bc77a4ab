import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "#aws/service.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { effectOf, judgeOwn, type Verdict } from "#domain/policies/evaluate.ts";
import { type StatementPlace, statementPositions, statementsAbout, unknownKeys } from "#domain/policies/explain.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { pageOf } from "#identity/iam/paging.ts";
import type { PolicySource, SimulatedAuthority } from "#identity/iam/simulated-principal.ts";
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
  readonly sources: readonly PolicySource[];
  readonly boundary: PolicyDocument | undefined;
} {
  const [boundary] = PermissionsBoundaryPolicyInputList.map((text) => readPolicyDocument(text, "identity"));
  const sources = PolicyInputList.map((text, i): PolicySource => {
    return { id: `PolicyInputList.${i + 1}`, type: "none", text, document: readPolicyDocument(text, "identity") };
  });
  return { sources, boundary };
}

/** What the product itself would decide of every action on every resource: judged by the same rules as calls are. */
export async function simulate(
  input: Simulation,
  { sources, ...rest }: SimulatedAuthority,
): Promise<sdk.SimulatePolicyResponse> {
  const { ActionNames, ResourceArns = ["*"], ContextEntries = [] } = input;
  if (input.ResourcePolicy !== undefined || (input.OrderedOrganizationPolicyInputList ?? []).length > 0) {
    const text = "Policies of resources and of organizations are not simulated: see docs/parity/iam.md.";
    throw new AwsError("InvalidInputException", text);
  }
  const authority: Authority = { ...rest, identity: sources.map(({ document }) => document) };
  const facts = joinFacts(authority.facts, readFacts(ContextEntries));
  const actions = ActionNames.map((action, i) => ({ action, place: `${i}` }));
  const page = await pageOf(readPages(input), "simulation", actions, ({ place }) => place);
  const isAboutAll = ResourceArns.every((arn) => arn === "*");
  const missing = [...unknownKeys([...authority.identity, ...(rest.boundary ? [rest.boundary] : [])], facts)];
  const results = page.items.map(({ action }): sdk.EvaluationResult => {
    const ones = [...new Set(ResourceArns)].map((resource) => judgeOne({ action, resource, facts }, authority));
    const decision = DECISIONS.find((candidate) => ones.some((one) => one.decision === candidate)) ?? "allowed";
    const contributing = ones.filter((one) => one.decision === decision);
    return {
      EvalActionName: action,
      EvalResourceName: "*",
      EvalDecision: decision,
      MatchedStatements: showStatements(
        contributing.flatMap(({ matched }) => matched),
        sources,
      ),
      MissingContextValues: missing,
      ...showBoundary(ones),
      ...(!isAboutAll && {
        EvalDecisionDetails: {},
        ResourceSpecificResults: ones.map((one) => ({
          EvalResourceName: one.resource,
          EvalResourceDecision: one.decision,
          MatchedStatements: showStatements(one.matched, sources),
          MissingContextValues: missing,
          ...showBoundary([one]),
        })),
      }),
    };
  });
  return { EvaluationResults: results, ...showPage(page) };
}

/** What is decided of one action on one resource, and because of which statements. */
interface Judged {
  readonly resource: string;
  readonly decision: sdk.PolicyEvaluationDecisionType;
  readonly matched: readonly StatementPlace[];
  /** Undefined without a boundary. */
  readonly isWithin: boolean | undefined;
}

function judgeOne(request: Parameters<typeof judgeOwn>[0], authority: Authority): Judged {
  const { identity, boundary } = authority;
  const decision = decisionOf(judgeOwn(request, authority));
  const effect = decision === "allowed" ? "Allow" : "Deny";
  return {
    resource: request.resource,
    decision,
    matched: statementsAbout(request, identity, effect),
    isWithin: boundary && effectOf(request, [boundary]) === "Allow",
  };
}

function showBoundary(ones: readonly Judged[]): Pick<sdk.EvaluationResult, "PermissionsBoundaryDecisionDetail"> {
  if (ones.every(({ isWithin }) => isWithin === undefined)) return {};
  return {
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: ones.every(({ isWithin }) => isWithin) },
  };
}

/** Each once, with where it stands in the text of its policy. */
function showStatements(places: readonly StatementPlace[], sources: readonly PolicySource[]): sdk.Statement[] {
  const once = new Map(places.map((place) => [`${place.policy}.${place.statement}`, place]));
  return [...once.values()].flatMap(({ policy, statement }) => {
    const source = sources[policy];
    const at = source && statementPositions(source.text)[statement];
    if (!source || !at) return [];
    return [
      {
        SourcePolicyId: source.id,
        SourcePolicyType: source.type,
        StartPosition: { Line: at.start.line, Column: at.start.column },
        EndPosition: { Line: at.end.line, Column: at.end.column },
      },
    ];
  });
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

/** The most restrictive first: of several resources it is the decision of all. */
const DECISIONS: readonly sdk.PolicyEvaluationDecisionType[] = ["explicitDeny", "implicitDeny", "allowed"];
