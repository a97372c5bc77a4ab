import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { AccountId, Owner, Region } from "#domain/names.ts";
import { enqueueOnce } from "#jobs/queue.ts";
import { HOUR, later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { evenHash } from "#lib/even-hash.ts";
import { readCertificateState } from "#store/certificates.ts";
import {
  type CreationPlace,
  certificatesAfter,
  nextOwner,
  putRound,
  type Round,
  type RoundCounts,
  readRound,
} from "#store/rehearsal-rounds.ts";
import { deleteRehearsal } from "#store/rehearsals.ts";
import { type RecordDeps, recordRehearsal } from "./record.ts";
import { type RehearseDeps, rehearse } from "./rehearse.ts";

/** The job that sees to it that every account and region has its daily rehearsal. */
export const PLAN_ROUNDS = "rehearsal.plan";
/** The job that rehearses some certificates of an account in a region; its subject is `<account>/<region>`. */
export const REHEARSE_SOME = "rehearsal.turn";

export interface RoundDeps extends RehearseDeps, RecordDeps {
  /** How long a round takes: every certificate is rehearsed once in it. 0: never. */
  readonly rehearseEvery: Millis;
}

/** Promises that certificates are rehearsed by themselves; done at every start, it changes nothing the next time. */
export async function promiseRounds({ store, clock }: RecordDeps): Promise<void> {
  await enqueueOnce(store, { task: PLAN_ROUNDS, subject: EVERYBODY }, later(clock.now(), MINUTE));
}

/** The job PLAN_ROUNDS: an account that has its first certificate in a region is found within the hour. */
export async function planRounds({ store, clock, rehearseEvery }: RoundDeps): Promise<Date | undefined> {
  if (rehearseEvery === 0) return undefined;
  const now = clock.now();
  for (let owner = await nextOwner(store, undefined); owner; owner = await nextOwner(store, owner)) {
    const subject = `${owner.account}/${owner.region}`;
    // Not all of them begin at once.
    const firstAt = later(now, Math.round(evenHash(subject) * Math.min(HOUR, rehearseEvery)));
    await enqueueOnce(store, { task: REHEARSE_SOME, subject }, firstAt);
  }
  return later(now, HOUR);
}

/**
 * The job REHEARSE_SOME: rehearses the next certificates of its round and answers when to go on. A round is spread over
 * its whole time, as far as the number of certificates is known from the last one, so that name servers are asked gently.
 */
export async function rehearseSome(subject: string, deps: RoundDeps): Promise<Date | undefined> {
  const { store, clock, rehearseEvery } = deps;
  if (rehearseEvery === 0) return undefined;
  const [account, region] = subject.split("/") as [AccountId, Region];
  const owner: Owner = { account, region };
  const now = clock.now();
  const before = (await readRound(store, owner)) ?? newRound(now, undefined);
  const round = before.after ? before : newRound(now, before.finished);
  const places = await certificatesAfter(store, owner, round.after, AT_A_TIME);
  const counts = await rehearseAll(places, round.counts, deps);
  const last = places.at(-1);
  if (places.length === AT_A_TIME && last) {
    await putRound(store, owner, { ...round, counts, after: last });
    return later(clock.now(), pause(round, rehearseEvery));
  }
  await putRound(store, owner, { ...newRound(now, { at: clock.now().getTime(), counts }), beganAt: round.beganAt });
  if (last === undefined && round.after === undefined) return undefined; // no certificate is left: the plan finds the next
  return new Date(Math.max(round.beganAt + rehearseEvery, later(clock.now(), SHORTEST_REST).getTime()));
}

async function rehearseAll(
  places: readonly CreationPlace[],
  before: RoundCounts,
  deps: RoundDeps,
): Promise<RoundCounts> {
  const counts = { ...before };
  for (let at = 0; at < places.length; at += AT_ONCE) {
    const verdicts = await Promise.all(places.slice(at, at + AT_ONCE).map(({ arn }) => rehearseOne(arn, deps)));
    for (const verdict of verdicts) if (verdict) counts[verdict] += 1;
  }
  return counts;
}

/** Rehearses a certificate where there is something to rehearse: one that is over and unused is nobody's worry. */
async function rehearseOne(arn: CreationPlace["arn"], deps: RoundDeps): Promise<keyof RoundCounts | undefined> {
  const state = await readCertificateState(deps.store, arn);
  if (!state) return undefined;
  const rehearsal = await rehearse(arn, deps);
  if (!rehearsal) return undefined;
  if (QUIET[state.status] && rehearsal.verdict !== "WOULD_NOT_RENEW") {
    await deleteRehearsal(deps.store, arn);
    return undefined;
  }
  await recordRehearsal(rehearsal, deps);
  return rehearsal.verdict;
}

function newRound(now: Date, finished: Round["finished"]): Round {
  return {
    beganAt: now.getTime(),
    after: undefined,
    counts: { WOULD_RENEW: 0, WOULD_NOT_RENEW: 0, NOT_RENEWED_BY_US: 0 },
    finished,
  };
}

/** So that as many as last time fill the time of a round; the first one, of which nothing is known, goes quickly. */
function pause({ finished }: Round, every: Millis): Millis {
  if (!finished) return FIRST_PAUSE;
  const expected = Object.values(finished.counts).reduce((sum, count) => sum + count, 0);
  const turns = Math.max(1, Math.ceil(expected / AT_A_TIME));
  return Math.max(SHORTEST_PAUSE, Math.floor((every * 0.9) / turns));
}

/** Statuses of certificates that need nobody, unless they are still used. */
const QUIET: Readonly<Record<CertificateStatus, boolean>> = {
  ISSUED: false,
  PENDING_VALIDATION: true,
  INACTIVE: true,
  EXPIRED: true,
  REVOKED: true,
  FAILED: true,
  VALIDATION_TIMED_OUT: true,
};

const EVERYBODY = "everybody";
const AT_A_TIME = 25;
const AT_ONCE = 5;
const FIRST_PAUSE: Millis = 5 * SECOND;
const SHORTEST_PAUSE: Millis = SECOND;
const SHORTEST_REST: Millis = MINUTE;
