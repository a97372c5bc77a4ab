import type { Clock } from "./clock.ts";
import type { Millis } from "./duration.ts";
import { parseIpAddress } from "./ip-address.ts";

/** Counts what each of many does. */
export interface RateLimit {
  /** Undefined when `key` may; otherwise how long it must wait. */
  take(key: string): Millis | undefined;
}

/** Lets each key do something `most` times in each window of `within`. Remembers `keys` of them, the latest to begin. */
export function rateLimit(
  { most, within, keys = 10_000 }: { readonly most: number; readonly within: Millis; readonly keys?: number },
  clock: Clock,
): RateLimit {
  const windows = new Map<string, { readonly since: number; count: number }>();
  return {
    take(key) {
      const now = clock.now().getTime();
      const window = windows.get(key);
      if (window && now < window.since + within) {
        window.count += 1;
        return window.count <= most ? undefined : window.since + within - now;
      }
      windows.delete(key);
      windows.set(key, { since: now, count: 1 });
      for (const oldest of windows.keys()) {
        if (windows.size <= keys) break;
        windows.delete(oldest);
      }
      return undefined;
    },
  };
}

/** Who counts as one: an IPv4 address, or the IPv6 network that one subscriber has (RFC 6177). */
export function subscriberOf(address: string): string {
  const bytes = parseIpAddress(address.replace(/^::ffff:(?=\d+\.)/i, ""));
  return bytes?.length === 16 ? bytes.toString("hex", 0, 8) : address;
}
