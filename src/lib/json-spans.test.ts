import fc from "fast-check";
import { expect, test } from "vitest";
import { type JsonSpan, jsonSpans } from "./json-spans.ts";

/** What a span says, read back from where it says that it stands. */
function readBack(text: string, span: JsonSpan): unknown {
  switch (span.kind) {
    case "object":
      return Object.fromEntries([...span.members].map(([name, member]) => [name, readBack(text, member)]));
    case "list":
      return span.items.map((item) => readBack(text, item));
    default:
      return JSON.parse(text.slice(span.start, span.end));
  }
}

test("every value stands where its span says, however the text is written", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, "\t"), (value, space) => {
      const text = ` ${JSON.stringify({ value }, undefined, space)}\n`;
      const spans = jsonSpans(text);
      expect(text.slice(spans.start, spans.end)).toBe(text.trim());
      expect(JSON.stringify(readBack(text, spans))).toBe(JSON.stringify({ value }));
    }),
    { numRuns: 300 },
  );
});

test("what is no JSON is not taken", () => {
  for (const text of ["", "{", '{"a"', '{"a":', "[", "[1"]) expect(() => jsonSpans(text)).toThrow("no JSON");
});
