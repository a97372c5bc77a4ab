import { describe, expect, test } from "vitest";
import { ResponseReader } from "./response-reader.ts";

function read(text: string, size: number = text.length) {
  const reader = new ResponseReader();
  let rest = Buffer.alloc(0);
  for (let at = 0; at < text.length; at += size) {
    rest = Buffer.concat([rest, Buffer.from(text.slice(at, at + size), "latin1")]);
    const progress = reader.read(rest, 0, rest.length);
    if (progress === "fault") return { fault: reader.fault };
    if (progress === "done") return reader.head;
    rest = rest.subarray(reader.at);
  }
  return "more";
}

const ok = (...lines: string[]): string => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;

test("an answer is read alike, however its bytes are cut", () => {
  const text = ok(
    "Server: x",
    "Set-Cookie: a",
    "Set-Cookie: b",
    "Content-Length: 5",
    "Connection: X-Hop",
    "X-Hop: 1",
    "Host: y",
  );
  const whole = read(text);
  expect(whole).toMatchObject({
    status: 200,
    reason: "OK",
    body: "length",
    length: 5,
    keepAlive: true,
    fields: [{ name: "Server" }, { value: "a" }, { value: "b" }, { name: "Host" }],
  });
  for (const size of [1, 3, 17]) expect(read(text, size)).toEqual(whole);
});

test.for([
  ["HTTP/1.1 200 OK\r\n\r\n", { body: "close", keepAlive: true }],
  ["HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", { body: "length", keepAlive: false }],
  ["HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n", { keepAlive: true }],
  ["HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n", { body: "chunked", reason: undefined }],
  ["HTTP/1.1 200 \r\nConnection: close\r\n\r\n", { reason: undefined, keepAlive: false }],
  ["HTTP/1.1 404 Nicht \xe4h\r\n\r\n", { status: 404, reason: "Nicht \xe4h" }],
] as const)("%j", ([text, expected]) => {
  expect(read(text)).toMatchObject(expected);
});

describe("no answer is", () => {
  test.for([
    ["another protocol", "SSH-2.0-OpenSSH\r\n"],
    ["another version", "HTTP/2.0 200 OK\r\n\r\n"],
    ["HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n"],
    ["a status below 100", "HTTP/1.1 099 x\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["LF alone", "HTTP/1.1 200 OK\nServer: x\n\n"],
    ["a control character in the reason", "HTTP/1.1 200 a\x01\r\n\r\n"],
    ["a folded line", ok("X: a", " b")],
    ["a space before a colon", ok("Content-Length : 5")],
    ["NUL in a value", ok("X: \0")],
    ["a control character in a value", ok("X: \x01")],
    ["two lengths", ok("Content-Length: 5", "Content-Length: 5")],
    ["a length that is none", ok("Content-Length: 5, 5")],
    ["both a length and chunks", ok("Content-Length: 5", "Transfer-Encoding: chunked")],
    ["another coding", ok("Transfer-Encoding: gzip, chunked")],
    ["chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a name like framing", ok("Transfer_Encoding: chunked")],
    ["more than 32 KB", ok(`X: ${"x".repeat(33 * 1024)}`)],
    ["more than 100 connection options", ok(`Connection: ${"a,".repeat(101)}`)],
    ["a header without end", `HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(6000)}`],
  ])("%s", ([, text = ""]) => {
    expect(read(text)).toHaveProperty("fault");
  });
});
