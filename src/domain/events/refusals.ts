/** Why EventBridge or CloudWatch turn something down. */
export type EventRefusal =
  | "event-limit-exceeded"
  | "event-pattern-invalid"
  | "event-replay-over"
  | "event-resource-exists"
  | "event-resource-not-found"
  | "event-value-invalid";
