import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId, Region } from "#domain/names.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface AcmOperationTables {
  /** What counted against a yearly quota, day by day: it stays when the certificates are deleted. */
  quotaUses: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    kind: Fixed<"requested" | "imported">;
    /** Days since 1970. */
    day: Fixed<number>;
    uses: number;
  };
  /** The versions whose private key was handed out. */
  certificateExports: {
    certificateArn: Fixed<CertificateArn>;
    generation: Fixed<number>;
    /** When it was handed out last. */
    exportedAt: EpochMillis;
  };
  /** What PutAccountConfiguration set. */
  accountConfigurations: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    daysBeforeExpiry: number;
  };
  /** Its idempotency tokens, for an hour, and what each came with. */
  accountConfigurationTokens: {
    account: Fixed<AccountId>;
    region: Fixed<Region>;
    token: Fixed<string>;
    configuration: Fixed<string>;
    createdAt: Fixed<EpochMillis>;
  };
}
