import type { Condition } from "./condition.ts";
import type { Matched, PolicyKind, Principals, Statement } from "./document.ts";
import { malformed, show } from "./malformed.ts";
import { OPERATORS, type Operator } from "./operators.ts";
import { lowerCase, type Pattern, readPattern } from "./pattern.ts";
import { readPrincipal } from "./principals.ts";

/** What the reader of one statement must know of its policy. */
interface StatementPlace {
  readonly kind: PolicyKind;
  readonly variables: boolean;
  /** How messages call it: `Statement 2`. */
  readonly place: string;
}

/** Reads one statement. Refuses with `policy-malformed`. */
export function readStatement(value: unknown, at: StatementPlace): Statement {
  const { Sid, Effect, Condition, ...rest } = membersOf(value, at.place);
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource, ...others } = rest;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw malformed(`${at.place} has an element ${show(unknown)} that policies do not have.`);
  if (Sid !== undefined && (typeof Sid !== "string" || !isSid(Sid, at.kind))) {
    throw malformed(`${at.place}: the Sid may have letters and digits only.`);
  }
  if (Effect !== "Allow" && Effect !== "Deny") throw malformed(`${at.place}: Effect must be "Allow" or "Deny".`);
  return {
    sid: Sid === "" ? undefined : Sid,
    effect: Effect,
    principals: readPrincipals(Principal, NotPrincipal, Effect, at),
    actions: readActions(Action, NotAction, at),
    resources: readResources(Resource, NotResource, at),
    conditions: readConditions(Condition, at),
  };
}

function readPrincipals(
  own: unknown,
  not: unknown,
  effect: Statement["effect"],
  { kind, place }: StatementPlace,
): Principals | undefined {
  if (kind === "identity" || kind === "session") {
    if (own === undefined && not === undefined) return undefined;
    throw malformed("Policy document should not specify a principal.");
  }
  if (not !== undefined && kind === "trust") throw malformed("Has prohibited field NotPrincipal.");
  const { value, negated } = eitherOf("Principal", own, not, place);
  if (negated && effect === "Allow") throw malformed(`${place}: Allow with NotPrincipal is not allowed.`);
  if (value === "*") return { negated, names: [{ kind: "everybody" }] };
  const types = Object.entries(membersOf(value, `${place}: Principal`));
  if (types.length === 0) throw malformed(`${place}: Principal names nobody.`);
  const names = types.flatMap(([type, texts]) =>
    textsOf(texts, `${place}: Principal`).map((text) => {
      const name = readPrincipal(type, text);
      if (!name) throw malformed(`Invalid principal in policy: ${show({ [type]: text })}.`);
      return name;
    }),
  );
  return { negated, names };
}

function readActions(own: unknown, not: unknown, at: StatementPlace): Matched {
  const { value, negated } = eitherOf("Action", own, not, at.place);
  const texts = textsOf(value, `${at.place}: Action`);
  for (const text of texts) {
    if (!ACTION.test(text))
      throw malformed(`Actions/Conditions must be prefaced by a vendor, e.g., iam, acm, kms: ${show(text)}.`);
    if (at.kind === "trust" && !/^sts:/i.test(text)) {
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    }
  }
  return { negated, patterns: texts.map((text) => lowerCase(patternOf(text, { ...at, variables: false }))) };
}

function readResources(own: unknown, not: unknown, at: StatementPlace): Matched | undefined {
  if (at.kind === "trust") {
    if (own === undefined && not === undefined) return undefined;
    throw malformed("Has prohibited field Resource.");
  }
  const { value, negated } = eitherOf("Resource", own, not, at.place);
  const texts = textsOf(value, `${at.place}: Resource`);
  const stray = texts.find((text) => text !== "*" && !text.startsWith("arn:") && !text.startsWith("*"));
  if (stray !== undefined) throw malformed(`Resource ${show(stray)} must be in ARN format or "*".`);
  return { negated, patterns: texts.map((text) => patternOf(text, at)) };
}

function readConditions(value: unknown, at: StatementPlace): readonly Condition[] {
  if (value === undefined) return [];
  return Object.entries(membersOf(value, `${at.place}: Condition`)).flatMap(([name, keys]) => {
    const how = readOperator(name);
    if (!how) throw malformed(`Invalid Condition type : ${show(name)}.`);
    return Object.entries(membersOf(keys, `${at.place}: ${name}`)).map(([key, values]) => {
      if (!CONDITION_KEY.test(key))
        throw malformed(`Condition key ${show(key)} must be prefaced by a vendor, e.g., aws.`);
      const texts = textsOf(values, `${at.place}: ${key}`, { scalars: true });
      return { ...how, key, values: texts.map((text) => patternOf(text, at)) };
    });
  });
}

/** `ForAnyValue:StringEqualsIfExists`. */
function readOperator(name: string): Pick<Condition, "operator" | "quantifier" | "ifExists"> | undefined {
  const [, quantifier, bare = "", ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(name) ?? [];
  if (!Object.hasOwn(OPERATORS, bare) || (bare === "Null" && ifExists !== undefined)) return undefined;
  return {
    operator: bare as Operator,
    quantifier: quantifier as Condition["quantifier"],
    ifExists: ifExists !== undefined,
  };
}

function eitherOf(
  name: string,
  own: unknown,
  not: unknown,
  place: string,
): { readonly value: unknown; readonly negated: boolean } {
  if ((own === undefined) === (not === undefined)) {
    throw malformed(`${place} must have ${own === undefined ? "" : "only one of "}${name} or Not${name}.`);
  }
  return { value: own ?? not, negated: own === undefined };
}

function patternOf(text: string, { variables, place }: StatementPlace): Pattern {
  const pattern = readPattern(text, { variables });
  if (!pattern) throw malformed(`${place}: ${show(text)} has a policy variable that is not well-formed.`);
  return pattern;
}

function membersOf(value: unknown, place: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw malformed(`Syntax errors in policy: ${place} must be an object.`);
}

/** One text or a list of them; where values are meant, also numbers and truth values. */
function textsOf(value: unknown, place: string, { scalars = false } = {}): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw malformed(`Syntax errors in policy: ${place} is empty.`);
  return list.map((one) => {
    if (typeof one === "string") return one;
    if (scalars && (typeof one === "number" || typeof one === "boolean")) return String(one);
    throw malformed(`Syntax errors in policy: ${place} must be ${scalars ? "values" : "strings"}.`);
  });
}

/** Policies of principals are stricter than those of resources. */
function isSid(text: string, kind: PolicyKind): boolean {
  return kind === "key" ? text.length <= 1024 : /^[A-Za-z0-9]*$/.test(text);
}

const ACTION = /^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$/;
const CONDITION_KEY = /^[A-Za-z0-9-]+:.+$/;
