import { DAY, HOUR, type Millis } from "#lib/duration.ts";
import type { Report } from "#time-machine/report.ts";
import { COUNTED, type Counted } from "#time-machine/tally.ts";

/** What came of a run, for people at a terminal. */
export function tellTimeMachine(report: Report, seconds: number): string {
  const { certificates, seed, begin, end, load, trace, events, decisions } = report;
  const rate = (count: number): string => number(Math.round(count / seconds));
  return [
    `${number(certificates)} certificates from ${date(begin)} to ${date(end)}, seed ${seed}`,
    "",
    ...table(report),
    "",
    `Renewals a day. One mark is a week's busiest day; the highest is ${number(load.peak)}, on ${date(load.peakDay)}.`,
    ...chart(report),
    `Mean ${number(Math.round(load.mean))}, peak ${(load.peak / Math.max(load.mean, 1)).toFixed(1)} times that. At most ${percent(load.herd)} of the certificates in use came due on one day, ${date(load.herdDay)}.`,
    "",
    `Renewed with ${length(report.worstUndisturbedLead)} left at least where nothing stood in the way, with ${length(report.worstLead)} at least in all.`,
    `Trace of ${number(events)} events: ${trace}`,
    `${number(decisions)} decisions in ${seconds.toFixed(1)} s: ${rate(decisions)} decisions and ${rate(events)} events a second.`,
    "",
    ...verdict(report),
  ].join("\n");
}

function table({ byYear }: Report): string[] {
  const row = (cells: readonly string[]): string =>
    cells.map((cell, column) => cell.padStart(column === 0 ? 4 : 11)).join("");
  return [
    row(["year", ...COUNTED.map((what) => HEADINGS[what])]),
    ...byYear.map((year) => row([String(year.year), ...COUNTED.map((what) => number(year[what]))])),
    "Expired though used: their record, the CA or we ourselves were away for all the time that was left.",
  ];
}

/** One line for each year, one mark for each week of it. */
function chart({ begin, renewals, load, byYear }: Report): string[] {
  return byYear.map(({ year }) => {
    const first = Math.max(0, Math.round((Date.UTC(year, 0) - begin.getTime()) / DAY));
    const last = Math.round((Date.UTC(year + 1, 0) - begin.getTime()) / DAY);
    const days = renewals.slice(first, last);
    const before = Math.floor((Math.max(begin.getTime(), Date.UTC(year, 0)) - Date.UTC(year, 0)) / (7 * DAY));
    const weeks = Array.from({ length: Math.ceil(days.length / 7) }, (_, week) => days.slice(week * 7, week * 7 + 7));
    const marks = weeks.map((week) => mark(Math.max(...week), load.peak)).join("");
    return `  ${year} ${" ".repeat(before)}${marks}`;
  });
}

function mark(count: number, peak: number): string {
  return count === 0 ? " " : (MARKS[Math.min(MARKS.length - 1, Math.floor((count / peak) * MARKS.length))] ?? "");
}

function verdict({ violations, violationCount, certificates, years, seed }: Report): string[] {
  if (violationCount === 0) return ["Nothing happened that must never happen."];
  const again = `sealkeeper time-machine --certificates ${certificates} --years ${years} --seed ${seed} --follow`;
  return [
    `${number(violationCount)} things happened that must never happen:`,
    ...violations.map(({ at, what }) => `  ${at.toISOString()} ${what}`),
    ...violations.flatMap(({ slot }) => (slot === undefined ? [] : [`See: ${again} ${slot}`])).slice(0, 1),
  ];
}

function length(millis: Millis | undefined): string {
  if (millis === undefined) return "nothing";
  return millis >= 2 * DAY ? `${(millis / DAY).toFixed(1)} days` : `${(millis / HOUR).toFixed(1)} hours`;
}

const number = (count: number): string => count.toLocaleString("en");
const date = (at: Date): string => at.toISOString().slice(0, 10);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const MARKS = "▁▂▃▄▅▆▇█";
const HEADINGS: Readonly<Record<Counted, string>> = {
  requested: "requested",
  issued: "issued",
  renewed: "renewed",
  timedOut: "timed out",
  expiredInUse: "exp. used",
  expiredUnused: "unused",
  revoked: "revoked",
  deleted: "deleted",
};
