import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import { Writable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import type { Client, Exchange } from "./exchange.ts";
import { http2Exchange } from "./http2-exchange.ts";

const CLIENT: Client = { address: "192.0.2.1", port: 1234, scheme: "http", listenerPort: 80 };

/** A client of HTTP/2 that says its own frames, and what the server makes of its first request. */
async function ask(headers: Buffer): Promise<{ socket: Socket; stream: ServerHttp2Stream; made: Made }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(frame(SETTINGS, 0, 0, Buffer.alloc(0)));
  socket.write(frame(HEADERS, END_HEADERS, 1, headers));
  const [stream, , , raw] = (await once(server, "stream")) as [ServerHttp2Stream, object, number, string[]];
  stream.on("error", () => {});
  return { socket, stream, made: http2Exchange(stream, raw, CLIENT) };
}

type Made = ReturnType<typeof http2Exchange>;

function frame(type: number, flags: number, stream: number, body: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

/** RFC 7541 without its tables' second half: POST, http, and a literal path and authority. */
function post(path: string, authority: string): Buffer {
  const literal = (index: number, text: string): Buffer =>
    Buffer.from(`${String.fromCharCode(index, text.length)}${text}`);
  return Buffer.concat([Buffer.of(0x83, 0x86), literal(4, path), literal(1, authority)]);
}

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const END_HEADERS = 4;

test("a client that resets its stream without an error is gone: nothing is answered, and nothing breaks", async () => {
  const { socket, stream, made } = await ask(post("/upload", "a.test"));
  let gone = false;
  (made as Exchange).onAbort(() => {
    gone = true;
  });
  stream.pipe(new Writable({ highWaterMark: 1, write() {} })); // a target that does not take it
  for (let sent = 0; sent < 3; sent++) socket.write(frame(DATA, 0, 1, Buffer.alloc(16_000)));
  socket.write(frame(RST_STREAM, 0, 1, Buffer.alloc(4)));
  while (!stream.closed) await new Promise(setImmediate);

  expect(stream.destroyed).toBe(false);
  const answer = (made as Exchange).respond(504, undefined, [["Content-Length", "0"]]);
  answer.end();
  await expect.poll(() => gone).toBe(true);
});
