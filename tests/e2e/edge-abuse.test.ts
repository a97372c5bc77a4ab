import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect as connectTcp, createServer as createTcp } from "node:net";
import type { TLSSocket } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { balancer, FORWARD, targetGroup } from "../support/edge-config.ts";
import { type EdgeWorld, edgeWorld, eventually } from "../support/edge-world.ts";
import { get, handshake } from "../support/tls-client.ts";

// What hostile clients and broken targets can do to a load balancer: nothing that its other clients notice.

interface Front {
  readonly world: EdgeWorld;
  readonly port: number;
  /** What the target was asked, in order: `GET /path` and the length of its body. */
  readonly asked: string[];
}

/** An HTTPS listener for a.test in front of a target that notes every request. */
async function front(more: Parameters<typeof balancer>[1] = {}): Promise<Front> {
  const asked: string[] = [];
  const app = createServer((request, response) => {
    let length = 0;
    request.on("data", (chunk: Buffer) => {
      length += chunk.length;
    });
    request.on("end", () => {
      asked.push(`${request.method} ${request.url} ${length}`);
      response.end("answered");
    });
  });
  app.listen(0, "127.0.0.1");
  await once(app, "listening");
  onTestFinished(() => {
    app.closeAllConnections();
    app.close();
  });
  return { ...(await behind([(app.address() as AddressInfo).port], more)), asked };
}

async function behind(
  ports: readonly number[],
  more: Parameters<typeof balancer>[1] = {},
): Promise<Omit<Front, "asked">> {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  const group = targetGroup(ports);
  const targetGroups = [{ ...group, healthCheck: { ...group.healthCheck, enabled: false } }];
  await world.put(balancer({ certificates: [certificate.arn], defaultRule: FORWARD }, { targetGroups, ...more }));
  return { world, port: await world.port() };
}

/** Everything that the edge says to these bytes, until it ends the connection or `enough` answers came. */
async function say(port: number, bytes: string, enough = Number.POSITIVE_INFINITY): Promise<string> {
  const socket = await handshake(port, { servername: "a.test", ALPNProtocols: ["http/1.1"] });
  socket.write(Buffer.from(bytes, "latin1"));
  let heard = "";
  await new Promise<void>((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString("latin1");
      if (statuses(heard).length >= enough && /answered|<\/html>/.test(heard)) resolve();
    });
    socket.once("close", () => resolve());
  });
  socket.destroy();
  return heard;
}

const statuses = (heard: string): number[] =>
  [...heard.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status)).filter((status) => status >= 200);

const HEAD = "Host: a.test\r\n";
const HIDDEN = `GET /hidden HTTP/1.1\r\n${HEAD}\r\n`;

describe("a request in a request", () => {
  test.for<[string, string]>([
    ["CL.TE", `POST / HTTP/1.1\r\n${HEAD}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nX${HIDDEN}`],
    [
      "TE.CL",
      `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${HIDDEN}\r\n0\r\n\r\n`,
    ],
    ["two lengths", `POST / HTTP/1.1\r\n${HEAD}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
    ["a list of lengths", `POST / HTTP/1.1\r\n${HEAD}Content-Length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
    ["a length with a sign", `POST / HTTP/1.1\r\n${HEAD}Content-Length: +0\r\n\r\n${HIDDEN}`],
    ["a hexadecimal length", `POST / HTTP/1.1\r\n${HEAD}Content-Length: 0x0\r\n\r\n${HIDDEN}`],
    ["a length in front of a colon and a space", `POST / HTTP/1.1\r\n${HEAD}Content-Length : 0\r\n\r\n${HIDDEN}`],
    ["a folded coding", `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ["a coding with a tab", `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding:\tchunked\v\r\n\r\n0\r\n\r\n${HIDDEN}`],
    [
      "two codings",
      `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    ["an unknown coding", `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ["a chunk of a signed size", `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n${HIDDEN}`],
    [
      "a chunk of an overflowing size",
      `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n10000000000000000\r\n\r\n${HIDDEN}`,
    ],
    ["chunks ended by line feeds", `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n0\n\n${HIDDEN}`],
    ["lines ended by line feeds", `POST / HTTP/1.1\nHost: a.test\nContent-Length: 0\n\n${HIDDEN}`],
    ["a carriage return in a value", `POST / HTTP/1.1\r\n${HEAD}X: a\rContent-Length: 99\r\n\r\n${HIDDEN}`],
    ["a NUL in a name", `POST / HTTP/1.1\r\n${HEAD}Content-Length\0: 5\r\n\r\n${HIDDEN}`],
    ["HTTP/0.9", `GET /\r\n\r\n${HIDDEN}`],
    ["an unknown version", `GET / HTTP/1.9\r\n${HEAD}\r\n${HIDDEN}`],
    ["two hosts", `GET / HTTP/1.1\r\n${HEAD}Host: b.test\r\n\r\n${HIDDEN}`],
    ["no host", `GET / HTTP/1.1\r\n\r\n${HIDDEN}`],
    ["a host with a path", `GET / HTTP/1.1\r\nHost: a.test/x\r\n\r\n${HIDDEN}`],
    ["a space in the method", `GE T / HTTP/1.1\r\n${HEAD}\r\n${HIDDEN}`],
    ["CONNECT", `CONNECT a.test:443 HTTP/1.1\r\n${HEAD}\r\n${HIDDEN}`],
  ])("%s: refused, or read as one request; what is hidden in it is never asked", async ([, bytes]) => {
    const { port, asked } = await front();
    const heard = await say(port, bytes);
    expect(asked.filter((request) => request.includes("hidden"))).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(1);
    expect(statuses(heard).length).toBeLessThanOrEqual(1);
  });

  test("pipelined requests are honest: each is asked once, and answered in order", async () => {
    const { port, asked } = await front();
    const one = (path: string): string => `POST ${path} HTTP/1.1\r\n${HEAD}Content-Length: 2\r\n\r\nab`;
    const heard = await say(port, `${one("/1")}${one("/2")}${one("/3")}`, 3);
    expect(asked).toEqual(["POST /1 2", "POST /2 2", "POST /3 2"]);
    expect(statuses(heard)).toEqual([200, 200, 200]);
  });
});

/** HTTP/2 by hand. */
async function http2(
  port: number,
): Promise<{ socket: TLSSocket; frame: (type: number, flags: number, stream: number, payload?: Buffer) => Buffer }> {
  const socket = await handshake(port, { servername: "a.test", ALPNProtocols: ["h2"] });
  const frame = (type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer => {
    const head = Buffer.alloc(9);
    head.writeUIntBE(payload.length, 0, 3);
    head.writeUInt8(type, 3);
    head.writeUInt8(flags, 4);
    head.writeUInt32BE(stream, 5);
    return Buffer.concat([head, payload]);
  };
  socket.resume();
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), frame(SETTINGS, 0, 0)]));
  return { socket, frame };
}

const [HEADERS, RST_STREAM, SETTINGS, PING, CONTINUATION] = [1, 3, 4, 6, 9];
const [END_STREAM, END_HEADERS] = [1, 4];
/** `:method: GET`, `:path: /`, `:scheme: https` and `:authority: a.test`. */
const GET_ROOT = Buffer.from([0x82, 0x84, 0x87, 0x01, 6, ...Buffer.from("a.test")]);

describe("floods", () => {
  const ended = (socket: TLSSocket): Promise<true> =>
    eventually("its end", () => Promise.resolve(socket.destroyed || socket.readableEnded ? true : undefined));

  test("streams that are opened and reset at once end the connection, and the target is hardly asked", async () => {
    const { port, asked } = await front();
    const { socket, frame } = await http2(port);
    for (let id = 1; id < 40_000 && !socket.destroyed; id += 2) {
      const cancel = frame(RST_STREAM, 0, id, Buffer.from([0, 0, 0, 8]));
      socket.write(Buffer.concat([frame(HEADERS, END_STREAM | END_HEADERS, id, GET_ROOT), cancel]));
    }
    await ended(socket);
    expect((await get(port, "/good")).status).toBe(200);
    expect(asked.length).toBeLessThan(1_500);
  });

  test("headers without end, pings and settings end the connection, and take no memory", async () => {
    const { port } = await front();
    const before = process.memoryUsage().rss;
    for (const flood of [
      (frame: Frame) => frame(CONTINUATION, 0, 1, Buffer.alloc(16_000)),
      (frame: Frame) => Buffer.concat(Array.from({ length: 500 }, () => frame(PING, 0, 0, Buffer.alloc(8)))),
      (frame: Frame) => Buffer.concat(Array.from({ length: 500 }, () => frame(SETTINGS, 0, 0))),
    ]) {
      const { socket, frame } = await http2(port);
      socket.pause(); // nor is anything read
      socket.write(frame(HEADERS, END_STREAM, 1, GET_ROOT));
      for (let i = 0; i < 2_000 && !socket.destroyed; i++) {
        if (!socket.write(flood(frame)))
          await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
      }
      socket.resume();
      await ended(socket);
    }
    expect((await get(port, "/good")).status).toBe(200);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
  });
  type Frame = Awaited<ReturnType<typeof http2>>["frame"];

  test("five hundred clients that never finish their requests keep nobody else from being served", async () => {
    const { port } = await front();
    const slow = await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        const socket = await handshake(port, { servername: "a.test" });
        socket.write(
          i % 2 === 0 ? "GET / HTTP/1.1\r\nHost: a" : `POST / HTTP/1.1\r\n${HEAD}Content-Length: 9\r\n\r\na`,
        );
        return socket;
      }),
    );
    for (let i = 0; i < 20; i++) expect((await get(port, "/good")).body).toBe("answered");
    for (const socket of slow) socket.destroy();
  });

  test("garbage in place of a handshake, and hellos without end", async () => {
    const { port } = await front();
    for (const bytes of [
      Buffer.alloc(100_000, 0x16),
      Buffer.from("\x16\x03\x01\xff\xff".repeat(20_000), "latin1"),
      Buffer.alloc(0),
    ]) {
      const socket = connectTcp(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.resume();
      socket.end(bytes);
      await once(socket, "close");
    }
    expect((await get(port, "/good")).status).toBe(200);
  });
});

describe("targets", () => {
  test("that take connections and say nothing are answered 504, and another one serves the next request", async () => {
    const mute = createTcp((socket) => socket.on("error", () => {}));
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    onTestFinished(() => void mute.close());
    const { port } = await behind([(mute.address() as AddressInfo).port], {
      attributes: { "idle_timeout.timeout_seconds": "1" },
    });
    expect((await get(port, "/")).status).toBe(504);
  });

  test.for<[string, string]>([
    ["nothing at all", ""],
    ["no HTTP", "SSH-2.0-OpenSSH_9.2p1\r\n"],
    ["half a head", "HTTP/1.1 200 OK\r\nContent-Le"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a header that never ends", `HTTP/1.1 200 OK\r\nX: ${"a".repeat(200_000)}\r\n\r\n`],
    ["a line feed in its reason", "HTTP/1.1 200 O\nK\r\nContent-Length: 0\r\n\r\n"],
  ])("that answer with %s are answered 502", async ([, bytes]) => {
    const odd = createTcp((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(bytes));
    });
    odd.listen(0, "127.0.0.1");
    await once(odd, "listening");
    onTestFinished(() => void odd.close());
    const { port } = await behind([(odd.address() as AddressInfo).port]);
    expect((await get(port, "/")).status).toBe(502);
  });
});
