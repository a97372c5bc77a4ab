import { expect, test } from "vitest";
import { randomIds } from "./ids.ts";
import { timeOrderedId } from "./time-ordered-id.ts";

test("is a UUID of version 7 and the variant of RFC 9562", () => {
  for (let i = 0; i < 100; i++) {
    expect(timeOrderedId(new Date(), randomIds)).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  }
});

test("sorts by time, and is another one each time", () => {
  const ids = [1, 2, 2_000_000_000_000].map((time) => timeOrderedId(new Date(time), randomIds));
  expect(ids.toSorted()).toEqual(ids);
  const now = new Date();
  expect(timeOrderedId(now, randomIds)).not.toBe(timeOrderedId(now, randomIds));
});
