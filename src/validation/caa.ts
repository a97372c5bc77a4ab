import { type CaaRecord, shownName } from "#dns/resolved-record.ts";
import { publicSuffix } from "#domain/certificate/public-suffix.ts";
import { baseDomain } from "#domain/certificate/requested-names.ts";
import { type DomainName, parseDomainName } from "#domain/names.ts";
import { ancestry, type RecordName } from "#domain/zones/record-name.ts";
import { type IssueValue, readIssueValue } from "./caa-value.ts";
import type { Verdict } from "./perspectives.ts";
import { OWN_ZONES, recordName, type View } from "./view.ts";

/** For whom CAA records are asked. */
export interface CaaIssuer {
  /** The names by which records may permit this CA. */
  readonly identities: readonly string[];
  /** Who asked for the certificate (`accounturi`, RFC 8657 §3); undefined where the CA judges that itself. */
  readonly accountUri?: string | undefined;
  /** How control was proved (`validationmethods`, RFC 8657 §4); undefined where the CA judges that itself. */
  readonly methods?: readonly string[] | undefined;
}

export interface CaaVerdict extends Verdict {
  /** `unknown`: it could not be found out, so it is not permitted yet (RFC 8659 §6.1). */
  readonly kind: "permitted" | "forbidden" | "unknown";
}

/** Whether the CAA records of a name permit a certificate for it (RFC 8659), as seen from one place. */
export async function checkCaaRecords(name: DomainName, issuer: CaaIssuer, view: View): Promise<CaaVerdict> {
  const found = await relevantRecords(name, view);
  if (found.kind === "failed") {
    return {
      holds: false,
      kind: "unknown",
      reason: `The CAA records of ${found.at} could not be looked up: ${found.reason}.`,
    };
  }
  const reason = found.kind === "none" ? undefined : caaObjection(name, found.records, issuer, found.at);
  return reason === undefined ? PERMITTED : { holds: false, kind: "forbidden", reason };
}

/**
 * Why these records, the relevant ones for a name, forbid the certificate: a sentence that names them and where they
 * stand; undefined when they permit it.
 */
export function caaObjection(
  name: DomainName,
  records: readonly CaaRecord[],
  issuer: CaaIssuer,
  at: string,
): string | undefined {
  const critical = records.find(({ flags, tag }) => (flags & CRITICAL) !== 0 && !KNOWN.has(tag));
  if (critical) {
    return `CAA forbids a certificate for ${name}: the record ${critical.value} at ${at} is critical, and what "${critical.tag}" means is not known here.`;
  }
  const wild = name.startsWith("*.") ? records.filter(({ tag }) => tag === "issuewild") : [];
  const asked = wild.length > 0 ? wild : records.filter(({ tag }) => tag === "issue");
  if (asked.length === 0) return undefined;
  const objections = asked.map(({ data }) => objection(readIssueValue(data), issuer));
  if (objections.includes(undefined)) return undefined;
  const shown = asked
    .slice(0, MOST_SHOWN)
    .map(({ value }, index) => `${value} (${objections[index]})`)
    .join(", ");
  const [identity = ""] = issuer.identities;
  const tag = wild.length > 0 ? "issuewild" : "issue";
  return `CAA forbids a certificate for ${name}: at ${at} stand only ${shown}. To permit it, add 0 ${tag} "${identity}" there.`;
}

/** Why one property does not permit this CA; undefined when it does. */
function objection(value: IssueValue | undefined, { identities, accountUri, methods }: CaaIssuer): string | undefined {
  if (!value) return "malformed, so for nobody";
  if (value.issuer === undefined) return "for nobody";
  if (!identities.includes(value.issuer)) return "for another CA";
  const accounts = value.parameters.filter(({ tag }) => tag === "accounturi");
  // RFC 8657 §3: a property with several of them can be met by nobody.
  const isAccount = accounts.length === 1 && accounts[0]?.value === accountUri;
  if (accountUri !== undefined && accounts.length > 0 && !isAccount) return `not for the account ${accountUri}`;
  const lists = value.parameters.filter(({ tag }) => tag === "validationmethods");
  const permitted = lists.length === 1 ? (lists[0]?.value.split(",") ?? []) : [];
  const isMethod = methods?.some((method) => permitted.includes(method));
  if (methods !== undefined && lists.length > 0 && !isMethod) return `not for validation by ${methods.join(" or ")}`;
  return undefined;
}

type Relevant =
  | { readonly kind: "records"; readonly records: readonly CaaRecord[]; readonly at: string }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly at: string; readonly reason: string };

/**
 * RFC 8659 §3: the records at the name, or else at the closest name above it that has some, where each may be an alias;
 * the names above are those of the name itself, not of where an alias leads. Once our own zones have answered up to the
 * registered domain, the public suffixes above it are not asked: nobody restricts there, and an installation without the
 * Internet must go on; one without any resolver sees its own zones only.
 */
async function relevantRecords(name: DomainName, view: View): Promise<Relevant> {
  for (const level of ancestry(recordName(baseDomain(name)))) {
    const answer = await view.ask(level, "CAA");
    const at = shownName(level);
    if (answer.kind === "failed" && answer.server !== OWN_ZONES && !view.seesWorld) return { kind: "none" };
    if (answer.kind === "failed") return { kind: "failed", at, reason: `${answer.server} ${answer.reason}` };
    if (answer.kind === "records") {
      const where = answer.at === level ? at : `${shownName(answer.at)}, where ${at} leads by a CNAME,`;
      return { kind: "records", records: answer.records, at: where };
    }
    if (answer.server === OWN_ZONES && isRegistered(level)) return { kind: "none" };
  }
  return { kind: "none" };
}

function isRegistered(level: RecordName): boolean {
  const domain = parseDomainName(shownName(level));
  const suffix = domain && publicSuffix(domain);
  return suffix?.kind === "below" && suffix.registrable === domain;
}

const PERMITTED: CaaVerdict = { holds: true, kind: "permitted" };
/** 128 (RFC 8659 §4.1), and 1, because many took "bit 0" for that one. */
const CRITICAL = 0x81;
/** IANA's registry of CAA property tags: those beyond the first two do not restrict certificates of servers. */
const KNOWN: ReadonlySet<string> = new Set([
  "issue",
  "issuewild",
  "iodef",
  "contactemail",
  "contactphone",
  "issuemail",
  "issuevmc",
]);
const MOST_SHOWN = 5;
