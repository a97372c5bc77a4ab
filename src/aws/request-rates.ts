import type { Caller } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { SECOND } from "#lib/duration.ts";
import { type RateLimit, rateLimit } from "#lib/rate-limit.ts";
import { AwsError, type MountedService } from "./service.ts";

/** Throws ThrottlingException for a call beyond the rate of its operation. */
export type Throttle = (service: MountedService, operation: string, caller: Caller) => void;

/** Holds each account in each region to the rates that services declare; every node counts for itself. */
export function requestRates(clock: Clock): Throttle {
  const limits = new Map<string, RateLimit>();
  return ({ name, rates }, operation, { account, region }) => {
    const rate = rates[operation];
    if (rate === undefined) return;
    const key = `${name}:${operation}`;
    const limit = limits.get(key) ?? rateLimit({ most: rate, within: SECOND }, clock);
    limits.set(key, limit);
    if (limit.take(`${account} ${region}`) === undefined) return;
    throw new AwsError("ThrottlingException", "Rate exceeded", {
      throttlingReasons: [{ reason: `more than ${rate} requests a second`, resource: operation }],
    });
  };
}
