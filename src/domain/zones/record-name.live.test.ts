import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ancestry,
  isWithin,
  keyAfter,
  labelsOf,
  nameOf,
  nameOfKey,
  octetsOf,
  parseRecordName,
  readRecordName,
  sortKey,
} from "./record-name.ts";

const octets = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 12 })
  .map((codes) => String.fromCharCode(...codes));
const names = fc.array(octets, { minLength: 1, maxLength: 6 }).map(nameOf);

describe("a record name", () => {
  test.for([
    ["WWW.Example.COM", "www.example.com."],
    ["example.com.", "example.com."],
    ["*.example.com", "\\052.example.com."],
    ["\\052.example.com.", "\\052.example.com."],
    ["_acme-challenge.example.com", "_acme-challenge.example.com."],
    ["a\\.b.example.com", "a\\056b.example.com."],
    ["\\101bc.example.com", "abc.example.com."],
    ["a@b.example.com", "a\\100b.example.com."],
  ])("%s is shown as %s", ([text, shown]) => {
    expect(parseRecordName(text!)).toBe(shown);
  });

  test.for([
    ["", "DomainNameEmpty"],
    [".", "DomainNameEmpty"],
    ["a..example.com", "DomainLabelEmpty"],
    [".example.com", "DomainLabelEmpty"],
    [`${"a".repeat(64)}.com`, "DomainLabelTooLong"],
    [`${"a.".repeat(128)}com`, "DomainNameTooLong"],
    ["a b.example.com", "UnsupportedCharacter"],
    ["münchen.example", "UnsupportedCharacter"],
    ["a\\777.example.com", "UnsupportedCharacter"],
    ["a\\12.example.com", "UnsupportedCharacter"],
    ["a.example.com\\", "UnsupportedCharacter"],
    ["a\n.example.com", "UnsupportedCharacter"],
  ])("%j is none: %s", ([text, problem]) => {
    expect(readRecordName(text!)).toEqual({ problem });
  });

  test("reads any text without throwing, and what it shows reads back as itself", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), names), (text) => {
        const name = parseRecordName(text);
        if (name !== undefined) expect(parseRecordName(name)).toBe(name);
      }),
    );
  });

  test("keeps every octet but the case of letters", () => {
    fc.assert(
      fc.property(octets, (label) => {
        expect(octetsOf(labelsOf(nameOf([label]))[0]!)).toBe(label.toLowerCase());
      }),
    );
  });

  test("has a key from which it can be read back, and lies in its ancestors' ranges", () => {
    fc.assert(
      fc.property(names, names, (name, other) => {
        expect(nameOfKey(sortKey(name))).toBe(name);
        for (const above of ancestry(name)) {
          expect(isWithin(name, above)).toBe(true);
          const from = sortKey(above);
          expect(sortKey(name) >= from && sortKey(name) < keyAfter(from)).toBe(true);
        }
        expect(sortKey(other) >= sortKey(name) && sortKey(other) < keyAfter(sortKey(name))).toBe(isWithin(other, name));
      }),
    );
  });

  test("sorts by its labels from the right, the dot counting, as Route 53 lists", () => {
    const sorted = [
      "example.com",
      "*.example.com",
      "a-b.example.com",
      "a.example.com",
      "b.a.example.com",
      "www.example.com",
    ];
    const keys = sorted.map((text) => sortKey(parseRecordName(text)!));
    expect([...keys].sort()).toEqual([
      "com.example.",
      "com.example.*.",
      "com.example.a-b.",
      "com.example.a.",
      "com.example.a.b.",
      "com.example.www.",
    ]);
    expect(keys).toEqual([...keys].sort());
  });
});
