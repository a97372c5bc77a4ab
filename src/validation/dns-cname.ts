import { lookUp } from "#dns/lookup.ts";
import { askResolvers, type ResolverDeps } from "#dns/resolver.ts";
import type { LookupDeps } from "#dns/speaker.ts";
import { ancestry, labelsOf, parentOf, parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { readWireName } from "#domain/zones/wire-name.ts";

/** One question that was asked, and what came of it. */
export interface CnameLookup {
  /** Without the last dot. */
  readonly name: string;
  readonly type: "CNAME" | "TXT";
  /** `own zones`, or the resolver's address and port. */
  readonly server: string;
  /** The value, without the last dot. */
  readonly answer?: string;
  /** Why there is no value: in plain words. */
  readonly failure?: string;
}

/** Whether a CNAME stands where it should, and how that was found out. */
export interface CnameFinding {
  readonly found: boolean;
  /** What is wrong, for the owner of the domain; undefined when it was found. */
  readonly reason?: string;
  /** Everything that was asked, in order. */
  readonly lookups: readonly CnameLookup[];
}

export interface CnameDeps extends LookupDeps, ResolverDeps {}

/**
 * Looks for the CNAME that proves a domain: `name` must lead to `expected` over at most five CNAMEs. Our own zones are
 * asked directly, where they have the right to speak; all other names through the resolvers. Never rejects for what the
 * network does.
 */
export async function lookUpCname(name: string, expected: string, deps: CnameDeps): Promise<CnameFinding> {
  const lookups: CnameLookup[] = [];
  const ask: Ask = async (asked, type) => {
    const lookup = await look(asked, type, deps);
    lookups.push(...lookup);
    return lookup;
  };
  const start = parseRecordName(name);
  if (!start) return { found: false, reason: `"${name}" is not a domain name.`, lookups };
  const problem = await follow(start, expected, ask);
  if (problem === undefined) return { found: true, lookups };
  const hint = problem.kind === "missing" && problem.at === start ? await findMistake(start, expected, ask) : undefined;
  return { found: false, reason: hint ? `${problem.reason} ${hint}` : problem.reason, lookups };
}

type Ask = (name: RecordName, type: "CNAME" | "TXT") => Promise<readonly CnameLookup[]>;

interface Problem {
  readonly kind: "missing" | "wrong" | "failed";
  readonly at: RecordName;
  readonly reason: string;
}

/** Follows the CNAMEs from `start`; undefined when one of them has the expected value. */
async function follow(start: RecordName, expected: string, ask: Ask): Promise<Problem | undefined> {
  const seen = new Set<RecordName>();
  let at = start;
  for (let links = 0; links < MOST_LINKS; links += 1) {
    seen.add(at);
    const [lookup] = await ask(at, "CNAME");
    const { answer, failure, server } = lookup ?? {};
    const shown = withoutDot(at);
    if (answer === undefined) {
      const end = links === 0 ? "" : ` The CNAME at ${withoutDot(start)} leads there, not to ${withoutDot(expected)}.`;
      return failure && ABSENT.has(failure)
        ? { kind: links === 0 ? "missing" : "wrong", at, reason: `There is no CNAME record at ${shown}.${end}` }
        : { kind: "failed", at, reason: `${shown} could not be looked up: ${server} ${failure}.${end}` };
    }
    if (isExpected(answer, expected)) return undefined;
    const next = parseRecordName(answer);
    if (!next) return wrong(at, `The CNAME at ${shown} points to "${answer}", which is not a domain name.`);
    if (seen.has(next)) return wrong(at, `The CNAME records from ${withoutDot(start)} lead back to ${answer}.`);
    // ACM's targets have no records of their own: what looks like one is the value of another domain or request.
    if (links === 0 && isValidationTarget(answer) && isValidationTarget(expected)) {
      return wrong(at, `The CNAME at ${shown} has the value ${answer}, but it must be ${withoutDot(expected)}.`);
    }
    at = next;
  }
  return wrong(at, `More than ${MOST_LINKS} CNAME records follow one another from ${withoutDot(start)}.`);
}

/** Looks where the record often ends up by mistake, when it is not where it should be. */
async function findMistake(start: RecordName, expected: string, ask: Ask): Promise<string | undefined> {
  const domain = parentOf(start);
  const zones = ancestry(domain).filter((zone) => labelsOf(zone).length >= 2);
  for (const zone of zones.slice(-MOST_ZONES).reverse()) {
    const doubled = parseRecordName(`${start}${zone}`);
    const lookups = doubled ? await ask(doubled, "CNAME") : [];
    if (doubled && has(lookups, expected)) {
      const [short] = start.split(`.${zone}`);
      return `It stands at ${withoutDot(doubled)}: the domain was appended twice. Enter the name as "${short}", or with a dot at its end.`;
    }
  }
  if (has(await ask(domain, "CNAME"), expected)) {
    return `Its value stands at ${withoutDot(domain)} itself: the record's name must be ${withoutDot(start)}.`;
  }
  if (has(await ask(start, "TXT"), expected)) return "Its value stands there in a TXT record: the type must be CNAME.";
  return undefined;
}

/** What is known of a name: from our own zones when they may speak for it, else from the world. */
async function look(name: RecordName, type: "CNAME" | "TXT", deps: CnameDeps): Promise<readonly CnameLookup[]> {
  const own = await lookUp(name, RECORD_TYPES[type], deps);
  const asked = { name: withoutDot(name), type };
  switch (own.kind) {
    case "found":
      return own.records.map(({ data }) => ({ ...asked, server: OWN_ZONES, answer: valueOf(type, data) }));
    case "cname":
    case "no-data":
      return [{ ...asked, server: OWN_ZONES, failure: NO_DATA }];
    case "no-name":
      return [{ ...asked, server: OWN_ZONES, failure: NO_NAME }];
    case "not-ours":
    case "referral":
      return lookAbroad(name, type, asked, deps);
  }
}

async function lookAbroad(
  name: RecordName,
  type: "CNAME" | "TXT",
  asked: { readonly name: string; readonly type: "CNAME" | "TXT" },
  deps: CnameDeps,
): Promise<readonly CnameLookup[]> {
  const resolved = await askResolvers(name, type, deps);
  const { server } = resolved;
  switch (resolved.kind) {
    case "records":
      return resolved.records
        .slice(0, MOST_ANSWERS)
        .map(({ value }) => ({ ...asked, server, answer: withoutDot(value).slice(0, MOST_SHOWN) }));
    case "no-data":
      return [{ ...asked, server, failure: NO_DATA }];
    case "no-name":
      return [{ ...asked, server, failure: NO_NAME }];
    case "failed":
      return [{ ...asked, server, failure: resolved.reason }];
  }
}

function has(lookups: readonly CnameLookup[], expected: string): boolean {
  return lookups.some(({ answer }) => answer !== undefined && isExpected(answer, expected));
}

/** Some providers drop the underscore at the beginning of a value; ACM takes it so. */
function isExpected(answer: string, expected: string): boolean {
  const given = withoutDot(answer).toLowerCase();
  const wanted = withoutDot(expected).toLowerCase();
  return given === wanted || `_${given}` === wanted;
}

const isValidationTarget = (value: string): boolean => /\.acm-validations\.aws\.?$/i.test(value);

function valueOf(type: "CNAME" | "TXT", data: Buffer): string {
  if (type === "CNAME") return withoutDot(readWireName(data, 0)?.name ?? "");
  let text = "";
  for (let at = 0; at < data.length; at += 1 + (data[at] ?? 0)) {
    text += data.toString("latin1", at + 1, at + 1 + (data[at] ?? 0));
  }
  return text.slice(0, MOST_SHOWN);
}

function wrong(at: RecordName, reason: string): Problem {
  return { kind: "wrong", at, reason };
}

const withoutDot = (name: string): string => name.replace(/\.$/, "");

const OWN_ZONES = "own zones";
const NO_DATA = "has no such record";
const NO_NAME = "has no such name";
const ABSENT: ReadonlySet<string> = new Set([NO_DATA, NO_NAME]);
/** ACM follows no more: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html */
const MOST_LINKS = 5;
const MOST_ZONES = 3;
const MOST_ANSWERS = 20;
const MOST_SHOWN = 300;
