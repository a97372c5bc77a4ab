import type { CertificateArn } from "#domain/arn.ts";
import { daysToExpiry } from "#domain/events/certificate-events.ts";
import { type EndingCertificate, lifeOf, type NoticePolicy, type Notices, noticesDue } from "#domain/events/notices.ts";
import { type Owner, parseAccountId, parseRegion } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later, MINUTE, type Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import {
  type EndingPlace,
  endingCertificates,
  firstEnd,
  holdForEvent,
  readNoticed,
  writeNoticed,
} from "#store/certificate-events.ts";
import { finishSweep, moveSweep, readSweep } from "#store/certificate-sweeps.ts";
import { markOverdue } from "#store/certificate-terms.ts";
import type { Store } from "#store/store.ts";
import { accountConfiguration } from "./account-configuration.ts";
import { NEAR } from "./notices-job.ts";
import { tell } from "./tell.ts";

export interface NoticeDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly renewBefore?: Millis | undefined;
}

/**
 * The job "certificate.notices": goes through the certificates of an account in a region whose end is near, a bounded
 * number a turn, and says of each what is due. What was said is written down in the transaction that says it, so a turn
 * may be killed, come late or be done twice. Answers when there may be more to say.
 */
export async function giveNotices(subject: string, deps: NoticeDeps): Promise<Date | undefined> {
  const owner = ownerOf(subject);
  const now = deps.clock.now();
  const sweep = await readSweep(deps.store, owner);
  if (!sweep) return undefined; // the account was reset
  const policy = await noticePolicy(owner, deps);
  const horizon = later(now, NEAR).getTime();
  const from: EndingPlace = sweep.cursor ?? { notAfter: now.getTime(), arn: "" };
  const ending = await endingCertificates(deps.store, owner, from, horizon, AT_ONCE);
  let seen = readSeen(sweep.counts);
  for (const { certificate, said } of ending) {
    const due = noticesDue(certificate, said, now, policy);
    if (!due) continue;
    seen = withSeen(seen, certificate, due, now);
    if (due.toSay.length > 0 || due.noticed.overdue !== (said?.overdue ?? false)) {
      await give(certificate.arn, policy, deps);
    }
  }
  const last = ending.at(-1)?.certificate;
  if (ending.length === AT_ONCE && last !== undefined && last.notAfter !== null) {
    await moveSweep(deps.store, owner, { notAfter: last.notAfter, arn: last.arn }, JSON.stringify(seen));
    return now;
  }
  await finishSweep(deps.store, owner, JSON.stringify(seen), now.getTime());
  return nextSweep(seen, await firstEnd(deps.store, owner, horizon), now);
}

/** Says what is due of one certificate, as it is now that nobody else can change it. */
async function give(arn: CertificateArn, policy: NoticePolicy, deps: NoticeDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdForEvent(tx, arn);
    const said = await readNoticed(tx, arn);
    const now = deps.clock.now();
    const due = certificate && noticesDue(certificate, said, now, policy);
    if (!due) return;
    for (const { kind, circumstances } of due.toSay) await tell(tx, certificate, kind, circumstances, deps);
    await writeNoticed(tx, arn, due.noticed);
    if (due.noticed.overdue || said?.overdue) {
      await markOverdue(tx, certificate, arn, due.noticed.overdue, now.getTime());
    }
  });
}

async function noticePolicy(owner: Owner, { store, renewBefore }: NoticeDeps): Promise<NoticePolicy> {
  return { ...(await accountConfiguration(store, owner)), renewBefore };
}

function ownerOf(subject: string): Owner {
  const [account, region] = subject.split("/");
  const owner = { account: parseAccountId(account ?? ""), region: parseRegion(region ?? "") };
  if (!owner.account || !owner.region) throw new Error(`${subject} is no account and region`);
  return { account: owner.account, region: owner.region };
}

/** What a sweep has seen so far. */
export interface Seen {
  /** By days: how many certificates end within so many. */
  readonly within: Readonly<Record<string, number>>;
  /** How many renewals are overdue. */
  readonly overdue: number;
  /** When there is more to say of one of them, and how long the shortest of their lives is. */
  readonly next: Millis | null;
  readonly shortest: Millis | null;
}

/** What a sweep counted, as it is kept. */
export function readSeen(text: string): Seen {
  const { within = {}, overdue = 0, next = null, shortest = null } = JSON.parse(text) as Partial<Seen>;
  return { within, overdue, next, shortest };
}

function withSeen(seen: Seen, certificate: EndingCertificate, { noticed, next }: Notices, now: Date): Seen {
  const days = daysToExpiry(certificate.notAfter ?? 0, now);
  const within = BUCKETS.filter((bucket) => days <= bucket).map(
    (bucket) => [bucket, (seen.within[bucket] ?? 0) + 1] as const,
  );
  return {
    within: { ...seen.within, ...Object.fromEntries(within) },
    overdue: seen.overdue + (noticed.overdue ? 1 : 0),
    next: Math.min(seen.next ?? Number.POSITIVE_INFINITY, next.getTime()),
    shortest: Math.min(seen.shortest ?? Number.POSITIVE_INFINITY, lifeOf(certificate)),
  };
}

/** Not before there is something to say, and not more often than once an hour: than once a minute for short lives. */
function nextSweep({ next, shortest }: Seen, beyond: Millis | undefined, now: Date): Date | undefined {
  const entry = beyond === undefined ? Number.POSITIVE_INFINITY : beyond - NEAR;
  const due = Math.min(next ?? Number.POSITIVE_INFINITY, entry);
  if (due === Number.POSITIVE_INFINITY) return undefined;
  const pause = Math.max(MINUTE, Math.min(HOUR, (shortest ?? HOUR) / 24));
  return new Date(Math.max(due, now.getTime() + pause));
}

/** Days before the end by which certificates are counted. */
export const BUCKETS: readonly number[] = [1, 7, 15, 30, 45];

const AT_ONCE = 200;
