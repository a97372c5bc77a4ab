import type { Channel, Sink } from "#edge/http/body.ts";
import { Delivery } from "./delivery.ts";
import type { Output } from "./output.ts";

/** What a tunnel needs of the connection that it was made of. */
export interface TunnelEnd {
  readonly output: Output;
  /** Looks whether there is something to deliver, and lets the socket be read or not. */
  go(): void;
  /** Sends what is written, and says no more. */
  end(): void;
  destroy(): void;
}

/** A connection whose protocol was switched: bytes both ways, each way as fast as it is taken. */
export class Tunnel implements Channel {
  /** Where to what comes goes; undefined until somebody wants it. */
  delivery: Delivery | undefined;
  readonly #end: TunnelEnd;
  #held = false;
  #over = false;
  #told = false;
  #drained: (() => void) | undefined;

  constructor(end: TunnelEnd) {
    this.#end = end;
  }

  write(piece: Uint8Array): boolean {
    if (this.#over) return true;
    this.#end.output.bytes(piece);
    return !this.#end.output.full;
  }

  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#end.end();
  }

  abort(): void {
    this.#over = true;
    this.#end.destroy();
  }

  drained(act: () => void): void {
    this.#drained = act;
  }

  /** There is room again. */
  drain(): void {
    const act = this.#drained;
    this.#drained = undefined;
    act?.();
  }

  receive(into: Sink): void {
    if (this.delivery) return;
    this.delivery = new Delivery(into, () => this.#end.go());
    if (this.#held) this.delivery.pause();
    process.nextTick(() => this.#end.go());
  }

  pause(): void {
    this.#held = true;
    this.delivery?.pause();
  }

  resume(): void {
    this.#held = false;
    this.delivery?.resume();
  }

  /** The other side says no more. */
  ended(): void {
    if (this.delivery === undefined || this.#told) return;
    this.#told = true;
    this.delivery.into.end();
  }

  /** The connection is gone. */
  closed(): void {
    this.#over = true;
    if (!this.#told) this.delivery?.into.abort();
    this.#told = true;
  }
}
