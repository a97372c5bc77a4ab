import { expect, test } from "vitest";
import { field } from "#edge/http/fields.ts";
import { fieldLines, requestLine, statusLine } from "./head-writer.ts";

test("no value, name, reason or path ends its line", () => {
  expect(fieldLines([field("X-A", "a\r\nSet-Cookie: b\0")])).toBe("X-A: a  Set-Cookie: b \r\n");
  // A character that latin1 would cut to LF.
  expect(fieldLines([field("X-A", "a\u010ab")])).toBe("X-A: a b\r\n");
  expect(fieldLines([field("X A", "1"), field("X\r\nB", "1"), field("", "1"), field("C", "\xe4")])).toBe("C: \xe4\r\n");
  expect(statusLine(200, "OK\r\nX: 1")).toBe("HTTP/1.1 200 OK\r\n");
  expect(requestLine("GET", "/a b\r\nX\u010a")).toBe("GET /a%20b%0D%0AX%C4%8A HTTP/1.1\r\n");
  expect(requestLine("GET", "/\xe4?b")).toBe("GET /\xe4?b HTTP/1.1\r\n");
  expect(requestLine("GET", "")).toBe("GET / HTTP/1.1\r\n");
});

test("framing is not for fields to tell", () => {
  const fields = ["Content-Length", "transfer-encoding", "Connection", "X-A"].map((name) => field(name, "1"));
  expect(fieldLines(fields)).toBe("X-A: 1\r\n");
});

test("a reason is said as it was given, and else by its status", () => {
  expect(statusLine(207, "Many Things")).toBe("HTTP/1.1 207 Many Things\r\n");
  expect(statusLine(207, undefined)).toBe("HTTP/1.1 207 Multi-Status\r\n");
  expect(statusLine(503, undefined)).toBe("HTTP/1.1 503 Service Temporarily Unavailable\r\n");
  expect(statusLine(599, "")).toBe("HTTP/1.1 599 \r\n");
});
