import fc from "fast-check";
import { expect, test } from "vitest";
import { Waiting } from "./waiting.ts";

test("what was added comes out, in its order, however it was cut and whenever it is taken", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.uint8Array({ maxLength: 40_000 }), fc.constant("take" as const)), { maxLength: 30 }),
      (steps) => {
        const waiting = new Waiting();
        const [added, taken]: [Buffer[], Buffer[]] = [[], []];
        for (const step of steps) {
          if (step === "take") taken.push(Buffer.from(waiting.take() ?? []));
          else {
            waiting.add(Buffer.from(step));
            added.push(Buffer.from(step));
          }
        }
        for (let piece = waiting.take(); piece; piece = waiting.take()) taken.push(Buffer.from(piece));
        expect(waiting.isEmpty).toBe(true);
        expect(Buffer.concat(taken).equals(Buffer.concat(added))).toBe(true);
      },
    ),
    { numRuns: 100 },
  );
});

test("a million single bytes are a few pieces", () => {
  const waiting = new Waiting();
  const byte = Buffer.from([7]);
  for (let i = 0; i < 1_000_000; i++) waiting.add(byte);
  let pieces = 0;
  let length = 0;
  for (let piece = waiting.take(); piece; piece = waiting.take()) {
    pieces++;
    length += piece.length;
  }
  expect(length).toBe(1_000_000);
  expect(pieces).toBeLessThan(100);
});
