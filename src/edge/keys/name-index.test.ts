import { expect, test } from "vitest";
import { nameIndex } from "./name-index.ts";

test("each thing is found by each of its names, in the order in which they came, until it is removed", () => {
  const index = nameIndex<string>();
  index.add(["a.test", "*.a.test", "a.test"], "one");
  index.add(["a.test"], "two");
  expect([index.of("a.test"), index.of("*.a.test"), index.of("b.test")]).toEqual([["one", "two"], ["one"], undefined]);
  index.remove(["a.test", "*.a.test", "never.test"], "one");
  expect([index.of("a.test"), index.of("*.a.test")]).toEqual([["two"], undefined]);
});
