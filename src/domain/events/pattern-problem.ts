import { Refusal } from "#domain/refusal.ts";

/** That an event pattern is not valid, in EventBridge's words. */
export function invalid(reason: string): Refusal {
  return new Refusal("event-pattern-invalid", `Event pattern is not valid. Reason: ${reason}`);
}

/** A JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
