import { Refusal } from "#domain/refusal.ts";
import type { PrivateCaArn } from "./arns.ts";

/** What a policy can let another account do with a CA. */
export type SharedAction =
  | "DescribeCertificateAuthority"
  | "GetCertificate"
  | "GetCertificateAuthorityCertificate"
  | "IssueCertificate"
  | "ListPermissions"
  | "ListTags";

/** Who wants to do what. */
export interface SharedRequest {
  readonly account: string;
  readonly action: SharedAction;
  /** The ARN of the template, for IssueCertificate. */
  readonly template?: string;
}

/**
 * Checks a resource policy and answers the accounts that it names. Throws `private-ca-policy-invalid` for what AWS
 * Private CA does not take:
 * https://docs.aws.amazon.com/privateca/latest/userguide/pca-rbp.html
 */
export function checkPolicy(text: string, arn: PrivateCaArn): readonly string[] {
  const statements = statementsOf(parse(text));
  for (const statement of statements) checkStatement(statement, arn);
  const principals = statements.flatMap(({ Principal }) => list(member(Principal, "AWS")));
  return [...new Set(principals.flatMap((principal) => accountOf(principal) ?? []))];
}

/** Whether a policy that was checked allows this. */
export function policyAllows(text: string, { account, action, template }: SharedRequest): boolean {
  return statementsOf(parse(text)).some(({ Principal, Action, Condition }) => {
    const isMeant = list(member(Principal, "AWS")).some((principal) => accountOf(principal) === account);
    const mayUse = Condition === undefined || list(conditionOn(Condition)).includes(template ?? "");
    return isMeant && list(Action).includes(`acm-pca:${action}`) && mayUse;
  });
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Condition?: unknown;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid("it is not JSON");
  }
}

function statementsOf(policy: unknown): readonly Statement[] {
  const statements = member(policy, "Statement");
  const all: readonly unknown[] = Array.isArray(statements) ? statements : [statements];
  if (all.length === 0 || all.length > MOST_STATEMENTS || !all.every(isObject)) {
    throw invalid(`it must have 1 to ${MOST_STATEMENTS} statements`);
  }
  return all;
}

function checkStatement(
  { Effect, Principal, Action, Resource, Condition, ...more }: Statement,
  arn: PrivateCaArn,
): void {
  const other = Object.keys(more).find((name) => name !== "Sid");
  if (other !== undefined) throw invalid(`a statement must not have ${other}`);
  if (Effect !== "Allow") throw invalid("the effect of each statement must be Allow");
  const principals = list(member(Principal, "AWS"));
  if (principals.length === 0) throw invalid("each statement must name AWS principals");
  const stranger = principals.find((principal) => accountOf(principal) === undefined);
  if (stranger !== undefined) throw invalid(`${stranger} is no account: give its number or the ARN of its root`);
  const actions = list(Action);
  const unknown = actions.find((action) => !ACTIONS.has(action));
  if (actions.length === 0 || unknown !== undefined) {
    throw invalid(`${unknown ?? "nothing"} is no action that can be shared: ${[...ACTIONS].join(", ")}`);
  }
  const foreign = list(Resource).find((resource) => resource !== arn);
  if (list(Resource).length === 0 || foreign !== undefined)
    throw invalid(`the resource of each statement must be ${arn}`);
  if (Condition === undefined) return;
  const isForTemplates = actions.every((action) => action === "acm-pca:IssueCertificate");
  if (!isForTemplates || list(conditionOn(Condition)).length === 0) {
    throw invalid("the only condition is StringEquals on acm-pca:TemplateArn, for acm-pca:IssueCertificate alone");
  }
}

/** The templates of `{ StringEquals: { "acm-pca:TemplateArn": … } }`; nothing else is a condition. */
function conditionOn(condition: unknown): unknown {
  if (condition === undefined) return undefined;
  const equals = member(condition, "StringEquals");
  const only =
    isObject(condition) && Object.keys(condition).length === 1 && isObject(equals) && Object.keys(equals).length === 1;
  return only ? member(equals, "acm-pca:TemplateArn") : undefined;
}

function accountOf(principal: string): string | undefined {
  const [, account] = /^(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?$/.exec(principal) ?? [];
  return account;
}

/** A text, or a list of texts. */
function list(value: unknown): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.filter((one) => typeof one === "string");
}

function member(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(reason: string): Refusal {
  return new Refusal("private-ca-policy-invalid", `The resource policy is invalid: ${reason}.`);
}

const MOST_STATEMENTS = 20;
const ACTIONS: ReadonlySet<string> = new Set(
  (
    [
      "DescribeCertificateAuthority",
      "GetCertificate",
      "GetCertificateAuthorityCertificate",
      "IssueCertificate",
      "ListPermissions",
      "ListTags",
    ] as const satisfies readonly SharedAction[]
  ).map((action) => `acm-pca:${action}`),
);
