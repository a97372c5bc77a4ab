import { revokeJoinToken } from "#identity/join-tokens.ts";
import type { SealkeeperOperation } from "./api.ts";

/** Nobody joins with it any more; who has joined with it is a member all the same. */
export const RevokeEdgeToken: SealkeeperOperation<"RevokeEdgeToken"> = async ({ TokenId }, caller, deps) => {
  await revokeJoinToken(TokenId, caller, deps);
  return {};
};
