import fc from "fast-check";
import { expect, test } from "vitest";
import type { WrappedKeyPair } from "#custody/wrapped-key.ts";
import { readKeyFrames, writeKeyFrame } from "./key-maker-frames.ts";

async function readAll(chunks: readonly Uint8Array[]): Promise<WrappedKeyPair[]> {
  async function* stream(): AsyncGenerator<Buffer> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const keys: WrappedKeyPair[] = [];
  for await (const key of readKeyFrames(stream())) keys.push(key);
  return keys;
}

const bytes = fc.uint8Array({ minLength: 1, maxLength: 400 }).map((array) => Buffer.from(array));

test("reads what was written, however the pipe cuts it", async () => {
  const keys = fc.array(fc.record({ spki: bytes, sealedKey: bytes }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(keys, fc.integer({ min: 1, max: 60 }), async (written, size) => {
      const stream = Buffer.concat(written.map(writeKeyFrame));
      const chunks = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
        stream.subarray(i * size, (i + 1) * size),
      );
      expect(await readAll(chunks)).toEqual(written);
    }),
  );
});

test("a stream that ends inside a frame gives nothing for it", async () => {
  const frame = writeKeyFrame({ spki: Buffer.from("public"), sealedKey: Buffer.from("sealed") });
  expect(await readAll([frame.subarray(0, -1)])).toEqual([]);
});

test.for([0, 16_385, 0xffffffff])("refuses a part of %i bytes", async (size) => {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(size);
  await expect(readAll([header])).rejects.toThrow(`a part of ${size} bytes`);
});
