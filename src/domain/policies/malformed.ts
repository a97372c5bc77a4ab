import { Refusal } from "#domain/refusal.ts";

/** A policy is turned down for this reason. */
export function malformed(message: string): Refusal {
  return new Refusal("policy-malformed", message);
}

/** What somebody wrote, short enough for a message. */
export function show(value: unknown): string {
  return (JSON.stringify(value) ?? "nothing").slice(0, 100);
}
