import { edgeMembers } from "#identity/edge-members.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { SealkeeperOperation } from "./api.ts";
import { nextName, placeOf, shownTime } from "./wire.ts";

/** Edges on other machines, by name. */
export const ListEdges: SealkeeperOperation<"ListEdges"> = async ({ MaxResults = 100, NextToken }, caller, deps) => {
  const members = await edgeMembers(placeOf(NextToken), MaxResults, caller, deps);
  const now = deps.clock.now().getTime();
  return {
    Edges: members.map(({ edge, zone, addresses, joinedAt, notAfter, connectedAt, seenAt }) => ({
      EdgeName: edge,
      Zone: zone ?? undefined,
      Addresses: addresses ?? undefined,
      JoinedAt: new Date(joinedAt),
      IdentityEndsAt: new Date(notAfter),
      Connected: seenAt !== null && now - seenAt < SILENCE,
      ConnectedAt: shownTime(connectedAt),
      SeenAt: shownTime(seenAt),
    })),
    NextToken: nextName(members.at(-1)?.edge, members.length, MaxResults),
  };
};

/** An edge says something every ten seconds. */
const SILENCE: Millis = 35 * SECOND;
