import { Writable } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { frameReader, frameWriter, writeFrame } from "./vault-frames.ts";

const parts = fc.array(fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined }), { maxLength: 4 });
const frames = fc.array(fc.record({ head: fc.record({ n: fc.nat(), word: fc.string() }), parts }), { maxLength: 5 });

test("what was written is read, however it arrives, and what was read is wiped", () => {
  fc.assert(
    fc.property(frames, fc.infiniteStream(fc.integer({ min: 1, max: 300 })), (sent, sizes) => {
      const bytes = Buffer.concat(sent.map(writeFrame));
      const read = frameReader();
      const received = [];
      for (let at = 0; at < bytes.length; ) {
        const chunk = Buffer.from(bytes.subarray(at, (at += sizes.next().value ?? 1)));
        received.push(...read(chunk));
        expect(chunk.every((byte) => byte === 0)).toBe(true);
      }
      const plain = (list: typeof sent) =>
        list.map(({ head, parts: all }) => [head, all.map((part) => part && Buffer.from(part).toString("hex"))]);
      expect(plain(received as typeof sent)).toEqual(plain(sent));
    }),
    { numRuns: 60 },
  );
});

test("frames of one turn are written together, and wiped when they are", async () => {
  const writes: Buffer[][] = [];
  const seen: string[] = [];
  const stream = new Writable({
    writev(chunks, done) {
      writes.push(chunks.map(({ chunk }) => chunk as Buffer));
      seen.push(...chunks.map(({ chunk }) => (chunk as Buffer).toString("hex")));
      done();
    },
  });
  const write = frameWriter(stream);
  const frame = (n: number) => ({ head: { n }, parts: [Buffer.from("secret")] });
  write(frame(1));
  await Promise.resolve();
  write(frame(2));
  await new Promise(setImmediate);
  write(frame(3));
  await new Promise((resolve) => stream.end(resolve));
  expect(seen).toEqual([1, 2, 3].map((n) => writeFrame(frame(n)).toString("hex")));
  expect(writes.map(({ length }) => length)).toEqual([2, 1]);
  expect(writes.flat().every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
});

test("what is no frame is refused or waited for, never read beyond its end", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        for (const { parts: all } of frameReader()(Buffer.from(bytes))) expect(Array.isArray(all)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 300 },
  );
  const huge = Buffer.alloc(4);
  huge.writeUInt32BE(2 ** 31);
  expect(() => frameReader()(huge)).toThrow("too large");
  expect(() => writeFrame({ head: {}, parts: [Buffer.alloc(300_000)] })).toThrow("too many for one frame");
});
