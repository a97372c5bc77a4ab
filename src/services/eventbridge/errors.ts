import type * as sdk from "@aws-sdk/client-eventbridge";
import type { ErrorName } from "#aws/service.ts";
import type { EventRefusal } from "#domain/events/refusals.ts";

/** EventBridge's names for what rules, targets and their kin refuse. */
export const refusals: Readonly<Record<EventRefusal, ErrorName<typeof sdk>>> = {
  "event-limit-exceeded": "LimitExceededException",
  "event-pattern-invalid": "InvalidEventPatternException",
  "event-replay-over": "IllegalStatusException",
  "event-resource-exists": "ResourceAlreadyExistsException",
  "event-resource-not-found": "ResourceNotFoundException",
  "event-value-invalid": "ValidationException",
};
