import type { MutualAuthentication } from "#domain/balancers/listener.ts";
import type { Owner } from "#domain/names.ts";
import type { Tx } from "#store/store.ts";
import { heldTrustStore } from "./find.ts";

/** Mutual authentication as a request names it: the trust store's ARN as the caller wrote it. */
export type GivenMutualAuthentication =
  | "off"
  | { readonly mode: "passthrough" }
  | {
      readonly mode: "verify";
      readonly trustStoreArn: string;
      readonly ignoreExpiry: boolean;
      readonly advertiseCaNames: boolean;
    };

/** With a trust store that exists, and does to the end of the transaction. Throws `trust-store-not-found`. */
export async function settledMutual(
  tx: Tx,
  given: GivenMutualAuthentication | undefined,
  owner: Owner,
): Promise<MutualAuthentication | "off" | undefined> {
  if (given === undefined || given === "off" || given.mode === "passthrough") return given;
  const { arn } = await heldTrustStore(tx, given.trustStoreArn, owner);
  return { ...given, trustStoreArn: arn };
}
