import type { Span } from "#domain/metrics/series.ts";
import { roundedStart } from "#domain/metrics/statistics.ts";
import { MINUTE, SECOND } from "#lib/duration.ts";
import { invalidValue } from "./errors.ts";

/** The time that is asked for, as CloudWatch rounds it. Throws InvalidParameterValueException where it ends before it begins. */
export function readSpan(StartTime: Date, EndTime: Date, now: Date): Span {
  if (StartTime >= EndTime) {
    throw invalidValue("The parameter StartTime must be less than the parameter EndTime.");
  }
  const from = roundedStart(StartTime.getTime(), now.getTime());
  return { from, to: Math.ceil(EndTime.getTime() / MINUTE) * MINUTE };
}

/** The length of a period in milliseconds. Throws InvalidParameterValueException for one that CloudWatch does not have. */
export function readPeriod(seconds: number): number {
  if (!Number.isInteger(seconds) || (seconds % 60 !== 0 && !HIGH_RESOLUTION.includes(seconds))) {
    throw invalidValue("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.");
  }
  return seconds * SECOND;
}

const HIGH_RESOLUTION: readonly number[] = [1, 5, 10, 20, 30];
