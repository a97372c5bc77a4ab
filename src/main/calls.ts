import type { CallEntry } from "#aws/gateway.ts";
import type { AuditTrail } from "#aws/record.ts";
import { isReadOnly } from "#domain/evidence/event.ts";
import type { Fleet } from "#fleet/fleet.ts";
import type { Worker } from "#jobs/worker.ts";
import type { Journal } from "#journal/journal.ts";
import type { Logger } from "./log.ts";

/**
 * What changes something may have promised work and announced changes: both are looked at while the record is written.
 * A use of a key does neither.
 */
export function wakingTrail(journal: Journal, worker: Worker, fleet: Fleet): AuditTrail {
  return {
    note: (call) => journal.note(call),
    record(call) {
      if (!isReadOnly(call.eventName, call.eventSource)) {
        worker.wake();
        fleet.wake();
      }
      // Custody has recorded the use of a key, with its grant, before the result left it.
      if (call.eventSource === "kms.amazonaws.com") return Promise.resolve(journal.note(call));
      return journal.record(call);
    },
  };
}

/** One line for each call, of failures nobody foresaw with everything that is known. */
export function logCall(log: Logger, { bug, error, caller, ms, ...entry }: CallEntry): void {
  const facts = {
    ...entry,
    ms: Math.round(ms * 10) / 10,
    principal: caller?.arn,
    region: caller?.region,
    error: error && `${error.code}: ${error.message}`,
  };
  if (bug === undefined) log.info(facts, "call");
  else log.error({ ...facts, err: bug }, "call");
}
