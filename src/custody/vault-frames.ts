import type { Writable } from "node:stream";

/** What goes over the wire between a vault and who uses it: some JSON, and byte strings, which are never in it. */
export interface Frame {
  readonly head: Readonly<Record<string, unknown>>;
  readonly parts: readonly (Uint8Array | undefined)[];
}

/** length (4) | length of the head (4) | head | parts, each behind its length (4). */
export function writeFrame({ head, parts }: Frame): Buffer {
  const text = Buffer.from(JSON.stringify(head));
  const size = parts.reduce((sum, part) => sum + LENGTH + (part?.length ?? 0), LENGTH + text.length);
  if (size > LARGEST) throw new Error(`${size} bytes are too many for one frame`);
  const frame = Buffer.allocUnsafeSlow(LENGTH + size);
  let at = frame.writeUInt32BE(size);
  at = frame.writeUInt32BE(text.length, at);
  at += text.copy(frame, at);
  for (const part of parts) {
    at = frame.writeUInt32BE(part?.length ?? ABSENT, at);
    if (part) frame.set(part, at);
    at += part?.length ?? 0;
  }
  return frame;
}

/** Writes frames to a stream, those of one turn of the event loop together; their bytes are wiped when they are written. */
export function frameWriter(stream: Pick<Writable, "cork" | "uncork" | "write">): (frame: Frame) => void {
  let corked = false;
  const uncork = (): void => {
    corked = false;
    stream.uncork();
  };
  return (frame) => {
    const bytes = writeFrame(frame);
    if (!corked) {
      corked = true;
      stream.cork();
      setImmediate(uncork);
    }
    stream.write(bytes, () => bytes.fill(0));
  };
}

/** Reads frames off a stream: give it what arrives, and it answers what is whole. All that it was given is wiped. */
export function frameReader(): (chunk: Buffer) => Frame[] {
  let pending = Buffer.alloc(0);
  return (chunk) => {
    const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= LENGTH) {
      const size = bytes.readUInt32BE(at);
      if (size > LARGEST) throw new Error(`a frame of ${size} bytes is too large`);
      if (bytes.length - at < LENGTH + size) break;
      frames.push(readFrame(bytes.subarray(at + LENGTH, at + LENGTH + size)));
      at += LENGTH + size;
    }
    const rest = Buffer.from(bytes.subarray(at));
    for (const used of [pending, chunk, bytes]) used.fill(0);
    pending = rest;
    return frames;
  };
}

/** Throws when it is no frame. Parts are copies. */
function readFrame(bytes: Buffer): Frame {
  const take = (length: number): Buffer => {
    if (length > bytes.length - at) throw new Error("a frame ends too early");
    at += length;
    return bytes.subarray(at - length, at);
  };
  let at = 0;
  const head: unknown = JSON.parse(take(take(LENGTH).readUInt32BE()).toString());
  if (typeof head !== "object" || head === null || Array.isArray(head)) throw new Error("a frame has no head");
  const parts: (Uint8Array | undefined)[] = [];
  while (at < bytes.length) {
    const length = take(LENGTH).readUInt32BE();
    parts.push(length === ABSENT ? undefined : Buffer.from(take(length)));
  }
  return { head: head as Frame["head"], parts };
}

const LENGTH = 4;
const ABSENT = 0xffffffff;
/** KMS's largest messages have some kilobytes. */
const LARGEST: number = 256 * 1024;
