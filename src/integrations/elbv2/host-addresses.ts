import { addressesToAnswer } from "#domain/fleet/answer.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { listEdgePlaces } from "#store/edge-carriage.ts";
import { findBalancerAddress } from "#store/load-balancers.ts";
import type { Db } from "#store/store.ts";

/**
 * The IPv4 addresses of the load balancer that has that DNS name, in any case, with or without a dot at its end, and
 * behind `dualstack.`, as alias records like to say it: where edges serve it now. Undefined when no load balancer has it.
 */
export async function hostAddresses(
  db: Db,
  dnsName: string,
  { clock }: { readonly clock: Clock },
): Promise<readonly string[] | undefined> {
  const name = dnsName
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^dualstack\./, "");
  const balancer = await findBalancerAddress(db, name);
  if (!balancer) return undefined;
  const now = clock.now().getTime();
  const places = await listEdgePlaces(db, balancer.arn);
  return addressesToAnswer(
    balancer.address,
    places.map((place) => ({ ...place, isConnected: place.seenAt !== null && now - place.seenAt < SILENCE })),
  );
}

/** An edge says something every ten seconds. */
const SILENCE: Millis = 35 * SECOND;
