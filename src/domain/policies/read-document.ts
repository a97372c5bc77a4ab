import { JsonError, parseJsonObject } from "#lib/strict-json.ts";
import type { PolicyDocument, PolicyKind, Statement } from "./document.ts";
import { malformed, show } from "./malformed.ts";
import { readStatement } from "./read-statement.ts";

/**
 * Reads a policy. Refuses with `policy-malformed`, and says what is wrong, when it is none, when it has elements that a
 * policy of its kind may not have, or does not have what it must.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function readPolicyDocument(text: string, kind: PolicyKind): PolicyDocument {
  if (text.length > MOST_TEXT) throw malformed(`The policy is longer than ${MOST_TEXT} characters.`);
  const { Version = "2008-10-17", Id, Statement, ...others } = parse(text);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw malformed(`Syntax errors in policy: there is no element ${show(unknown)}.`);
  if (Version !== "2012-10-17" && Version !== "2008-10-17") {
    throw malformed(`The policy's Version must be 2012-10-17 or 2008-10-17, not ${show(Version)}.`);
  }
  if (Id !== undefined && typeof Id !== "string") throw malformed("Syntax errors in policy: Id must be a string.");
  const list: readonly unknown[] = Array.isArray(Statement) ? Statement : Statement === undefined ? [] : [Statement];
  if (list.length === 0) throw malformed("Syntax errors in policy: there is no Statement.");
  const variables = Version === "2012-10-17";
  const statements = list.map((one, i) => readStatement(one, { kind, variables, place: `Statement ${i + 1}` }));
  const sids = statements.map(({ sid }) => sid).filter((sid) => sid !== undefined);
  if (new Set(sids).size < sids.length) throw malformed("Statement IDs (SID) in a single policy must be unique.");
  const conditionKeys = keysIn(statements);
  const resourceTags = [...conditionKeys].some((key) => /^[a-z0-9-]+:resourcetag\//.test(key));
  return { version: Version, statements, conditionKeys, resourceTags };
}

/** In a condition, or as a variable anywhere. */
function keysIn(statements: readonly Statement[]): ReadonlySet<string> {
  const found = JSON.stringify(statements).matchAll(/"key":"([^"\\]+)/g);
  return new Set([...found].map(([, key = ""]) => key.toLowerCase()));
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return parseJsonObject(text);
  } catch (error) {
    if (error instanceof JsonError) throw malformed(`Syntax errors in policy: ${error.message}.`);
    throw error;
  }
}

/** Reads a policy that was read before from memory: policies are asked at every call. */
export function knownPolicyDocument(text: string, kind: PolicyKind): PolicyDocument {
  const name = `${kind} ${text}`;
  const known = KNOWN.get(name) ?? readPolicyDocument(text, kind);
  KNOWN.delete(name); // the last used stands last
  KNOWN.set(name, known);
  const oldest = KNOWN.keys().next().value;
  if (KNOWN.size > MOST_KNOWN && oldest !== undefined) KNOWN.delete(oldest);
  return known;
}

const KNOWN = new Map<string, PolicyDocument>();
const MOST_KNOWN = 1000;
/** More than any kind of policy may have. */
const MOST_TEXT = 131_072;
