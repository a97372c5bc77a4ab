import type { Flow, Sink } from "#edge/http/body.ts";

/** The way of one body to who takes it, who may let it wait. */
export class Delivery implements Flow {
  readonly into: Sink;
  readonly #go: () => void;
  #held = false;
  #blocked = false;

  /** `go` is called whenever a delivery that waited may go on. */
  constructor(into: Sink, go: () => void) {
    this.into = into;
    this.#go = go;
  }

  /** Whether a piece may be given. */
  get open(): boolean {
    return !this.#held && !this.#blocked;
  }

  give(piece: Uint8Array): void {
    if (this.into.write(piece)) return;
    this.#blocked = true;
    this.into.drained(() => {
      if (!this.#blocked) return;
      this.#blocked = false;
      this.#go();
    });
  }

  pause(): void {
    this.#held = true;
  }

  resume(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#go();
  }
}
