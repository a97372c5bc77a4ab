import fc from "fast-check";
import { expect, it } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { page, pageOf } from "./paging.ts";

const LIST = ["a", "b", "c", "d", "e"];
const ask = (after = "", limit: number): Promise<string[]> =>
  Promise.resolve(LIST.filter((item) => item > after).slice(0, limit));

it("gives every item once, whatever the size of the pages", async () => {
  for (const pageSize of [1, 2, 3, 5, 6]) {
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const { items, nextMarker } = await page({ marker, pageSize }, (item) => item, ask);
      expect(pageOf({ marker, pageSize }, LIST, (item) => item)).toEqual({ items, nextMarker });
      seen.push(...items);
      marker = nextMarker;
    } while (marker !== undefined);
    expect(seen).toEqual(LIST);
  }
});

it("refuses markers that no page gave, and never anything but refuses", async () => {
  await expect(page({ marker: "", pageSize: 1 }, (item) => item, ask)).rejects.toThrow("The marker is not valid");
  fc.assert(
    fc.property(fc.string({ maxLength: 600 }), (marker) => {
      try {
        pageOf({ marker, pageSize: 2 }, LIST, (item) => item);
      } catch (error) {
        expect(error).toBeInstanceOf(Refusal);
      }
    }),
  );
});
