import type { Generated } from "kysely";
import type { EpochMillis, Fixed } from "./types.ts";

export interface JournalTables {
  /** Who did what, in CloudTrail's words. Appended only; no secret ever stands in it. */
  auditRecords: {
    id: Generated<number>;
    at: Fixed<EpochMillis>;
    account: Fixed<string>;
    region: Fixed<string>;
    /** The principal's ARN; empty when the caller was never proved. */
    principal: Fixed<string>;
    accessKeyId: Fixed<string>;
    /** For example `acm.amazonaws.com`, `kms.amazonaws.com`. */
    eventSource: Fixed<string>;
    /** The operation, or the internal act: `RequestCertificate`, `Decrypt`, `SignCertificate`. */
    eventName: Fixed<string>;
    /** What it was about: an ARN, a zone id. */
    resource: Fixed<string | null>;
    /** The grant that allowed it, where one did. */
    grantId: Fixed<string | null>;
    requestId: Fixed<string>;
    /** Null when it succeeded. */
    errorCode: Fixed<string | null>;
    errorMessage: Fixed<string | null>;
  };
}
