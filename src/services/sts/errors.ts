import type * as sdk from "@aws-sdk/client-sts";
import type { ErrorName } from "#aws/service.ts";
import type { IdentityRefusal } from "#domain/identity/refusals.ts";

export const refusals: Readonly<Record<IdentityRefusal, ErrorName<typeof sdk>>> = {
  "access-denied": "AccessDeniedException",
  "access-key-invalid": "ValidationError",
};
