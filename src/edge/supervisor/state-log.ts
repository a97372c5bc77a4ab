import type { ControlMessage } from "#domain/edge-messages.ts";
import type { EdgeState } from "./state.ts";

/** Keeps the state of an edge across its own restart, as the frames that led to it. */
export interface StateLog {
  /** What was kept, in its order. What is torn or unreadable at the end is left out: the control plane tells it again. */
  load(): Iterable<ControlMessage>;
  /** Adds a frame that `state` has taken over already; now and then writes all of `state` anew instead. */
  append(frame: Buffer, state: Pick<EdgeState, "snapshot" | "bytes">): void;
}
