import { expect, test } from "vitest";
import { classify, DESYNC, type DesyncReason, type Framing } from "./desync.ts";

const framing = (more: Partial<Framing>): Framing => ({
  method: "POST",
  version: "1.1",
  lengths: [],
  codings: [],
  lookalikeLengths: [],
  lookalikeCodings: [],
  unusual: false,
  ...more,
});

test.for<[string, Partial<Framing>, DesyncReason | undefined]>([
  ["a length", { lengths: ["5"] }, undefined],
  ["chunks", { codings: ["chunked"] }, undefined],
  ["a control character in a value", { unusual: true }, "NonCompliantHeader"],
  ["the length 0 of a GET", { method: "GET", lengths: ["0"] }, "GetHeadZeroContentLength"],
  ["the body of a GET", { method: "GET", lengths: ["5"] }, "UndefinedContentLengthSemantics"],
  ["the chunks of a HEAD", { method: "HEAD", codings: ["chunked"] }, "UndefinedTransferEncodingSemantics"],
  ["both", { lengths: ["5"], codings: ["chunked"] }, "BothTeClPresent"],
  ["a length twice", { lengths: ["5", "05"] }, "DuplicateContentLength"],
  ["a name like a length's", { lookalikeLengths: ["5"] }, "SuspiciousHeader"],
  ["two lengths, one by a name like it", { lengths: ["5"], lookalikeLengths: ["6"] }, "MultipleContentLength"],
  ["the first of the worst", { unusual: true, lengths: ["x"], codings: ["y"] }, "BadTransferEncoding"],
])("%s", ([, more, reason]) => {
  expect(classify(framing(more)).reason).toBe(reason);
});

test("blanks within a coding or a length take the time of their number, not of its square", () => {
  const inner = `a${" ".repeat(100_000)}b`;
  expect(classify(framing({ codings: [inner] })).reason).toBe("BadTransferEncoding");
  expect(classify(framing({ lookalikeCodings: [inner] })).reason).toBe("BadTransferEncoding");
  expect(classify(framing({ lengths: [inner] })).reason).toBe("BadContentLength");
});

test("only monitoring keeps connections behind what is ambiguous, and nothing that is severe is passed on", () => {
  expect(DESYNC.monitor.Ambiguous).toBe("pass");
  expect(DESYNC.defensive).toMatchObject({ Acceptable: "pass", Ambiguous: "close" });
  expect(DESYNC.strictest).toMatchObject({ Compliant: "pass", Acceptable: "refuse", Ambiguous: "refuse" });
  for (const mode of Object.values(DESYNC)) expect(mode.Severe).toBe("refuse");
});
