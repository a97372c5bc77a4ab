import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChunkedReader } from "./chunked-reader.ts";

/** What becomes of a body in pieces of this size; `rest` is what came behind it. */
function read(text: string, size: number = text.length || 1) {
  const reader = new ChunkedReader("request");
  reader.begin();
  let body = "";
  let rest = Buffer.alloc(0);
  for (let at = 0; at < text.length; at += size) {
    rest = Buffer.concat([rest, Buffer.from(text.slice(at, at + size), "latin1")]);
    for (;;) {
      const step = reader.next(rest, 0, rest.length);
      if (step === "piece") body += rest.toString("latin1", reader.from, reader.at);
      if (step === "fault") return { fault: true, body };
      rest = rest.subarray(reader.at);
      if (step === "end") return { body, trailers: reader.trailers, rest: rest.toString("latin1") };
      if (step === "more") break;
    }
  }
  return { more: true, body };
}

test("a body is read alike, however it is chunked and cut", () => {
  const chunk = fc.tuple(
    fc.string({ minLength: 1, unit: "grapheme-ascii" }),
    fc.constantFrom("", ";a", ';a="b\\";c";d=e'),
  );
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 20 }), (chunks, size) => {
      const text = chunks.map(([data, extension]) => `${data.length.toString(16)}${extension}\r\n${data}\r\n`).join("");
      const got = read(`${text}0\r\nX-T: 1\r\n\r\nnext`, size);
      expect(got).toMatchObject({
        body: chunks.map(([data]) => data).join(""),
        trailers: [{ name: "X-T", value: "1" }],
      });
    }),
  );
});

test("trailers that would frame, route or authenticate are dropped", () => {
  const trailers = [
    "Content-Length: 5",
    "Transfer-Encoding: x",
    "Host: b",
    "Connection: close",
    "Authorization: x",
    "Grpc-Status: 0",
  ];
  expect(read(`0\r\n${trailers.join("\r\n")}\r\n\r\n`).trailers).toEqual([
    { name: "Grpc-Status", key: "grpc-status", value: "0" },
  ]);
});

describe("no chunks are", () => {
  test.for([
    ["0x before a size", "0x5\r\nhello\r\n0\r\n\r\n"],
    ["a sign", "+5\r\nhello\r\n0\r\n\r\n"],
    ["an underscore", "5_\r\nhello\r\n0\r\n\r\n"],
    ["a space before a size", " 5\r\nhello\r\n0\r\n\r\n"],
    ["a space behind it", "5 \r\nhello\r\n0\r\n\r\n"],
    ["no size", "\r\nhello\r\n0\r\n\r\n"],
    ["a size beyond counting", "10000000000000005\r\nhello"],
    ["a long one", `${"0".repeat(17)}5\r\nhello`],
    ["LF alone behind a size", "5\nhello\r\n0\r\n\r\n"],
    ["LF alone behind data", "5\r\nhello\n0\r\n\r\n"],
    ["LF alone at the end", "0\r\n\n"],
    ["CR alone behind a size", "5\rhello\r\n0\r\n\r\n"],
    ["more data than the size", "5\r\nhello!\r\n0\r\n\r\n"],
    ["less data than the size", "5\r\nhell\r\n0\r\n\r\n"],
    ["LF alone in an extension", "5;a\nb\r\nhello\r\n0\r\n\r\n"],
    ["CR in quotes", '5;a="\r\n"\r\nhello\r\n0\r\n\r\n'],
    ["an extension without a name", "5;\r\nhello\r\n0\r\n\r\n"],
    ["a control character in an extension", "5;a=\x01\r\nhello\r\n0\r\n\r\n"],
    ["a folded trailer", "0\r\nX: 1\r\n 2\r\n\r\n"],
    ["a trailer with NUL", "0\r\nX: \0\r\n\r\n"],
    ["extensions without end", `5;${"a".repeat(17 * 1024)}`],
    ["trailers without end", `0\r\n${"a: b\r\n".repeat(3000)}`],
  ])("%s", ([, text = ""]) => {
    expect(read(text)).toMatchObject({ fault: true });
    if (text.length < 100) expect(read(text, 1)).toMatchObject({ fault: true });
  });
});
