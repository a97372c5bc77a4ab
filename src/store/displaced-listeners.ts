import type { LoadBalancerArn } from "#domain/arn.ts";
import type { Db } from "./store.ts";

/** A listener that an edge does not have on its own port. */
export interface DisplacedListener {
  readonly loadBalancerArn: LoadBalancerArn;
  /** The port that it should have. */
  readonly port: number;
  readonly edge: string;
  /** Where it is instead; port 0 when it is nowhere. */
  readonly boundAddress: string;
  readonly boundPort: number;
  readonly error: string | undefined;
}

/** The listeners of load balancers that edges could not bind to their own ports, by port. */
export async function displacedListeners(
  db: Db,
  loadBalancerArns: readonly LoadBalancerArn[],
): Promise<DisplacedListener[]> {
  if (loadBalancerArns.length === 0) return [];
  const rows = await db
    .selectFrom("edgeListeners")
    .innerJoin("listeners", "listeners.arn", "edgeListeners.listenerArn")
    .select([
      "edgeListeners.loadBalancerArn",
      "listeners.port",
      "edgeListeners.edge",
      "edgeListeners.address as boundAddress",
      "edgeListeners.port as boundPort",
      "edgeListeners.error",
    ])
    .where("edgeListeners.loadBalancerArn", "in", loadBalancerArns)
    .whereRef("edgeListeners.port", "<>", "listeners.port")
    .orderBy("listeners.port")
    .orderBy("edgeListeners.edge")
    .execute();
  return rows.map(({ error, ...row }) => ({
    ...row,
    loadBalancerArn: row.loadBalancerArn as LoadBalancerArn,
    error: error ?? undefined,
  }));
}
