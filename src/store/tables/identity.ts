import type { EpochMillis, Fixed } from "./types.ts";

export interface IdentityTables {
  accounts: {
    /** Twelve digits. */
    id: Fixed<string>;
    /** Written again, unchanged, to hold the account. */
    createdAt: EpochMillis;
  };
  /** Who may call. The secret is sealed by the root of custody for the purpose `access-key:<id>`. */
  accessKeys: {
    id: Fixed<string>;
    account: Fixed<string>;
    kind: Fixed<"root" | "edge" | "user">;
    /** The name of the edge process whose key it is; null for other kinds. */
    edge: Fixed<string | null>;
    /** The id of the user whose key it is; null for other kinds. */
    userId: Fixed<string | null>;
    sealedSecret: Fixed<Uint8Array>;
    status: "Active" | "Inactive";
    createdAt: Fixed<EpochMillis>;
    lastUsedAt: EpochMillis | null;
    lastUsedRegion: string | null;
    lastUsedService: string | null;
  };
}
