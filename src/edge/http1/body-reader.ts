import type { Fields } from "#edge/http/fields.ts";
import { ChunkedReader, type Step } from "./chunked-reader.ts";
import type { Incoming } from "./incoming.ts";

/** Reads the bodies of a connection's messages, one after the other: by length, by chunks, or up to the connection's end. */
export class BodyReader {
  /** Behind `piece`: the piece. It may be overwritten when the next bytes come. */
  piece: Buffer = NOTHING;
  readonly #of: "request" | "response";
  #framing: "length" | "chunked" | "close" = "length";
  #left = 0;
  #chunks: ChunkedReader | undefined;

  constructor(of: "request" | "response") {
    this.#of = of;
  }

  /** Begins a body; `length` counts only where it tells the end. */
  begin(framing: "length" | "chunked" | "close", length: number): void {
    this.#framing = framing;
    this.#left = length;
    if (framing !== "chunked") return;
    this.#chunks ??= new ChunkedReader(this.#of);
    this.#chunks.begin();
  }

  /** Whether a body with a length has come whole. */
  get complete(): boolean {
    return this.#framing === "length" && this.#left === 0;
  }

  /** Whether the body goes on until the connection ends. */
  get endless(): boolean {
    return this.#framing === "close";
  }

  /** How much is to come, as far as it can be told. */
  get left(): number {
    return this.#framing === "length" ? this.#left : 0;
  }

  /** Behind `end`: the trailers. */
  get trailers(): Fields | undefined {
    return this.#framing === "chunked" ? this.#chunks?.trailers : undefined;
  }

  /** Takes the next part of what came. */
  next(incoming: Incoming): Step {
    this.piece = NOTHING;
    if (this.complete) return "end";
    if (incoming.waiting === 0) return "more";
    if (this.#framing === "chunked" && this.#chunks) {
      const step = this.#chunks.next(incoming.bytes, incoming.at, incoming.to);
      incoming.at = this.#chunks.at;
      if (step === "piece") this.piece = incoming.bytes.subarray(this.#chunks.from, incoming.at);
      return step;
    }
    this.piece = incoming.take(this.endless ? incoming.waiting : this.#left);
    this.#left -= this.piece.length;
    return "piece";
  }
}

const NOTHING: Buffer = Buffer.alloc(0);
