import { shownName } from "#dns/resolved-record.ts";
import { parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import type { AuthorityDeps } from "./ask-authority.ts";
import type { Asked } from "./asked.ts";
import { findDelegationMistake } from "./delegation.ts";
import { corroborate, type PerspectiveDeps, type Verdict } from "./perspectives.ts";
import { findRecordMistake, isExpected, valuesOf } from "./record-mistake.ts";
import { signatureMistake } from "./signature-mistake.ts";
import type { View } from "./view.ts";

/** Whether a CNAME stands where it should, and how that was found out. */
export interface CnameFinding {
  readonly found: boolean;
  /** What is wrong, for the owner of the domain; undefined when it was found. */
  readonly reason?: string;
  /** Everything that was asked, in order. */
  readonly lookups: readonly Asked[];
}

export interface CnameDeps extends PerspectiveDeps, AuthorityDeps {}

/** How hard to look for the cause of a missing record. */
export interface CnameLook {
  /** Whose record it is: their zones here are looked at too. */
  readonly account?: string | undefined;
  /** Also ask the parent zone and the domain's own servers, which may take seconds. */
  readonly thorough?: boolean;
}

/**
 * Looks for the CNAME that proves a domain: `name` must lead to `expected` over at most five CNAMEs. Our own zones are
 * asked directly, where they have the right to speak; all other names through the resolvers of every perspective. Never
 * rejects for what the network does.
 */
export async function lookUpCname(
  name: string,
  expected: string,
  deps: CnameDeps,
  how: CnameLook = {},
): Promise<CnameFinding> {
  const start = parseRecordName(name);
  if (!start) return { found: false, reason: `"${name}" is not a domain name.`, lookups: [] };
  const { holds, reason, verdicts, first, lookups } = await corroborate((view) => follow(start, expected, view), deps);
  if (holds) return { found: true, lookups };
  const [problem] = verdicts;
  const hint = problem && !problem.holds ? await findMistake(start, expected, problem, first, how, deps) : undefined;
  return { found: false, reason: [reason, hint].filter((part) => part !== undefined).join(" "), lookups };
}

type Followed = Verdict & {
  readonly kind: "found" | "missing" | "wrong" | "failed";
};

/** Looks where the record ended up, or who is asked instead of whom; only for a record that is missing. */
async function findMistake(
  start: RecordName,
  expected: string,
  { kind }: Followed,
  view: View,
  { account, thorough = false }: CnameLook,
  deps: CnameDeps,
): Promise<string | undefined> {
  if (kind !== "missing" && kind !== "failed") return undefined;
  const mistake =
    kind === "missing" ? await findRecordMistake(start, expected, view) : await signatureMistake(start, view);
  if (mistake !== undefined) return mistake;
  return await findDelegationMistake(start, expected, view, { account, thorough }, deps);
}

/** Follows the CNAMEs from `start`. */
async function follow(start: RecordName, expected: string, view: View): Promise<Followed> {
  const seen = new Set<RecordName>();
  let at = start;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    seen.add(at);
    const shown = shownName(at);
    const resolved = await view.ask(at, "CNAME");
    const end = links === 0 ? "" : ` The CNAME at ${shownName(start)} leads there, not to ${shownName(expected)}.`;
    if (resolved.kind === "failed") {
      const { server, reason } = resolved;
      return { holds: false, kind: "failed", reason: `${shown} could not be looked up: ${server} ${reason}.${end}` };
    }
    const [answer] = valuesOf(resolved);
    if (answer === undefined || resolved.kind !== "records") {
      const reason = `There is no CNAME record at ${shown}.${end}`;
      return { holds: false, kind: links === 0 ? "missing" : "wrong", reason };
    }
    if (isExpected(answer, expected)) return { holds: true, kind: "found" };
    const next = resolved.records[0]?.target;
    if (!next) return wrong(`The CNAME at ${shown} points to "${answer}", which is not a domain name.`);
    if (seen.has(next)) return wrong(`The CNAME records from ${shownName(start)} lead back to ${answer}.`);
    // ACM's targets have no records of their own: what looks like one is the value of another domain or request.
    if (links === 0 && isValidationTarget(answer) && isValidationTarget(expected)) {
      return wrong(`The CNAME at ${shown} has the value ${answer}, but it must be ${shownName(expected)}.`);
    }
    at = next;
  }
  return wrong(`More than ${MOST_LINKS} CNAME records follow one another from ${shownName(start)}.`);
}

function wrong(reason: string): Followed {
  return { holds: false, kind: "wrong", reason };
}

const isValidationTarget = (value: string): boolean => /\.acm-validations\.aws\.?$/i.test(value);

/** ACM follows no more: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html */
const MOST_LINKS = 5;
