import fc from "fast-check";
import { expect, test } from "vitest";
import { readPage, toPage } from "./marker.ts";

const SIZE = { unasked: 2, most: 3 };

test("pages join up to the whole list, whatever the size that is asked for", () => {
  const list = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 9, unit: "grapheme" }), { maxLength: 12 });
  fc.assert(
    fc.property(list, fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }), (unordered, limit) => {
      const all = unordered.sort();
      const seen: string[] = [];
      let marker: string | undefined;
      do {
        const page = readPage({ limit, marker }, "keys", SIZE);
        const rows = all.filter((item) => item > page.after).slice(0, page.limit + 1);
        const { items, nextMarker } = toPage(rows, "keys", page.limit, (item) => item);
        expect(items.length).toBeLessThanOrEqual(SIZE.most);
        seen.push(...items);
        marker = nextMarker;
      } while (marker !== undefined);
      expect(seen).toEqual(all);
    }),
  );
});

test("a marker of another list, or of nobody's making, is refused", () => {
  const { nextMarker } = toPage(["a", "b"], "keys", 1, (item) => item);
  expect(() => readPage({ limit: 1, marker: nextMarker }, "grants", SIZE)).toThrow("not one that this list returned");
  fc.assert(
    fc.property(fc.string(), (marker) => {
      expect(() => readPage({ limit: 1, marker }, "keys", SIZE)).toThrow("not one that this list returned");
    }),
  );
});
