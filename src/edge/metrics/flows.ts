import type { Meters } from "./board.ts";
import type { NetworkMetric } from "./names.ts";

/** The flows of a Network Load Balancer through listeners of one protocol, as CloudWatch counts them. */
export interface FlowMeter {
  opened(): FlowMetering;
  tlsFailed(): void;
  rejected(): void;
}

/** One flow. */
export interface FlowMetering {
  /** Bytes that went through, in either direction. */
  processed(bytes: number): void;
  /** Who ended it with a reset; undefined for a proper end. Counts once. */
  ended(reset?: "client" | "target" | "elb"): void;
}

export function flowMeter(meters: Meters, protocol: "TCP" | "TLS" | "UDP"): FlowMeter {
  let active = 0;
  const both = (name: "NewFlowCount" | "ProcessedBytes"): ((value: number) => void) => {
    const [all, own] = [meters.of(name), meters.of(`${name}_${protocol}`)];
    return (value) => {
      all.add(value);
      own.add(value);
    };
  };
  const fresh = both("NewFlowCount");
  const bytes = both("ProcessedBytes");
  const tlsErrors = meters.of("ClientTLSNegotiationErrorCount");
  const rejections = meters.of("RejectedFlowCount");
  const read = (): number | undefined => (active > 0 ? active : undefined);
  meters.gauge("ActiveFlowCount", read);
  meters.gauge(`ActiveFlowCount_${protocol}`, read);
  return {
    opened() {
      active += 1;
      fresh(1);
      let open = true;
      return {
        processed: bytes,
        ended(reset) {
          if (!open) return;
          open = false;
          active -= 1;
          if (reset) meters.of(RESETS[reset]).add(1);
        },
      };
    },
    tlsFailed: () => tlsErrors.add(1),
    rejected: () => rejections.add(1),
  };
}

const RESETS: Readonly<Record<"client" | "target" | "elb", NetworkMetric>> = {
  client: "TCP_Client_Reset_Count",
  target: "TCP_Target_Reset_Count",
  elb: "TCP_ELB_Reset_Count",
};
