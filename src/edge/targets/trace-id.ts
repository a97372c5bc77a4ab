import { SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";

/** Makes the values of `X-Amzn-Trace-Id`. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
export interface TraceIds {
  /** The value for a request that came with `given`; `now` in milliseconds. */
  next(given: string | undefined, now: number): string;
}

export function traceIds(ids: Ids): TraceIds {
  /** Asked for in large pieces: each piece is a call into the kernel. */
  let random = "";
  let at = 0;
  let second = -1;
  let prefix = "";
  const fresh = (now: number): string => {
    if (at + DIGITS > random.length) {
      random = ids.hex(PIECE);
      at = 0;
    }
    const whole = Math.floor(now / SECOND);
    if (whole !== second) {
      second = whole;
      prefix = `1-${whole.toString(16).padStart(8, "0")}-`;
    }
    return prefix + random.slice(at, (at += DIGITS));
  };
  return {
    next(given, now) {
      if (given === undefined) return `Root=${fresh(now)}`;
      const parts = given.split(";");
      if (!parts.some((part) => part.trimStart().startsWith("Root="))) return `Root=${fresh(now)};${given}`;
      return [`Self=${fresh(now)}`, ...parts.filter((part) => !part.trimStart().startsWith("Self="))].join(";");
    },
  };
}

const DIGITS = 24;
const PIECE = 1536;
