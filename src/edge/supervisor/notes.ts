import type { TargetReport } from "#domain/edge-config.ts";
import type { Bound, Place } from "#edge/bind.ts";

// What a supervisor and its workers say to one another beside the frames: small things, over the channel of a forked process.

export type SupervisorNote =
  /** The secret of session tickets, first and whenever it changes; it is on no disk and in no log. */
  | { readonly kind: "seed"; readonly seed: Uint8Array }
  /** Where the listener of a question is bound. The socket itself follows, `later` only when this worker serves what others serve on it. */
  | { readonly kind: "place"; readonly id: number; readonly at: Bound; readonly later: boolean }
  /** With the socket as its handle. */
  | { readonly kind: "socket"; readonly id: number }
  | { readonly kind: "no-place"; readonly id: number; readonly reason: string; readonly code: string }
  /** Whether this worker does what only one may do: check targets. */
  | { readonly kind: "leader"; readonly leads: boolean }
  /** What the one that checks has seen. */
  | { readonly kind: "health"; readonly loadBalancerArn: string; readonly targets: readonly TargetReport[] }
  /** Drain and end. */
  | { readonly kind: "stop" };

export type WorkerNote =
  /** Asks for the socket of a listener; `failed` is where it could not listen though it was bound. */
  | { readonly kind: "socket"; readonly id: number; readonly place: Place; readonly failed: readonly Bound[] }
  /** It listens on the socket of that question, or has no use for it any more. */
  | { readonly kind: "settled"; readonly id: number };
