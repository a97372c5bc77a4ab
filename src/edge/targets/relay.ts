import type { Channel, Sink } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";

/** Passes a body on, and knows how far it is. */
export class Relay implements Sink {
  /** How often anything moved. */
  moved = 0;
  /** It waits for room. */
  full = false;
  /** Nothing more comes. */
  over: "whole" | "broken" | undefined = undefined;
  readonly #to: Sink;
  readonly #onOver: (() => void) | undefined;
  readonly #filter: ((trailers: Fields) => Fields) | undefined;

  /** `filter` says which trailers are passed on; all when it is left out. */
  constructor(to: Sink, onOver?: () => void, filter?: (trailers: Fields) => Fields) {
    this.#to = to;
    this.#onOver = onOver;
    this.#filter = filter;
  }

  write(piece: Uint8Array): boolean {
    this.moved += 1;
    const room = this.#to.write(piece);
    if (!room) this.full = true;
    return room;
  }

  end(trailers?: Fields): void {
    this.over ??= "whole";
    this.#to.end(trailers && this.#filter ? this.#filter(trailers) : trailers);
    this.#onOver?.();
  }

  abort(): void {
    this.over ??= "broken";
    this.#to.abort();
    this.#onOver?.();
  }

  drained(act: () => void): void {
    this.#to.drained(() => {
      this.full = false;
      this.moved += 1;
      act();
    });
  }
}

/** Two connections that were switched to another protocol: what one says, the other hears. */
export class Tunnel {
  readonly #client: Channel;
  readonly #target: Channel;
  readonly #up: Relay;
  readonly #down: Relay;

  /** `onOver` is called when both sides have ended or one broke, perhaps more than once. */
  constructor(client: Channel, target: Channel, onOver: () => void) {
    this.#client = client;
    this.#target = target;
    const tell = (): void => {
      const ways = [this.#up.over, this.#down.over];
      if (ways.includes("broken") || !ways.includes(undefined)) onOver();
    };
    this.#up = new Relay(target, tell);
    this.#down = new Relay(client, tell);
    client.receive(this.#up);
    target.receive(this.#down);
  }

  get moved(): number {
    return this.#up.moved + this.#down.moved;
  }

  abort(): void {
    this.#client.abort();
    this.#target.abort();
  }
}
