import { fleetAuthority } from "#ca/fleet/authority.ts";
import { writeJoinToken } from "#domain/fleet/join-token.ts";
import { Refusal } from "#domain/refusal.ts";
import { createJoinToken } from "#identity/join-tokens.ts";
import { HOUR, SECOND } from "#lib/duration.ts";
import type { SealkeeperOperation } from "./api.ts";

/** A token with which one edge on another machine may join, within an hour unless told. */
export const CreateEdgeToken: SealkeeperOperation<"CreateEdgeToken"> = async (
  { EdgeName, Zone, Addresses, LifetimeSeconds = HOUR / SECOND },
  caller,
  deps,
) => {
  if (deps.fleetUrls.length === 0) {
    throw new Refusal(
      "fleet-closed",
      "Edges on other machines cannot join: start serve with --fleet-listen HOST:PORT.",
    );
  }
  const plan = { edge: EdgeName, zone: Zone, addresses: Addresses };
  const { id, secret, expiresAt } = await createJoinToken(plan, LifetimeSeconds * SECOND, caller, deps);
  const { fingerprint } = await fleetAuthority(deps);
  return {
    TokenId: id,
    Token: writeJoinToken({ id, secret, fingerprint }),
    ExpiresAt: expiresAt,
    Endpoints: deps.fleetUrls,
    Fingerprint: `sha256:${Buffer.from(fingerprint, "base64url").toString("hex")}`,
  };
};
