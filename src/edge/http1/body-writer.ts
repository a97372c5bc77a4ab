import type { BodyLength } from "#edge/http/body.ts";
import type { Fields } from "#edge/http/fields.ts";
import { fieldLine } from "./head-writer.ts";
import type { Output } from "./output.ts";

/** How a body is framed: by its length, in chunks, by the end of the connection; or there is none. */
export type BodyFraming = "none" | "length" | "chunked" | "close";

/** Writes the bodies of a connection's messages, one after the other. */
export class BodyWriter {
  readonly #output: Output;
  #framing: BodyFraming = "none";
  #left = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** Whether the body under way ends with the connection. */
  get endsWithConnection(): boolean {
    return this.#framing === "close";
  }

  begin(framing: BodyFraming, length: BodyLength): void {
    this.#framing = framing;
    this.#left = length === "unknown" ? 0 : length;
  }

  /** Writes a piece; what is more than was announced is dropped. */
  write(piece: Uint8Array): void {
    const { length } = piece;
    if (length === 0) return;
    switch (this.#framing) {
      case "none":
        return;
      case "length":
        if (this.#left === 0) return;
        this.#output.bytes(length > this.#left ? piece.subarray(0, this.#left) : piece);
        this.#left = Math.max(0, this.#left - length);
        return;
      case "chunked":
        this.#output.text(`${length.toString(16)}\r\n`);
        this.#output.bytes(piece);
        this.#output.text("\r\n");
        return;
      case "close":
        this.#output.bytes(piece);
    }
  }

  /** Ends the body. False when less came than was announced: then only the end of the connection tells the truth. */
  end(trailers: Fields | undefined): boolean {
    const framing = this.#framing;
    this.#framing = "none";
    if (framing === "chunked") this.#output.text(lastChunk(trailers));
    return framing !== "length" || this.#left === 0;
  }
}

function lastChunk(trailers: Fields | undefined): string {
  if (trailers === undefined || trailers.length === 0) return "0\r\n\r\n";
  let text = "0\r\n";
  for (const trailer of trailers) text += fieldLine(trailer);
  return `${text}\r\n`;
}
