import type { EpochMillis, Fixed } from "./types.ts";

export interface IdentityTables {
  accounts: {
    /** Twelve digits. */
    id: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
  };
  /** Who may call. The secret is sealed by the root of custody for the purpose `access-key:<id>`. */
  accessKeys: {
    id: Fixed<string>;
    account: Fixed<string>;
    kind: Fixed<"root" | "edge">;
    /** The name of the edge process whose key it is; null for other kinds. */
    edge: Fixed<string | null>;
    sealedSecret: Fixed<Uint8Array>;
    status: "Active" | "Inactive";
    createdAt: Fixed<EpochMillis>;
  };
}
