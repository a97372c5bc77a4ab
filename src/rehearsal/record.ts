import { rehearsalEvent } from "#domain/rehearsal/events.ts";
import type { Finding } from "#domain/rehearsal/rehearsal.ts";
import { publishIn } from "#journal/events.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { holdCertificate } from "#store/certificates.ts";
import { findRehearsal, type NewRehearsal, putRehearsal, repeatRehearsal, URGENCY } from "#store/rehearsals.ts";
import type { Store } from "#store/store.ts";
import type { Rehearsal } from "./rehearse.ts";

export interface RecordDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Keeps what a rehearsal came to. Where it is something else than the time before, whoever listens to events hears of
 * it in the same commit. Nothing but the tables of rehearsals and the outbox of events is written.
 */
export async function recordRehearsal(rehearsal: Rehearsal, deps: RecordDeps): Promise<void> {
  const { store } = deps;
  const { arn } = rehearsal.subject.certificate;
  const row = rowOf(rehearsal);
  const before = await findRehearsal(store, arn);
  if (before && before.verdict === row.verdict && before.problem === row.problem) {
    await repeatRehearsal(store, row);
    return;
  }
  await store.transaction().execute(async (tx) => {
    if (!(await holdCertificate(tx, arn))) return; // deleted meanwhile
    const now = deps.clock.now();
    const last = await findRehearsal(tx, arn);
    if (last && last.rehearsedAt > row.rehearsedAt) return;
    await putRehearsal(tx, row);
    const { account, region } = rehearsal.subject.certificate;
    const content = rehearsalEvent(
      {
        ...row,
        problem: row.problem ?? null,
        owner: row.owner ?? null,
        actBy: row.actBy ?? null,
        record: rehearsal.record,
      },
      last,
      now,
    );
    if (content) await publishIn(tx, { ...content, account, region, resources: [arn] }, deps);
  });
}

function rowOf({ subject, verdict, problem, record, findings, owner, renewsAt, actBy }: Rehearsal): NewRehearsal {
  const { arn, account, region, domainName } = subject.certificate;
  const rehearsedAt = subject.now.getTime();
  return {
    certificateArn: arn,
    account,
    region,
    domainName,
    verdict,
    urgency: URGENCY[verdict],
    urgentAt: (actBy ?? renewsAt)?.getTime() ?? BEYOND_ALL_TIME,
    owner: owner ?? null,
    problem: problem ?? null,
    record: record === undefined ? null : JSON.stringify(record),
    renewsAt: renewsAt?.getTime() ?? null,
    actBy: actBy?.getTime() ?? null,
    rehearsedAt,
    since: rehearsedAt,
    findings: JSON.stringify(bounded(findings)),
  };
}

/** What strangers answered shall not fill the database: only so much is kept of what was asked. */
function bounded(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .slice(0, MOST_FINDINGS)
    .map(({ lookups, ...finding }) => ({ ...finding, ...(lookups && { lookups: lookups.slice(0, MOST_LOOKUPS) }) }));
}

/** The last moment that JavaScript knows. */
const BEYOND_ALL_TIME = 8.64e15;
const MOST_FINDINGS = 120;
const MOST_LOOKUPS = 12;
