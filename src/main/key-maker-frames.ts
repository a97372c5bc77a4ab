import type { WrappedKeyPair } from "#custody/wrapped-key.ts";

/** What the key maker's standard output carries for one key: two byte strings, each behind its length (4 bytes). */
export function writeKeyFrame({ spki, sealedKey }: WrappedKeyPair): Buffer {
  return Buffer.concat([spki, sealedKey].flatMap((part) => [length(part), part]));
}

/** Reads keys off a stream of frames. Throws when a length is absurd: the other side is then no key maker. */
export async function* readKeyFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<WrappedKeyPair> {
  let pending: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  for await (const chunk of chunks) {
    pending = Buffer.concat([pending, chunk]);
    for (let part = firstPart(pending); part; part = firstPart(pending)) {
      pending = pending.subarray(HEADER + part.length);
      parts.push(part);
      const [spki, sealedKey] = parts;
      if (!spki || !sealedKey) continue;
      parts = [];
      yield { spki, sealedKey };
    }
  }
}

function firstPart(bytes: Buffer): Buffer | undefined {
  if (bytes.length < HEADER) return undefined;
  const size = bytes.readUInt32BE();
  if (size === 0 || size > LARGEST) throw new Error(`the key maker sent a part of ${size} bytes`);
  return bytes.length < HEADER + size ? undefined : Buffer.from(bytes.subarray(HEADER, HEADER + size));
}

function length(part: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt32BE(part.length);
  return header;
}

const HEADER = 4;
const LARGEST = 16_384;
