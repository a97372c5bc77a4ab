import { table } from "#cli/edge/operator.ts";
import { EXPOSURES, type ExposureClass, FATES, type Fate } from "#domain/campaign/item.ts";
import type { Campaign, CampaignCertificate, NamedCount } from "#services/sealkeeper/campaign-api.ts";

/** What a campaign is against and what will happen, for people. */
export function tellPlan(campaign: Campaign, first: readonly CampaignCertificate[]): string {
  const { CampaignId: id, Plan, Reason, DeadlineSeconds, RevokeAtDeadline, Rate, Concurrency } = campaign;
  const { Certificates, Fates, Exposures, Uses, NeedApproval } = Plan;
  const begun = Certificates - countOf(Fates, "OWNER_IMPORTS") - countOf(Fates, "NOTHING");
  return [
    `Campaign ${id}: ${many(Certificates, "certificate")}, in use ${many(Uses, "time")}; to be revoked as ${Reason} within ${span(DeadlineSeconds)} of the start.`,
    "",
    ...EXPOSURES.map((name) => line(countOf(Exposures, name), EXPOSED[name])),
    "",
    ...Object.entries(FATES).flatMap(([name, what]) => {
      const count = countOf(Fates, name as Fate);
      return count === 0 ? [] : [line(count, what)];
    }),
    ...(NeedApproval > 0 ? [line(NeedApproval, "of these are validated by e-mail: somebody must approve each")] : []),
    ...(first.length > 0
      ? [
          "",
          "The most exposed first:",
          ...first.map(
            ({ DomainName, InUseBy, Exported }) =>
              `  ${DomainName}  ${[...(Exported ? ["exported"] : []), ...InUseBy].join(", ") || "nobody uses it"}`,
          ),
        ]
      : []),
    "",
    Rate === 0
      ? `As fast as it goes, ${Concurrency} at a time.`
      : `At ${Rate} a second, ${Concurrency} at a time, it takes ${span(begun / Rate)} at least.`,
    RevokeAtDeadline
      ? "At the deadline whatever is left is revoked, replaced or not."
      : "What cannot be replaced is not revoked, not even at the deadline (--revoke-at-deadline).",
  ].join("\n");
}

/** How far a campaign is, in a few lines. `pace` is what was seen just now, if somebody watches. */
export function tellStatus(campaign: Campaign, pace: number | undefined, now: Date): string {
  const { CampaignId, State, Counts, Deadline, Pace, EndsAt, RanForSeconds, Problem, OrderedBy } = campaign;
  const open = Counts.Pending + Counts.Started + Counts.Replacing + Counts.Settling;
  const total = open + Counts.Done + Counts.Skipped + Counts.Left;
  const over = total === 0 ? 100 : Math.floor((100 * (total - open)) / total);
  return [
    `Campaign ${CampaignId} is ${State}: ${over} % of ${many(total, "certificate")}, ${span(RanForSeconds)} so far, ordered by ${OrderedBy}.`,
    `  replaced ${Counts.Replaced}, revoked ${Counts.Revoked}, done ${Counts.Done}, waiting ${Counts.Replacing + Counts.Settling} (${Counts.Troubled} with a problem), not begun ${Counts.Pending}, skipped ${Counts.Skipped}, left ${Counts.Left}`,
    ...(Pace === undefined
      ? []
      : [`  ${rate(Pace)} a second on the average${pace === undefined ? "" : `, ${rate(pace)} just now`}`]),
    ...(EndsAt && State === "RUNNING"
      ? [`  done in ${span((EndsAt.getTime() - now.getTime()) / 1000)}, but for those that wait for somebody`]
      : []),
    ...(Deadline ? [`  ${deadline(Deadline, open, now)}`] : []),
    ...(Problem === undefined ? [] : [`  ${Problem}`]),
  ].join("\n");
}

/** All certificates of a page, for people. */
export function tellReport(certificates: readonly CampaignCertificate[]): string {
  const rows = certificates.map((one) => [
    one.State,
    one.DomainName,
    one.Serial ?? "-",
    one.NewSerial ?? "-",
    one.ReplacedAt?.toISOString() ?? "-",
    one.RevokedAt?.toISOString() ?? "-",
    one.Problem ?? "",
  ]);
  return table([["STATE", "DOMAIN", "OLD SERIAL", "NEW SERIAL", "REPLACED", "REVOKED", ""], ...rows]);
}

/** A line of RFC 4180. What a spreadsheet would take for a formula is made text. */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return cells
    .map((cell = "") => {
      const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
    })
    .join(",");
}

export const CSV_HEAD: readonly string[] = [
  "certificate_arn",
  "domain",
  "state",
  "what_happens",
  "in_use_by",
  "exported",
  "old_serial",
  "new_serial",
  "replaced_at",
  "revoked_at",
  "problem",
];

export function csvCells(one: CampaignCertificate): readonly (string | undefined)[] {
  return [
    one.CertificateArn,
    one.DomainName,
    one.State,
    one.Fate,
    one.InUseBy.join(" "),
    String(one.Exported),
    one.Serial,
    one.NewSerial,
    one.ReplacedAt?.toISOString(),
    one.RevokedAt?.toISOString(),
    one.Problem,
  ];
}

/** A length of time in seconds, in its two largest units. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts: string[] = [];
  let left = whole;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && parts.length < 2) parts.push(`${count} ${unit}`);
  }
  return parts.join(" ") || "0 s";
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

function deadline(at: Date, open: number, now: Date): string {
  const left = (at.getTime() - now.getTime()) / 1000;
  if (left > 0) return `deadline ${at.toISOString()}, in ${span(left)}`;
  return `deadline ${at.toISOString()} has passed${open > 0 ? `: ${open} are not done` : ""}`;
}

function line(count: number, what: string): string {
  return `  ${String(count).padStart(7)}  ${what}`;
}

function rate(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toFixed(2);
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function countOf(counts: readonly NamedCount[], name: string): number {
  return counts.find(({ Name }) => Name === name)?.Count ?? 0;
}

const EXPOSED: Readonly<Record<ExposureClass, string>> = {
  EXPORTED_AND_SERVED: "served by edges, and their keys are elsewhere, too",
  SERVED: "served by edges",
  EXPORTED: "elsewhere: exported, or an ACME client's",
  ATTACHED: "attached where no edge serves them",
  UNUSED: "used by nobody",
};
