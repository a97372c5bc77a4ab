import { edgeArn, type LoadBalancerArn } from "#domain/arn.ts";
import { edgeOfArn, edgeOfHostName, isLocalEdge } from "#domain/fleet/names.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import { balancersAt, findEdgeMember, listEdgeMembers, type SeenMember } from "#store/edge-members.ts";
import type { Db, Store, Tx } from "#store/store.ts";
import { FIRST_ACCOUNT } from "./first-account.ts";
import { checkOperator } from "./join-tokens.ts";
import { forgetEdge } from "./keep-access-key.ts";

/**
 * Whether a caller who proved an access key may call where it calls. On the fleet's port only an edge that joined may, and
 * only with the certificate of that edge; everywhere else such an edge may not.
 */
export async function mayCallHere(
  caller: Pick<Caller, "kind" | "arn" | "accessKeyId">,
  place: { readonly fleetPort: boolean; readonly clientName: string | undefined },
  { store }: { readonly store: Store },
): Promise<boolean> {
  if (caller.kind !== "edge") return !place.fleetPort;
  const edge = edgeOfArn(caller.arn);
  const member = await findEdgeMember(store, edge);
  if (!place.fleetPort) return member === undefined;
  return member?.accessKeyId === caller.accessKeyId && edgeOfHostName(place.clientName ?? "") === edge;
}

/** Whether an edge is no member, or not with that access key any more. Edges beside a control plane need not be. */
export async function isRemoved(db: Db, edge: string, accessKeyId: string): Promise<boolean> {
  return !isLocalEdge(edge) && (await findEdgeMember(db, edge))?.accessKeyId !== accessKeyId;
}

/** Edges on other machines, by name. */
export async function edgeMembers(
  after: string | undefined,
  limit: number,
  caller: Pick<Caller, "account">,
  { store }: { readonly store: Store },
): Promise<readonly SeenMember[]> {
  checkOperator(caller);
  return await listEdgeMembers(store, after, limit);
}

export interface RemoveDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** A load balancer has one address less: whoever sends it requests is to be told. */
  readonly onAddressLost: (tx: Tx, loadBalancerArn: LoadBalancerArn) => Promise<void>;
}

/**
 * Lets an edge take part no longer: its access key is gone, its link ends within a second, KMS answers it nothing from now
 * on. Throws `edge-not-found`.
 */
export async function removeEdge(
  edge: string,
  caller: Pick<Caller, "account">,
  { store, clock, onAddressLost }: RemoveDeps,
): Promise<void> {
  checkOperator(caller);
  const isThere = await store.transaction().execute(async (tx) => {
    const left = await balancersAt(tx, edge);
    for (const arn of left) await onAddressLost(tx, arn);
    return await forgetEdge(tx, edge, FIRST_ACCOUNT, { clock });
  });
  if (!isThere)
    throw new Refusal("edge-not-found", `There is no edge ${edge} that joined: ${edgeArn(FIRST_ACCOUNT, edge)}.`);
}
