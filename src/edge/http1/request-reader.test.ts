import { describe, expect, test } from "vitest";
import { COMPLIANT, type DesyncMode } from "#edge/http/desync.ts";
import { RequestReader } from "./request-reader.ts";

/** The first head in these bytes, however they are cut. */
function read(text: string, mode: DesyncMode = "defensive", size: number = text.length) {
  const reader = new RequestReader();
  let rest = Buffer.alloc(0);
  for (let at = 0; at < text.length; at += size) {
    rest = Buffer.concat([rest, Buffer.from(text.slice(at, at + size), "latin1")]);
    const progress = reader.read(rest, 0, rest.length, mode);
    if (progress !== "more") return { progress, ...reader.head, line: reader.line };
    rest = rest.subarray(reader.at);
  }
  return { progress: "more" } as const;
}

const post = (...lines: string[]): string =>
  `POST / HTTP/1.1\r\nHost: a\r\n${lines.map((one) => `${one}\r\n`).join("")}\r\n`;
const get = (target: string, host = "Host: a\r\n"): string => `GET ${target} HTTP/1.1\r\n${host}\r\n`;

describe("a request", () => {
  test("is read alike, however its bytes are cut", () => {
    const text = post("User-Agent: x", "X-Odd:\t a b \t", "x-lower:1", "Empty:", "Content-Length: 5", "TE: trailers");
    const whole = read(text);
    expect(whole).toMatchObject({
      progress: "done",
      method: "POST",
      target: "/",
      host: "a",
      version: "1.1",
      bodyLength: 5,
      keepAlive: true,
      takesTrailers: true,
      last: false,
      fields: [
        { name: "User-Agent", key: "user-agent", value: "x" },
        { name: "X-Odd", key: "x-odd", value: "a b" },
        { name: "x-lower", key: "x-lower", value: "1" },
        { name: "Empty", key: "empty", value: "" },
      ],
    });
    for (const size of [1, 2, 3, 7, 40]) expect(read(text, "defensive", size), `${size}`).toEqual(whole);
  });

  test.for([
    ["/a?b", "a", "/a?b", "a"],
    ["http://b.test/x?y", "a", "/x?y", "b.test"],
    ["HTTPS://b.test?y", "a", "/?y", "b.test"],
    ["http://b.test:8080", "a", "/", "b.test:8080"],
    ["/\xe4", "[::1]:80", "/\xe4", "[::1]:80"],
  ])("for %s of host %s asks for %s of %s", ([written = "", says = "", target, host]) => {
    expect(read(get(written, `Host: ${says}\r\n`))).toMatchObject({ progress: "done", target, host });
  });

  test("may ask for * by OPTIONS, and for nothing else", () => {
    expect(read("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")).toMatchObject({ progress: "done", target: "*" });
    expect(read("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n")).toMatchObject({ target: "*", host: "b" });
    expect(read(get("*"))).toMatchObject({ status: 400 });
  });

  test("of HTTP/1.0 needs no Host, and lets its connection stay only if it says so", () => {
    expect(read("GET / HTTP/1.0\r\n\r\n")).toMatchObject({ version: "1.0", host: undefined, keepAlive: false });
    expect(read("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")).toMatchObject({ keepAlive: true });
    expect(read("GET / HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n")).toMatchObject({
      keepAlive: false,
    });
  });

  test("loses what concerns its connection only", () => {
    const fields = [
      "Connection: X-Hop , close",
      "X-Hop: 1",
      "Keep-Alive: 5",
      "Upgrade: h2c",
      "Expect: 100-continue",
      "X-A: 1",
    ];
    expect(read(post(...fields, "Proxy-Connection: x"))).toMatchObject({
      keepAlive: false,
      upgrade: undefined,
      expectsContinue: false,
      fields: [{ name: "X-A" }],
    });
  });

  test("may want a WebSocket, and to wait for 100", () => {
    const websocket = "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n";
    expect(read(websocket)).toMatchObject({ upgrade: "websocket" });
    expect(read(websocket.replace("GET", "POST"))).toMatchObject({ upgrade: undefined });
    expect(read(post("Expect: 100-Continue", "Content-Length: 1"))).toMatchObject({ expectsContinue: true });
  });
});

describe("what is no request", () => {
  test.for([
    ["an unknown version", "GET / HTTP/1.2\r\n", 505],
    ["HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505],
    ["a version that is none", "GET / HTTP/1.10\r\n", 400],
    ["HTTP/0.9", "GET /\r\n", 400],
    ["a space in the target", "GET /a b HTTP/1.1\r\n", 400],
    ["a fragment", "GET /#a HTTP/1.1\r\n", 400],
    ["a control character in the target", "GET /\x01 HTTP/1.1\r\n", 400],
    ["NUL in the target", "GET /\0 HTTP/1.1\r\n", 400],
    ["a method that is no token", "G(T / HTTP/1.1\r\n", 400],
    ["two spaces", "GET  / HTTP/1.1\r\n", 400],
    ["a leading space", " GET / HTTP/1.1\r\n", 400],
    ["two empty lines before it", "\r\n\r\nGET / HTTP/1.1\r\n", 400],
    ["LF alone behind the request line", "GET / HTTP/1.1\nHost: a\n\n", 400],
    ["LF alone behind a field", "GET / HTTP/1.1\r\nHost: a\n\r\n", 400],
    ["CR alone in a value", get("/", "Host: a\r\nX: a\rb\r\n"), 400],
    ["NUL in a value", get("/", "Host: a\r\nX: a\0b\r\n"), 400],
    ["a folded line", get("/", "Host: a\r\nX: a\r\n b\r\n"), 400],
    ["white space before the fields", get("/", " Host: a\r\n"), 400],
    ["a space before the colon", get("/", "Host : a\r\n"), 400],
    ["a tab before the colon", get("/", "Host: a\r\nTransfer-Encoding\t: chunked\r\n"), 400],
    ["a name that is no token", get("/", "Host: a\r\n\x7fX: a\r\n"), 400],
    ["an empty name", get("/", "Host: a\r\n: a\r\n"), 400],
    ["a line without a colon", get("/", "Host: a\r\nhello\r\n"), 400],
    ["no Host", get("/", ""), 400],
    ["two of them", get("/", "Host: a\r\nHost: a\r\n"), 400],
    ["an empty one", get("/", "Host:\r\n"), 400],
    ["one with a path", get("/", "Host: a/b\r\n"), 400],
    ["one with user information", get("/", "Host: u@a\r\n"), 400],
    ["one with two ports", get("/", "Host: a:1:2\r\n"), 400],
    ["one with white space", get("/", "Host: a b\r\n"), 400],
    ["an absolute form without a host", get("http:///x"), 400],
    ["an absolute form with user information", get("http://u@b/"), 400],
    ["another scheme", get("ftp://b/"), 400],
    ["an authority form", get("b:443"), 400],
    ["CONNECT", "CONNECT b:443 HTTP/1.1\r\nHost: b\r\n\r\n", 400],
    ["TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405],
    ["TLS", "\x16\x03\x01\x02\x00", 400],
  ] as const)("%s is refused", ([, text, status]) => {
    for (const size of [text.length, 1])
      expect(read(text, "defensive", size)).toMatchObject({ progress: "fault", status });
  });

  test("is too long: 16 KB for the request line, 16 KB for a field, 64 KB in all", () => {
    const long = (length: number): string => "x".repeat(length);
    expect(read(`GET /${long(16 * 1024)}`)).toMatchObject({ status: 414 });
    expect(read(get(`/${long(16 * 1024)}`))).toMatchObject({ status: 414 });
    expect(read(get(`/${long(16 * 1024 - 20)}`))).toMatchObject({ progress: "done" });
    expect(read(get("/", `Host: a\r\nX: ${long(16 * 1024)}\r\n`))).toMatchObject({ status: 400 });
    expect(read(`GET / HTTP/1.1\r\nX: ${long(17 * 1024)}`)).toMatchObject({ status: 400 });
    const field = `X: ${long(8 * 1024)}\r\n`;
    expect(read(get("/", `Host: a\r\n${field.repeat(7)}`))).toMatchObject({ progress: "done" });
    expect(read(get("/", `Host: a\r\n${field.repeat(8)}`))).toMatchObject({ status: 400 });
    expect(read(`GET / HTTP/1.1\r\n${"a:\r\n".repeat(17_000)}`)).toMatchObject({ status: 400 });
  });

  test("has more connection options than 100, or more framing than ten fields of it", () => {
    const times = (count: number, line: string): string[] => Array.from({ length: count }, () => line);
    const options = (count: number): string => Array.from({ length: count }, (_, at) => `x${at}`).join(",");
    expect(read(post(`Connection: ${options(100)}`, "X99: 1", "X100: 1"))).toMatchObject({
      fields: [{ name: "X100" }],
    });
    expect(read(post(`Connection: ${options(101)}`))).toMatchObject({ status: 400 });
    expect(read(post(`Connection: ${options(100)}`, "Connection: close"))).toMatchObject({ status: 400 });
    expect(read(post(...times(4_000, "Connection: a")))).toMatchObject({ status: 400 });
    expect(read(post(...times(10, "Content-Length: 0")), "monitor")).toMatchObject({ progress: "done" });
    for (const name of ["Content-Length", "Transfer-Encoding", "Content_Length", "Transfer_Encoding"]) {
      expect(read(post(...times(11, `${name}: 0`)), "monitor")).toMatchObject({ status: 400, desync: COMPLIANT });
      expect(read(post(...times(2_500, `${name}: 0`)), "monitor")).toMatchObject({ status: 400, desync: COMPLIANT });
    }
  });

  test("is told with the first line as far as it came", () => {
    expect(read("GET / HTTP/3.0\r\n")).toMatchObject({ line: "GET / HTTP/3.0" });
    expect(read(get("/x", ""))).toMatchObject({ line: "GET /x HTTP/1.1" });
  });
});

describe("where a body ends", () => {
  test.for([
    ["CL.TE", ["Content-Length: 6", "Transfer-Encoding: chunked"], "unknown", true],
    ["TE.CL", ["Transfer-Encoding: chunked", "Content-Length: 3"], "unknown", true],
    ["the same length twice", ["Content-Length: 6", "content-length: 6"], 6, true],
    ["a name like it, which goes no further", ["Content_Length: 6"], 0, true],
    ["a coding by a name like it", ["Transfer_Encoding: chunked", "Content-Length: 3"], 3, true],
    ["identity, as ALB allows", ["Transfer-Encoding: identity", "Content-Length: 3"], 3, true],
    ["chunked", ["Transfer-Encoding: CHUNKED"], "unknown", false],
    ["nothing", [], 0, false],
    ["zeros before a length", ["Content-Length: 007"], 7, false],
  ] as const)("by %s", ([, lines, bodyLength, last]) => {
    expect(read(post(...lines))).toMatchObject({ progress: "done", bodyLength, last, fields: [] });
  });

  test.for([
    ["two lengths", ["Content-Length: 6", "Content-Length: 7"], 400, "MultipleContentLength"],
    ["a list", ["Content-Length: 6, 6"], 400, "BadContentLength"],
    ["a sign", ["Content-Length: +6"], 400, "BadContentLength"],
    ["a negative length", ["Content-Length: -1"], 400, "BadContentLength"],
    ["hexadecimal", ["Content-Length: 0x6"], 400, "BadContentLength"],
    ["an underscore", ["Content-Length: 1_0"], 400, "BadContentLength"],
    ["white space that is none", ["Content-Length: \v6"], 400, "BadContentLength"],
    ["no digits", ["Content-Length:"], 400, "BadContentLength"],
    ["a length beyond counting", ["Content-Length: 18446744073709551621"], 400, "BadContentLength"],
    [
      "chunked twice",
      ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
      400,
      "MultipleTransferEncodingChunked",
    ],
    ["chunked twice in a list", ["Transfer-Encoding: chunked, chunked"], 400, "MultipleTransferEncodingChunked"],
    [
      "chunked by two names",
      ["Transfer-Encoding: chunked", "Transfer_Encoding: chunked"],
      400,
      "MultipleTransferEncodingChunked",
    ],
    ["chunked, but not last", ["Transfer-Encoding: chunked, identity"], 400, "BadTransferEncoding"],
    ["a coding like it", ["Transfer-Encoding: xchunked"], 400, "BadTransferEncoding"],
    ["a vertical tab before it", ["Transfer-Encoding: \vchunked"], 400, "BadTransferEncoding"],
    ["a no-break space behind it", ["Transfer-Encoding: chunked\xa0"], 400, "BadTransferEncoding"],
    ["quotes around it", ['Transfer-Encoding: "chunked"'], 400, "BadTransferEncoding"],
    ["a parameter", ["Transfer-Encoding: chunked;q=1"], 400, "BadTransferEncoding"],
    ["an empty coding", ["Transfer-Encoding: ,chunked"], 400, "BadTransferEncoding"],
    ["another coding", ["Transfer-Encoding: gzip, chunked"], 501, undefined],
  ] as const)("nobody can tell by %s", ([, lines, status, reason]) => {
    for (const mode of ["monitor", "defensive", "strictest"] as const) {
      expect(read(post(...lines), mode), mode).toMatchObject({ status, desync: { reason } });
    }
  });

  test("nobody can tell by a coding in HTTP/1.0", () => {
    const text = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n";
    expect(read(text)).toMatchObject({ status: 400, desync: { level: "Ambiguous" } });
  });
});
