import type * as sdk from "@aws-sdk/client-cloudtrail";
import type { ErrorName } from "#aws/service.ts";
import type { EvidenceRefusal } from "#domain/evidence/refusals.ts";

/** CloudTrail's names for what the journal refuses. */
export const refusals: Readonly<Record<EvidenceRefusal, ErrorName<typeof sdk>>> = {
  "event-token-invalid": "InvalidNextTokenException",
};
