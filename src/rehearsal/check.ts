import type { CheckName, Finding, LookupLine, Outcome, RecordToWrite } from "#domain/rehearsal/rehearsal.ts";
import type { Subject } from "./subject.ts";

/** Something that a renewal needs. It looks and changes nothing, and never rejects for what the network does. */
export interface Check<Deps> {
  readonly name: CheckName;
  readonly look: (subject: Subject, deps: Deps) => Found | Promise<Found>;
}

/** What a check found: nothing where it does not apply. */
export type Found = readonly Omit<Finding, "check">[];

export function passed(message: string): Found {
  return [{ outcome: "PASSED", message }];
}

export function warning(message: string, more: Details = {}): Found {
  return [found("WARNING", message, more)];
}

export function failed(message: string, more: Details = {}): Found {
  return [found("FAILED", message, more)];
}

/** What may stand beside a message. */
export interface Details {
  readonly domainName?: string | undefined;
  readonly record?: RecordToWrite | undefined;
  readonly lookups?: readonly LookupLine[] | undefined;
}

function found(outcome: Outcome, message: string, { domainName, record, lookups }: Details): Found[number] {
  return {
    outcome,
    message,
    ...(domainName === undefined ? {} : { domainName }),
    ...(record === undefined ? {} : { record }),
    ...(lookups === undefined || lookups.length === 0 ? {} : { lookups }),
  };
}
