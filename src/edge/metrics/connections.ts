import type { Meters } from "./board.ts";
import type { Series } from "./series.ts";

/** The connections of clients to an Application Load Balancer, as CloudWatch counts them. */
export interface ConnectionMeter {
  /** A connection came. Answers what to call when it is gone. */
  opened(): () => void;
  /** It did not become a session: a mismatch of versions and ciphers, or a client that did not like our certificate. */
  tlsFailed(): void;
  /** There were too many already. */
  rejected(): void;
}

export function connectionMeter(meters: Meters): ConnectionMeter {
  let active = 0;
  const fresh: Series = meters.of("NewConnectionCount");
  const failed: Series = meters.of("ClientTLSNegotiationErrorCount");
  const refused: Series = meters.of("RejectedConnectionCount");
  meters.gauge("ActiveConnectionCount", () => (active > 0 ? active : undefined));
  return {
    opened() {
      active += 1;
      fresh.add(1);
      let open = true;
      return () => {
        if (open) active -= 1;
        open = false;
      };
    },
    tlsFailed: () => failed.add(1),
    rejected: () => refused.add(1),
  };
}
