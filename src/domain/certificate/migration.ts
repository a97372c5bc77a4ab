import { later } from "#lib/duration.ts";
import { ATTEMPT, type DomainFacts, proveDomains } from "./proving.ts";

/**
 * How far the change from e-mail to DNS validation has come, in UpdateSummary's words.
 * https://docs.aws.amazon.com/acm/latest/userguide/email-validation.html
 */
export type MigrationStatus = "PENDING_DOMAIN_VALIDATION" | "SUCCESS" | "FAILED";

export type MigrationEvent = "asked" | "proven" | "gave-up";

const TRANSITIONS = {
  NONE: { asked: "PENDING_DOMAIN_VALIDATION" },
  PENDING_DOMAIN_VALIDATION: { proven: "SUCCESS", "gave-up": "FAILED" },
  SUCCESS: {},
  FAILED: { asked: "PENDING_DOMAIN_VALIDATION" },
} as const satisfies Record<MigrationStatus | "NONE", Partial<Record<MigrationEvent, MigrationStatus>>>;

/** What a change of method is after `event`; undefined where the event cannot happen to it. */
export function migrationAfter(event: MigrationEvent, status: MigrationStatus | null): MigrationStatus | undefined {
  const row: Partial<Record<MigrationEvent, MigrationStatus>> = TRANSITIONS[status ?? "NONE"];
  return row[event];
}

/** A change of method that runs. */
export interface MigrationFacts {
  readonly startedAt: Date;
  readonly domains: readonly DomainFacts[];
}

/** What a running change of method needs next; until when it needs nothing. */
export type MigrationStep =
  | { readonly kind: "wait"; readonly until: Date }
  | { readonly kind: "check-migration"; readonly positions: readonly number[] }
  | { readonly kind: "finish-migration" }
  | { readonly kind: "migration-timed-out" };

/** All records must be seen within 72 hours; then the method stays what it was. */
export function migrationStep({ startedAt, domains }: MigrationFacts, now: Date): MigrationStep {
  const ends = later(startedAt, ATTEMPT);
  const step = proveDomains(domains, ends, now);
  if (!step) return { kind: "finish-migration" };
  if (now >= ends) return { kind: "migration-timed-out" };
  return step.kind === "wait" ? step : { kind: "check-migration", positions: step.positions };
}
