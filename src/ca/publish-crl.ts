import { setImmediate } from "node:timers/promises";
import { DAY, later, type Millis, SECOND } from "#lib/duration.ts";
import {
  beginCrl,
  type CrlShard,
  findCrl,
  findShardEnd,
  listDueCrls,
  listUnlisted,
  nextCrlRefresh,
  replaceCrl,
} from "#store/crls.ts";
import { leaveToCeremony } from "#store/hierarchies.ts";
import { findIssuer, type IssuerRow } from "#store/issuers.ts";
import { putJobBy } from "#store/jobs.ts";
import { listRevocations, markListed } from "#store/revocations.ts";
import { buildCrl } from "./crl.ts";
import type { CaDeps } from "./deps.ts";
import { PUBLISH_CRLS } from "./revocation.ts";
import { crlUrl } from "./urls.ts";

/** A CRL as it is published. */
export interface Crl {
  readonly der: Buffer;
  readonly number: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
}

export type CrlDeps = Pick<CaDeps, "store" | "clock" | "signers">;

/**
 * The CRL of a shard as it was published last. The job makes it anew; whoever asks for one that was never made, or that
 * nobody made anew in time, makes it. Undefined for what no CRL is of: no issuer, a shard without certificates, and one
 * whose certificates have all ended.
 */
export async function currentCrl(shard: CrlShard, deps: CrlDeps): Promise<Crl | undefined> {
  const now = deps.clock.now().getTime();
  const stored = await storedCrl(shard, deps);
  if (stored && now < stored.nextUpdate.getTime()) return stored;
  const issuer = await findIssuer(deps.store, shard.issuerId);
  if (!issuer || (await endOf(shard, issuer, deps)) <= now) return undefined;
  await publishCrl(shard, deps);
  await putJobBy(deps.store, PUBLISH_CRLS, "", later(deps.clock.now(), CRL_LIFE / 2).getTime());
  return await storedCrl(shard, deps);
}

/**
 * The job: publishes a CRL for every shard with a revocation that is on none, and for those that are half over. One node
 * at a time has it. A shard that cannot be published does not hold up the others: then it throws, to be done again.
 */
export async function publishCrls(deps: CrlDeps): Promise<Date | undefined> {
  const { store, clock } = deps;
  const [unlisted, due] = await Promise.all([
    listUnlisted(store, MOST_AT_ONCE),
    listDueCrls(store, clock.now().getTime(), MOST_AT_ONCE),
  ]);
  const shards = new Map([...unlisted, ...due].map((one) => [`${one.issuerId}/${one.shard}`, one]));
  const problems: unknown[] = [];
  for (const shard of shards.values()) {
    await publishCrl(shard, deps).catch((error: unknown) => problems.push(error));
    await setImmediate(); // the embedded database answers at once: requests are let in between
  }
  if (problems.length > 0) throw new AggregateError(problems, `${problems.length} CRLs could not be published`);
  if (unlisted.length === MOST_AT_ONCE || due.length === MOST_AT_ONCE) return clock.now();
  const next = await nextCrlRefresh(store);
  return next === undefined ? undefined : new Date(next);
}

/** Publishes the next CRL of a shard; of several nodes that do so at once one succeeds, and what it made stands. */
async function publishCrl(shard: CrlShard, deps: CrlDeps): Promise<void> {
  const { store, clock, signers } = deps;
  await beginCrl(store, shard);
  const before = await findCrl(store, shard);
  const row = await findIssuer(store, shard.issuerId);
  if (!before || !row) throw new Error(`there is no issuer ${shard.issuerId}`);
  // Its ceremony signs it: see hierarchies/install.ts. Nothing is due here until then.
  if (!row.sealedKey) return await leaveToCeremony(store, shard.issuerId);
  const issuer = await signers.issuer(store, shard.issuerId);

  const thisUpdate = new Date(Math.floor(clock.now().getTime() / SECOND) * SECOND);
  const nextUpdate = later(thisUpdate, CRL_LIFE);
  // RFC 5280 section 3.3: an entry stays until it was on a regular CRL that was made after the certificate's end.
  const goneBefore = Math.min(before.thisUpdate ?? 0, thisUpdate.getTime() - CRL_LIFE / 2);
  const revocations = await listRevocations(store, shard.issuerId, shard.shard, goneBefore);
  const number = before.number + 1;
  const crl = buildCrl(
    { number, thisUpdate, nextUpdate, entries: revocations, ...scopeOf(shard, row, signers.caUrl) },
    issuer,
  );

  const fresh = revocations.filter(({ listedIn }) => listedIn === null).map(({ serial }) => serial);
  const isOver = revocations.length === 0 && (await endOf(shard, row, deps)) <= goneBefore;
  const times = { thisUpdate: thisUpdate.getTime(), nextUpdate: nextUpdate.getTime() };
  const refreshAt = isOver ? null : later(thisUpdate, CRL_LIFE / 2).getTime();
  await store.transaction().execute(async (tx) => {
    if (!(await replaceCrl(tx, shard, before.number, { crl, ...times, refreshAt }))) return;
    await markListed(tx, shard.issuerId, fresh, number);
  });
}

/** A root signs CA certificates only, so what it revoked is all of its CRL; everybody else says which part it is. */
function scopeOf(
  { issuerId, shard }: CrlShard,
  { parentId }: IssuerRow,
  caUrl: string,
): { readonly partitionUrl?: string; readonly caCertificatesOnly?: boolean } {
  if (shard === 0 && parentId === issuerId) return {};
  return { partitionUrl: crlUrl(caUrl, issuerId, shard), caCertificatesOnly: shard === 0 };
}

/** When the last certificate that a shard is of ends; 0 for a shard without any. */
async function endOf(shard: CrlShard, issuer: IssuerRow, { store }: CrlDeps): Promise<number> {
  return shard.shard === 0 ? issuer.notAfter : ((await findShardEnd(store, shard)) ?? 0);
}

async function storedCrl(shard: CrlShard, { store }: CrlDeps): Promise<Crl | undefined> {
  const row = await findCrl(store, shard);
  if (!row?.crl || row.thisUpdate === null || row.nextUpdate === null) return undefined;
  return {
    der: Buffer.from(row.crl),
    number: row.number,
    thisUpdate: new Date(row.thisUpdate),
    nextUpdate: new Date(row.nextUpdate),
  };
}

/** BR 4.9.7 allows ten days. A CRL is made anew when half of its life is over. */
const CRL_LIFE: Millis = 7 * DAY;
const MOST_AT_ONCE = 64;
