import type { EpochMillis, Fixed } from "./types.ts";

export interface CustodyTables {
  /** The roots of custody that open this store's custody keys: one, and while it is moved two. */
  custodyRoots: {
    fingerprint: Fixed<string>;
    kind: Fixed<"key-file" | "passphrase" | "pkcs11">;
    /** The salt of a passphrase; null for others. */
    salt: Fixed<Uint8Array | null>;
    /** 1 for the first root of this store; null for others. */
    founder: Fixed<1 | null>;
    /** While one is "leaving", nodes should be started with the other. */
    state: "current" | "leaving";
    createdAt: Fixed<EpochMillis>;
  };
  /**
   * What is sealed is sealed under the current key. One that is coming is known to every node before anything is sealed
   * under it; one that is leaving opens what was sealed under it, until all of that is sealed anew.
   */
  custodyKeys: {
    id: Fixed<string>;
    state: "coming" | "current" | "leaving" | "token";
    createdAt: Fixed<EpochMillis>;
    changedAt: EpochMillis;
  };
  /** Custody keys, each wrapped by every root. */
  custodyWraps: {
    root: Fixed<string>;
    keyId: Fixed<string>;
    wrapped: Fixed<Uint8Array>;
  };
  /** Which nodes are there, what root they were started with, and what they know of custody keys. */
  custodyNodes: {
    node: Fixed<string>;
    root: string;
    /** The newest custody key that it can open. */
    newest: string;
    /** The custody key that it seals under. */
    sealing: string;
    seenAt: EpochMillis;
  };
}
