import { chainOf } from "#ca/hierarchies/chain.ts";
import { CHAINS_TASK, FIRST_ROUND } from "#ca/hierarchies/promise.ts";
import { type CertificateArn } from "#domain/arn.ts";
import { enqueueBy } from "#jobs/queue.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis } from "#lib/duration.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { pageServedChains, replaceChain, type ServedChain } from "#store/served-chains.ts";
import type { Store } from "#store/store.ts";
import { announceTo } from "./put-in-force.ts";

/**
 * The job that gives every certificate of the CA within the chain of today, and tells the edges: after a root was added,
 * cross-signed or distrusted. It does a page and promises the next one in the same transaction, so whoever is killed goes
 * on where it was. A second round, a minute after the first, finds what was being signed when the roots changed.
 */
export async function refreshChains(
  subject: string,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Date | undefined> {
  const place = placeIn(subject);
  const now = clock.now();
  await store.transaction().execute(async (tx) => {
    const versions = await pageServedChains(tx, place, AT_ONCE);
    const chains = new Map<string, string>();
    for (const version of versions) {
      const { issuerId } = version;
      const chain = chains.get(issuerId) ?? (await chainOf(tx, issuerId, now));
      chains.set(issuerId, chain);
      if (chain === version.chain || !(await replaceChain(tx, version, chain))) continue;
      for (const resourceArn of await usersOf(tx, version.certificateArn)) {
        await announceTo(tx, version.certificateArn, resourceArn);
      }
    }
    const last = versions.length === AT_ONCE ? versions.at(-1) : undefined;
    if (last) await enqueueBy(tx, { task: CHAINS_TASK, subject: subjectOf(place.round, last) }, now);
    else if (`${place.round}` === FIRST_ROUND) {
      await enqueueBy(tx, { task: CHAINS_TASK, subject: SECOND_ROUND }, later(now, BETWEEN_ROUNDS));
    }
  });
  return undefined;
}

interface Place {
  readonly round: number;
  readonly certificateArn: CertificateArn;
  readonly generation: number;
}

function placeIn(subject: string): Place {
  const [, round = FIRST_ROUND, generation = "0", arn = ""] = /^(\d)(?: (\d+)\/(.+))?$/.exec(subject) ?? [];
  return { round: Number(round), generation: Number(generation), certificateArn: arn as CertificateArn };
}

function subjectOf(round: number, { generation, certificateArn }: ServedChain): string {
  return `${round} ${generation}/${certificateArn}`;
}

const AT_ONCE = 200;
const SECOND_ROUND = "2";
/** Longer than anybody takes from preparing a leaf to recording it. */
const BETWEEN_ROUNDS: Millis = MINUTE;
