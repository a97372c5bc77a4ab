import type { Verdict } from "#domain/rehearsal/rehearsal.ts";
import { DAY } from "#lib/duration.ts";
import type { Finding, Rehearsal, RehearsalSummary } from "#services/sealkeeper/api.ts";

/** How many certificates came to what. */
export type Counts = Readonly<Record<Verdict, number>>;

/** Rehearsals for people: a line each, the worst first, with what is to be done below those that need it. */
export function tellRehearsals(rehearsals: readonly Rehearsal[], counts: Counts, now: Date): string {
  const lines = worstFirst(rehearsals).map((rehearsal) => [
    WORDS[rehearsal.Verdict],
    rehearsal.DomainName,
    rehearsal.Owner ?? "-",
    when(rehearsal, now),
    rehearsal.CertificateArn,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const row = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join("  ");
  const table = worstFirst(rehearsals).flatMap((rehearsal, index) => [row(lines[index] ?? []), ...advice(rehearsal)]);
  return [...(table.length > 0 ? [row(HEADINGS), ...table, ""] : []), tellCounts(counts), ""].join("\n");
}

/** One rehearsal with everything that was found. */
export function tellRehearsal(rehearsal: Rehearsal, now: Date): string {
  const { CertificateArn, DomainName, Verdict: verdict, Owner, Findings } = rehearsal;
  return [
    CertificateArn,
    field("domain", DomainName),
    field("verdict", `${WORDS[verdict]}, ${when(rehearsal, now)}`),
    ...(Owner === undefined ? [] : [field("owner", Owner)]),
    "",
    ...Findings.flatMap(tellFinding),
    "",
  ].join("\n");
}

/** Of two that are equally bad the more urgent comes first. */
export function worstFirst<Told extends RehearsalSummary>(rehearsals: readonly Told[]): readonly Told[] {
  const urgency = ({ Verdict: verdict }: Told): number => ORDER.indexOf(verdict);
  const time = ({ ActBy, RenewsAt }: Told): number => (ActBy ?? RenewsAt)?.getTime() ?? Number.POSITIVE_INFINITY;
  return rehearsals.toSorted((a, b) => urgency(a) - urgency(b) || (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0));
}

function tellCounts({ WOULD_RENEW, WOULD_NOT_RENEW, NOT_RENEWED_BY_US }: Counts): string {
  const all = WOULD_RENEW + WOULD_NOT_RENEW + NOT_RENEWED_BY_US;
  if (all === 0) return "There is no certificate to rehearse.";
  const parts = [
    `${WOULD_NOT_RENEW} would not renew`,
    `${NOT_RENEWED_BY_US} ${NOT_RENEWED_BY_US === 1 ? "is" : "are"} not renewed by us`,
    `${WOULD_RENEW} would renew`,
  ];
  return `${all} ${all === 1 ? "certificate" : "certificates"}: ${parts.join(", ")}.`;
}

function when({ ActBy, RenewsAt }: RehearsalSummary, now: Date): string {
  if (ActBy) {
    const days = Math.floor((ActBy.getTime() - now.getTime()) / DAY);
    return days < 0 ? `over since ${date(ActBy)}` : `act by ${date(ActBy)} (${days} ${days === 1 ? "day" : "days"})`;
  }
  return RenewsAt ? `renews ${date(RenewsAt)}` : "-";
}

/** What to do, below a line that needs somebody. */
function advice({ Problem, Record: record }: Rehearsal): string[] {
  if (Problem === undefined) return [];
  return [`  ${Problem}`, ...(record ? [`  write: ${record.Name} ${record.Type} ${record.Value}`] : [])];
}

function tellFinding({ Check, Outcome, Message, Record: record, Lookups }: Finding): string[] {
  const name = Check.toLowerCase().replaceAll("_", " ");
  return [
    field(MARKS[Outcome], `${name}: ${Message}`),
    ...(record && Outcome !== "PASSED" ? [field("", `write: ${record.Name} ${record.Type} ${record.Value}`)] : []),
    ...(Lookups ?? []).map(({ Name, Type, Server, Answer, Failure }) =>
      field("", `asked ${Server} for ${Type} ${Name}: ${Answer ?? Failure ?? "no answer"}`),
    ),
  ];
}

function field(label: string, value: string): string {
  return `  ${label.padEnd(9)} ${value}`;
}

const date = (time: Date): string => time.toISOString().slice(0, 10);

const HEADINGS = ["VERDICT", "DOMAIN", "OWNER", "WHEN", "CERTIFICATE"];
const ORDER: readonly Verdict[] = ["WOULD_NOT_RENEW", "NOT_RENEWED_BY_US", "WOULD_RENEW"];
const WORDS: Readonly<Record<Verdict, string>> = {
  WOULD_NOT_RENEW: "WOULD NOT RENEW",
  NOT_RENEWED_BY_US: "not renewed by us",
  WOULD_RENEW: "would renew",
};
const MARKS: Readonly<Record<Finding["Outcome"], string>> = { PASSED: "passed", WARNING: "warning", FAILED: "FAILED" };
