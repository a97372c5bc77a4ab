import type * as sdk from "@aws-sdk/client-iam";
import { AwsError } from "#aws/service.ts";
import { IAM_LIMITS, INLINE_SIZES } from "#domain/identity/limits.ts";
import { policySize } from "#domain/identity/managed-policy.ts";
import type { Authority } from "#domain/policies/authority.ts";
import type { PolicyDocument } from "#domain/policies/document.ts";
import { type Effort, effortOf } from "#domain/policies/effort.ts";
import { effectOf, judgeOwn, type Verdict } from "#domain/policies/evaluate.ts";
import { type StatementPlace, statementPositions, statementsAbout, unknownKeys } from "#domain/policies/explain.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { type Page, type Pages, pageOf } from "#identity/iam/paging.ts";
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

/** The policies that a simulation brings along. Throws `policy-malformed`, and InvalidInput for longer ones than there can be. */
export function readMore({ PolicyInputList = [], PermissionsBoundaryPolicyInputList = [] }: Simulation): {
  readonly sources: readonly PolicySource[];
  readonly boundary: PolicyDocument | undefined;
} {
  for (const text of PolicyInputList) checkSize(text, MOST_INPUT);
  for (const text of PermissionsBoundaryPolicyInputList) checkSize(text, IAM_LIMITS.policySize);
  const [boundary] = PermissionsBoundaryPolicyInputList.map((text) => readPolicyDocument(text, "identity"));
  const sources = PolicyInputList.map((text, i): PolicySource => {
    return { id: `PolicyInputList.${i + 1}`, type: "none", text, document: readPolicyDocument(text, "identity") };
  });
  return { sources, boundary };
}

function checkSize(text: string, most: number): void {
  if (policySize(text) <= most) return;
  throw new AwsError("InvalidInputException", `No policy can have more than ${most} characters without white space.`);
}

/**
 * What the product itself would decide of every action on every resource: judged by the same rules as calls are. Others
 * are answered in between, and a page has as many actions as are judged in reasonable time.
 */
export async function simulate(
  input: Simulation,
  { sources, ...rest }: SimulatedAuthority,
): Promise<sdk.SimulatePolicyResponse> {
  const { ResourceArns = ["*"], ContextEntries = [] } = input;
  if (input.ResourcePolicy !== undefined || (input.OrderedOrganizationPolicyInputList ?? []).length > 0) {
    const text = "Policies of resources and of organizations are not simulated: see docs/parity/iam.md.";
    throw new AwsError("InvalidInputException", text);
  }
  const authority: Authority = { ...rest, identity: sources.map(({ document }) => document) };
  const facts = joinFacts(authority.facts, readFacts(ContextEntries));
  const isAboutAll = ResourceArns.every((arn) => arn === "*");
  const resources = [...new Set(ResourceArns)];
  const policies = [...authority.identity, ...(rest.boundary ? [rest.boundary] : [])];
  const page = await affordable(input, resources, effortOf(policies, facts));
  const missing = [...unknownKeys(policies, facts)];
  const show = shower(sources);
  const results: sdk.EvaluationResult[] = [];
  for (const { action } of page.items) {
    const ones: Judged[] = [];
    for (const resource of resources) {
      ones.push(judgeOne({ action, resource, facts }, authority));
      await new Promise(setImmediate);
    }
    const decision = DECISIONS.find((candidate) => ones.some((one) => one.decision === candidate)) ?? "allowed";
    const contributing = ones.filter((one) => one.decision === decision);
    results.push({
      EvalActionName: action,
      EvalResourceName: "*",
      EvalDecision: decision,
      MatchedStatements: show(contributing.flatMap(({ matched }) => matched)),
      MissingContextValues: missing,
      ...showBoundary(ones),
      ...(!isAboutAll && {
        EvalDecisionDetails: {},
        ResourceSpecificResults: ones.map((one) => ({
          EvalResourceName: one.resource,
          EvalResourceDecision: one.decision,
          MatchedStatements: show(one.matched),
          MissingContextValues: missing,
          ...showBoundary([one]),
        })),
      }),
    });
  }
  return { EvaluationResults: results, ...showPage(page) };
}

/** The page of actions that is asked for, cut short where the work would be too much. Throws InvalidInput if one is. */
async function affordable(
  input: Simulation,
  resources: readonly string[],
  { perActionCharacter, perResourceCharacter, besides }: Effort,
): Promise<Page<{ readonly action: string; readonly place: string }>> {
  const actions = input.ActionNames.map((action, i) => ({ action, place: `${i}` }));
  const pageWithin = (pages: Pages): Promise<Page<(typeof actions)[number]>> =>
    pageOf(pages, "simulation", actions, ({ place }) => place);
  const pages = readPages(input);
  const asked = await pageWithin(pages);
  const ofResources = resources.reduce((total, arn) => total + besides + perResourceCharacter * arn.length, 0);
  let effort = 0;
  const most = asked.items.findIndex(({ action }) => {
    effort += ofResources + resources.length * perActionCharacter * action.length;
    return effort > MOST_EFFORT;
  });
  if (most === 0) {
    const text = "The policies are too large to be simulated for so many resources at once: ask about fewer of them.";
    throw new AwsError("InvalidInputException", text);
  }
  return most < 0 ? asked : await pageWithin({ ...pages, limit: most });
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

/** Shows statements each once, with where they stand in the texts of their policies. */
function shower(sources: readonly PolicySource[]): (places: readonly StatementPlace[]) => sdk.Statement[] {
  const positions = new Map<PolicySource, ReturnType<typeof statementPositions>>();
  const positionsIn = (source: PolicySource): ReturnType<typeof statementPositions> => {
    const known = positions.get(source) ?? statementPositions(source.text);
    positions.set(source, known);
    return known;
  };
  return (places) => {
    const once = new Map(places.map((place) => [`${place.policy}.${place.statement}`, place]));
    return [...once.values()].flatMap(({ policy, statement }) => {
      const source = sources[policy];
      const at = source && positionsIn(source)[statement];
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
  };
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

/** The longest of all: what a role's inline policies may have. */
const MOST_INPUT = Math.max(IAM_LIMITS.policySize, ...Object.values(INLINE_SIZES));
/** Comparisons of characters for one page: about a second at worst, and ten full policies on fifty resources at least. */
const MOST_EFFORT = 100_000_000;
