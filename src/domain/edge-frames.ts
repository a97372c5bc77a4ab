/** Where an edge asks the control plane's API to speak frames with it, by HTTP upgrade. */
export const EDGE_PATH = "/_sealkeeper/edge";
export const EDGE_PROTOCOL = "sealkeeper-edge/1";

/** A unit of the link between control plane and edge: what it is, words as JSON, bytes as bytes. */
export interface Frame {
  readonly type: number;
  readonly meta: unknown;
  /** Ciphertexts travel here, never in `meta`. */
  readonly payload: Buffer;
}

/** The other side broke the framing; the connection cannot go on. */
export class FrameError extends Error {
  override readonly name = "FrameError";
}

/** `u32 length | u8 type | u32 meta length | meta (JSON) | payload`; `length` counts what follows it. Throws FrameError when it would be too long. */
export function encodeFrame(type: number, meta: unknown, payload: Uint8Array = NOTHING): Buffer {
  const words = Buffer.from(JSON.stringify(meta));
  const length = HEAD + words.length + payload.length;
  if (length > MOST_BYTES) throw new FrameError(`a frame of ${length} bytes is too long`);
  const frame = Buffer.allocUnsafe(LENGTH + length);
  frame.writeUInt32BE(length, 0);
  frame.writeUInt8(type, LENGTH);
  frame.writeUInt32BE(words.length, LENGTH + 1);
  words.copy(frame, LENGTH + HEAD);
  frame.set(payload, LENGTH + HEAD + words.length);
  return frame;
}

/** Cuts a stream of bytes into frames, however the network has cut it. */
export interface FrameReader {
  /** The frames that `bytes` completes. Throws FrameError; after that the reader is of no more use. */
  push(bytes: Buffer): Frame[];
}

/** A reader that holds at most one frame of `most` bytes (and what came with its end). */
export function frameReader(most: number = MOST_BYTES): FrameReader {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = LENGTH;
  return {
    push(bytes) {
      chunks.push(bytes);
      held += bytes.length;
      const frames: Frame[] = [];
      while (held >= wanted) {
        const all = chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
        chunks = [all];
        const length = all.readUInt32BE(0);
        if (length < HEAD || length > most) throw new FrameError(`a frame cannot have ${length} bytes`);
        wanted = LENGTH + length;
        if (held < wanted) break;
        frames.push(decode(all.subarray(LENGTH, wanted)));
        chunks = [all.subarray(wanted)];
        held -= wanted;
        wanted = LENGTH;
      }
      return frames;
    },
  };
}

function decode(frame: Buffer): Frame {
  const metaLength = frame.readUInt32BE(1);
  if (metaLength > frame.length - HEAD) throw new FrameError("a frame's words are longer than the frame");
  const words = frame.toString("utf8", HEAD, HEAD + metaLength);
  try {
    return { type: frame.readUInt8(0), meta: JSON.parse(words), payload: frame.subarray(HEAD + metaLength) };
  } catch {
    throw new FrameError("a frame's words are not JSON");
  }
}

const LENGTH = 4;
const HEAD = 5;
const NOTHING = new Uint8Array(0);
/** A load balancer with 100,000 certificates has about 10 MB of words, a trust store up to 24 MB of revocation lists. */
const MOST_BYTES = 32 * 1024 * 1024;
