import { findBalancerAddress } from "#store/load-balancers.ts";
import type { Db } from "#store/store.ts";

/**
 * The IPv4 addresses of the load balancer that has that DNS name, in any case, with or without a dot at its end, and
 * behind `dualstack.`, as alias records like to say it. Undefined when no load balancer has it.
 */
export async function hostAddresses(db: Db, dnsName: string): Promise<readonly string[] | undefined> {
  const name = dnsName
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/^dualstack\./, "");
  const address = await findBalancerAddress(db, name);
  return address === undefined ? undefined : [address];
}
