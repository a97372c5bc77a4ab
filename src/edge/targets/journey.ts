import type { EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";

/**
 * What became of a request at its target, for the access log and the metrics: made by whoever answers the request, filled
 * by `forward` while it goes, complete when the exchange ends. Times are `Clock`'s, in milliseconds.
 */
export interface Journey {
  group: EdgeTargetGroup | undefined;
  /** The target that was chosen last. */
  target: EdgeTarget | undefined;
  /** When the request's head was given to a connection; undefined when it never was. */
  sentAt: number | undefined;
  /** When the head of the target's answer came; undefined when none did. */
  answeredAt: number | undefined;
  /** When the answer was begun towards the client, ours included. */
  respondedAt: number | undefined;
  /** What the target said; undefined when it said nothing. */
  targetStatus: number | undefined;
  /** What the client was told; undefined when it went before it was told anything: 460 in the access log. */
  status: number | undefined;
  /** As it went to the target. */
  traceId: string | undefined;
  /** Connections that did not come about: `TargetConnectionErrorCount`, and with TLS `TargetTLSNegotiationErrorCount`. */
  connectionErrors: number;
  tlsErrors: number;
  /** The connection speaks another protocol now. */
  switched: boolean;
}

export function newJourney(): Journey {
  return {
    group: undefined,
    target: undefined,
    sentAt: undefined,
    answeredAt: undefined,
    respondedAt: undefined,
    targetStatus: undefined,
    status: undefined,
    traceId: undefined,
    connectionErrors: 0,
    tlsErrors: 0,
    switched: false,
  };
}
