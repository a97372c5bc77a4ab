import { expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { type Tag, withoutTags, withTags } from "./tags.ts";

const tag = (key: string, value?: string): Tag => ({ key, value });

test("a key that is there already takes the new value and keeps its place", () => {
  expect(withTags([tag("a", "1"), tag("b")], [tag("c", ""), tag("a", "2")])).toEqual([
    tag("a", "2"),
    tag("b"),
    tag("c", ""),
  ]);
});

test("a tag is removed by key alone, or by key and the very value", () => {
  const present = [tag("a", "1"), tag("b", "2"), tag("c", "")];
  expect(withoutTags(present, [tag("a")])).toEqual([tag("b", "2"), tag("c", "")]);
  expect(withoutTags(present, [tag("a", "1"), tag("b", "other"), tag("c", "")])).toEqual([tag("b", "2")]);
  expect(withoutTags(present, [tag("unknown")])).toEqual(present);
});

test("refuses AWS's own prefix with InvalidTagException", () => {
  const message = 'Invalid Tag Key: "aws:x". AWS internal tags cannot be changed with this API';
  expect(() => withTags([], [tag("aws:x")])).toThrow(new Refusal("tag-invalid", message));
  expect(() => withoutTags([], [tag("aws:x")])).toThrow(new Refusal("tag-invalid", message));
});

test("refuses a fifty-first tag with TooManyTagsException", () => {
  const fifty = Array.from({ length: 50 }, (_, index) => tag(`k${index}`, "v"));
  expect(withTags(fifty, [tag("k0", "w")])).toHaveLength(50);
  expect(() => withTags(fifty, [tag("one-more")])).toThrow(/^the TagSet: '\{k0=v, .*contains too many Tags$/);
});
