import { between, chance, mutated, pick, times } from "./draw.ts";
import type { Random } from "./fuzzer.ts";

/** A stream of one to four requests, of which every second is spoiled somewhere. */
export function drawRequests(random: Random): string {
  const stream = times(between(random, 1, 4), () => drawRequest(random)).join("");
  return chance(random, 0.5) ? mutated(random, stream) : stream;
}

function drawRequest(random: Random): string {
  const odd = (of: number): boolean => chance(random, of);
  const method = odd(0.9) ? pick(random, ["GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS"]) : pick(random, METHODS);
  const target = odd(0.85) ? pick(random, ["/", "/a?b=c", "/x/y%20z"]) : pick(random, TARGETS);
  const version = odd(0.92) ? "HTTP/1.1" : pick(random, VERSIONS);
  const lines: string[] = [];
  if (odd(0.95)) lines.push(odd(0.9) ? "Host: a.test" : pick(random, HOSTS));
  for (let left = between(random, 0, 4); left > 0; left--) lines.push(pick(random, odd(0.8) ? FIELDS : ODD_FIELDS));
  const kind = random();
  let body = "";
  if (kind < 0.3) {
    body = pick(random, BODIES);
    lines.push(`Content-Length: ${odd(0.92) ? body.length : pick(random, LENGTHS)}`);
  } else if (kind < 0.6) {
    lines.push(odd(0.92) ? "Transfer-Encoding: chunked" : pick(random, CODINGS));
    body = drawChunks(random);
  }
  if (odd(0.06)) lines.push(pick(random, LENGTH_FIELDS));
  if (odd(0.06)) lines.push(pick(random, CODINGS));
  const ordered = odd(0.8) ? lines : lines.toSorted(() => random() - 0.5);
  const lead = odd(0.04) ? pick(random, ["\r\n", "\r\n\r\n", "\n", "\r", " "]) : "";
  return `${lead}${method} ${target} ${version}\r\n${ordered.map((line) => `${line}\r\n`).join("")}\r\n${body}`;
}

function drawChunks(random: Random): string {
  let body = "";
  for (let left = between(random, 0, 3); left > 0; left--) {
    const piece = pick(random, BODIES.slice(1));
    const size = chance(random, 0.93) ? piece.length.toString(16) : pick(random, SIZES);
    const extension = chance(random, 0.85) ? "" : pick(random, EXTENSIONS);
    body += `${size}${extension}\r\n${piece}${chance(random, 0.96) ? "\r\n" : pick(random, ["\n", "\r", "", "\r\n\r\n", "x\r\n"])}`;
  }
  const end = chance(random, 0.93) ? "0" : pick(random, ["00", "000000000000000000", "0;x", "0 ", "-0", "0x0", ""]);
  const trailers = times(chance(random, 0.75) ? 0 : between(random, 1, 2), () =>
    pick(random, [...FIELDS, ...ODD_FIELDS]),
  );
  return `${body}${end}\r\n${trailers.map((line) => `${line}\r\n`).join("")}\r\n`;
}

const METHODS = ["PATCH", "PURGE", "get", "TRACE", "CONNECT", "FOO", "M-SEARCH", "G T", "", "GE\0T", "PRI", "QUERY"];
const TARGETS = [
  "*",
  "a",
  "",
  "/a b",
  "/#x",
  "/\xe4",
  "//evil/x",
  "http://b.test/y",
  "HTTP://b.test?q",
  "https://b.test",
  "http://",
  "http:///x",
  "http://u@b.test/",
  "ftp://b.test/",
  "b.test:80",
  "/\x01",
  "/?a=http://x/",
  "?x",
  "http://b.test:80:80/",
  "http://[::1]:8/",
];
const VERSIONS = [
  "HTTP/1.0",
  "HTTP/1.0",
  "HTTP/1.0",
  "HTTP/1.2",
  "HTTP/2.0",
  "HTTP/0.9",
  "http/1.1",
  "HTTP/1.1 ",
  "HTTP/11",
  "",
  "ICE/1.0",
  "HTTP/1.10",
];
const HOSTS = [
  "Host: b.test:8080",
  "Host:",
  "Host: a b",
  "Host: a.test\r\nHost: b.test",
  "Host: [::1]:80",
  "Host: a/b",
  "Host : a.test",
  "host:a.test",
  "Host: a.test:x",
  "Host: u@a.test",
  "Host: a.test,b.test",
  "HOST:\ta.test\t",
];
const FIELDS = [
  "Accept: */*",
  "X-A: 1",
  "x-a:2",
  "Cookie: a=b; c=d",
  "User-Agent: \xe4\xf6",
  "Empty:",
  "Tab:\tx\ty\t",
  "Connection: keep-alive",
  "TE: trailers",
  "X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];
const ODD_FIELDS = [
  "Connection: close",
  "Connection: x-a, keep-alive",
  "Connection: upgrade\r\nUpgrade: websocket",
  "Upgrade: h2c",
  "Expect: 100-continue",
  "Keep-Alive: timeout=5",
  "Proxy-Connection: keep-alive",
  " folded: 1",
  "\tfolded",
  "no colon",
  ": empty",
  "X A: 1",
  "X-A : 1",
  "X-C: a\x01b",
  "X-N: a\0b",
  "X-R: a\rb",
  "X-L: a\nb",
  "Transfer_Encoding: chunked",
  "Content_Length: 3",
  "Content-Length\xa0: 3",
  "Transfer-Encoding\v: chunked",
  "Trailer: x-a",
  "Connection: close, content-length",
  "Connection: transfer-encoding",
  "X-D: a\x7f",
];
const BODIES = [
  "",
  "a",
  "hello",
  "0\r\n\r\n",
  "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
  "5\r\nhello\r\n0\r\n\r\n",
  "\r\n",
  "x".repeat(40),
];
const LENGTHS = [
  "0",
  "3",
  "+5",
  "-1",
  "0x5",
  "5 ",
  " 5",
  "5,5",
  "5, 5",
  "5 5",
  "",
  "05",
  "5_0",
  "99999999999999999999",
  "1e1",
  "\v5",
  "5;a",
  "4294967296",
];
const LENGTH_FIELDS = [
  "Content-Length: 0",
  "Content-Length: 5",
  "Content-Length: 5\r\nContent-Length: 5",
  "Content-Length : 5",
  "content-length:5",
  "Content-Length: 5\r\nContent-Length: 6",
];
const CODINGS = [
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: Chunked",
  "transfer-encoding:chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, identity",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding: chunked;x",
  "Transfer-Encoding:\vchunked",
  "Transfer-Encoding: chunked\xa0",
  "Transfer-Encoding : chunked",
  " Transfer-Encoding: chunked",
  'Transfer-Encoding: "chunked"',
  "Transfer-Encoding:\r\n chunked",
  "Transfer-Encoding: chunked, chunked",
  "Transfer-Encoding:",
  "Transfer-Encoding: ,chunked",
  "Transfer-Encoding: gzip",
  "X: y\nTransfer-Encoding: chunked",
  "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
];
const SIZES = [
  "0x5",
  "+5",
  "-5",
  "5_",
  "05",
  "0000000000000000005",
  "ffffffffffffffff",
  "10000000000000005",
  "5 ",
  " 5",
  "",
  "g",
  "1",
  "7",
  "\t5",
  "5\t",
];
const EXTENSIONS = [
  ";a",
  ";a=b",
  ';a="b;c"',
  " ;a",
  ";",
  ";a=\x01",
  ";a\n",
  ";\r",
  ';a="\r\n"',
  "; a = b",
  ";;",
  `;${"x".repeat(100)}`,
];
