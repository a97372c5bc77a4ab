import { once } from "node:events";
import { createServer as createHttp, type RequestListener } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Channel, Sink } from "#edge/http/body.ts";
import { field } from "#edge/http/fields.ts";
import type {
  TargetAnswer,
  TargetConnection,
  TargetExchange,
  TargetRequest,
  TargetSocketHearer,
} from "#edge/targets/target-connection.ts";
import { http1Target } from "./target-connection.ts";

const BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A connection to this port, read into a buffer that is spoiled when it was read. */
async function connected(port: number): Promise<{ connection: TargetConnection; socket: Socket }> {
  let hearer: TargetSocketHearer | undefined;
  const callback = (length: number): boolean => {
    hearer?.received(BUFFER, length);
    BUFFER.fill(0x2a);
    return true;
  };
  const socket = connect({ port, host: "127.0.0.1", noDelay: true, onread: { buffer: BUFFER, callback } });
  let failure: Error | undefined;
  socket.on("error", (error) => {
    failure = error;
  });
  socket.on("end", () => hearer?.ended());
  socket.on("drain", () => hearer?.drained());
  socket.on("close", () => hearer?.closed(failure));
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  const hear = (who: TargetSocketHearer): void => {
    hearer = who;
  };
  return { connection: http1Target({ socket, hear }), socket };
}

/** A target that answers every request with these bytes, and perhaps ends its connection. */
async function saying(bytes: string, { ends = false } = {}): Promise<number> {
  return portOf(
    createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", () => (ends ? socket.end(bytes, "latin1") : socket.write(bytes, "latin1")));
    }),
  );
}

interface Heard {
  readonly status?: number;
  readonly reason?: string | undefined;
  readonly body?: string;
  readonly informed: readonly number[];
  readonly outcome: string;
  readonly length?: number | "unknown";
  readonly trailers?: readonly string[];
}

/** Sends a request and tells everything that is heard of it. */
function ask(connection: TargetConnection, more: Partial<TargetRequest> = {}, sent: (body: Sink) => void = () => {}) {
  const heard: { -readonly [Key in keyof Heard]: Heard[Key] } = { informed: [], outcome: "" };
  const done = Promise.withResolvers<Heard>();
  const end = (outcome: string): void => done.resolve({ ...heard, outcome });
  const answer: TargetAnswer = {
    informed: (status) => {
      heard.informed = [...heard.informed, status];
    },
    answered: (status, reason, _fields, length) => {
      Object.assign(heard, { status, reason, length, body: "" });
      return {
        write: (piece) => {
          heard.body += Buffer.from(piece).toString("latin1");
          return true;
        },
        end: (trailers = []) => {
          heard.trailers = trailers.map(({ name, value }) => `${name}=${value}`);
          end("whole");
        },
        abort: () => end("aborted"),
        drained: () => {},
      };
    },
    switched: () => end("switched"),
    failed: ({ kind }) => end(kind),
  };
  const exchange: TargetExchange = connection.send(
    {
      method: "GET",
      path: "/",
      host: "a",
      scheme: "http",
      fields: [],
      bodyLength: 0,
      upgrade: undefined,
      wantsTrailers: false,
      ...more,
    },
    answer,
  );
  sent(exchange.body);
  return done.promise;
}

const application = (answer: RequestListener): Promise<number> => portOf(createHttp(answer));

test("one connection carries request after request, with bodies of any framing", async () => {
  const port = await application((request, response) => {
    if (request.url === "/length") response.setHeader("Content-Length", 5);
    request.pipe(response);
  });
  const { connection } = await connected(port);
  const changes: number[] = [];
  connection.onChange(() => changes.push(connection.room));
  const write = (body: Sink): void => {
    body.write(Buffer.from("he"));
    body.write(Buffer.from("llo"));
    body.end([field("X-T", "1")]);
  };
  expect(connection.room).toBe(1);
  const first = ask(connection, { method: "POST", bodyLength: 5, path: "/length" }, write);
  expect(connection.room).toBe(0);
  expect(await first).toMatchObject({ status: 200, reason: "OK", body: "hello", length: 5, outcome: "whole" });
  const chunked = await ask(connection, { method: "POST", bodyLength: "unknown" }, write);
  expect(chunked).toMatchObject({ body: "hello", length: "unknown", outcome: "whole" });
  expect(await ask(connection, { method: "HEAD", path: "/length" })).toMatchObject({
    body: "",
    length: 5,
    outcome: "whole",
  });
  expect(await ask(connection)).toMatchObject({ body: "", outcome: "whole" });
  expect(connection).toMatchObject({ room: 1, open: true });
  expect(changes).toEqual([1, 1, 1, 1]);
});

test("a request says what it is in one head", async () => {
  const port = await application((request, response) =>
    response.end(JSON.stringify([request.url, request.rawHeaders])),
  );
  const { connection } = await connected(port);
  const fields = [field("X-A", "1"), field("Content-Length", "7"), field("X-B", "a\r\nb")];
  const { body = "" } = await ask(connection, {
    method: "POST",
    path: "/a b",
    fields,
    wantsTrailers: true,
    last: true,
  });
  const head = [
    "Host",
    "a",
    "X-A",
    "1",
    "X-B",
    "a  b",
    "Content-Length",
    "0",
    "TE",
    "trailers",
    "Connection",
    "TE, close",
  ];
  expect(JSON.parse(body)).toEqual(["/a%20b", head]);
  expect(connection).toMatchObject({ room: 0, open: false });
});

describe("an answer", () => {
  test.for<[string, string, boolean, Partial<Heard>, number]>([
    [
      "of interim ones and the last",
      "HTTP/1.1 103 x\r\nA: 1\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
      false,
      { informed: [103], status: 204, outcome: "whole" },
      1,
    ],
    [
      "with trailers",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\nhi\r\n0\r\nX-T: 1\r\nHost: x\r\n\r\n",
      false,
      { body: "hi", trailers: ["X-T=1"], outcome: "whole" },
      1,
    ],
    [
      "up to the end of the connection",
      "HTTP/1.1 200 OK\r\n\r\nhello",
      true,
      { body: "hello", length: "unknown", outcome: "whole" },
      0,
    ],
    [
      "that closes",
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi",
      false,
      { body: "hi", outcome: "whole" },
      0,
    ],
    [
      "with more behind it",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\n\r\n",
      false,
      { body: "hi", outcome: "whole" },
      0,
    ],
    ["that stops short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi", true, { body: "hi", outcome: "aborted" }, 0],
    [
      "that stops in its chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi",
      true,
      { body: "hi", outcome: "aborted" },
      0,
    ],
    ["that stops in its head", "HTTP/1.1 200 OK\r\nConte", true, { outcome: "broken" }, 0],
    ["that is nothing", "", true, { outcome: "broken" }, 0],
    [
      "with chunks that are none",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz",
      false,
      { outcome: "aborted" },
      0,
    ],
    ["in another protocol", "SSH-2.0-x\r\n", false, { outcome: "malformed" }, 0],
    [
      "in two minds about its length",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
      false,
      { outcome: "malformed" },
      0,
    ],
    [
      "that switches unasked",
      "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
      false,
      { outcome: "malformed" },
      0,
    ],
    ["without end", "HTTP/1.1 100 Continue\r\n\r\n".repeat(101), false, { outcome: "malformed" }, 0],
  ])("%s", async ([, bytes, ends, expected, room]) => {
    const { connection } = await connected(await saying(bytes, { ends }));
    expect(await ask(connection)).toMatchObject(expected);
    expect(connection.room).toBe(room);
  });
});

test("a request on a connection that the target closes meanwhile was not sent", async () => {
  let requests = 0;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () => {
      if (++requests === 1) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      else socket.resetAndDestroy();
    });
  });
  const { connection } = await connected(await portOf(server));
  expect(await ask(connection)).toMatchObject({ outcome: "whole" });
  expect(await ask(connection)).toMatchObject({ outcome: "unsent" });
  expect(connection).toMatchObject({ room: 0, open: false });
});

test("what a target says unasked ends its connection", async () => {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer(accepted.resolve);
  const { connection } = await connected(await portOf(server));
  const changed = new Promise<void>((resolve) => connection.onChange(resolve));
  (await accepted.promise).write("HTTP/1.1 408 Request Timeout\r\n\r\n");
  await changed;
  expect(connection).toMatchObject({ room: 0, open: false });
});

test("an answer that comes before its request was sent is heard, and the connection not used again", async () => {
  const { connection } = await connected(await saying("HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno"));
  let body: Sink | undefined;
  const heard = await ask(connection, { method: "POST", bodyLength: "unknown" }, (sink) => {
    body = sink;
    sink.write(Buffer.from("x"));
  });
  expect(heard).toMatchObject({ status: 413, body: "no", outcome: "whole" });
  expect(connection.open).toBe(false);
  expect(body?.write(Buffer.from("more"))).toBe(true);
  body?.end();
});

test("a request that breaks off is nothing that the target takes for whole", async () => {
  const got = Promise.withResolvers<string>();
  const server = createServer((socket) => {
    let text = "";
    socket.on("data", (piece) => {
      text += piece.toString();
    });
    socket.on("error", () => {});
    socket.on("close", () => got.resolve(text));
  });
  const { connection } = await connected(await portOf(server));
  let body: Sink | undefined;
  const heard = ask(connection, { method: "POST", bodyLength: "unknown" }, (sink) => {
    body = sink;
    sink.write(Buffer.from("hello"));
  });
  await new Promise((resolve) => setImmediate(resolve));
  body?.abort();
  expect(await heard).toMatchObject({ outcome: "broken" });
  expect(await got.promise).not.toContain("0\r\n\r\n");
});

test("nothing is heard of a request that was given up", async () => {
  const closed = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.resume().on("close", () => closed.resolve());
  });
  const { connection } = await connected(await portOf(server));
  const fail = (): never => {
    throw new Error("heard");
  };
  const exchange = connection.send(
    {
      method: "GET",
      path: "/",
      host: "a",
      scheme: "http",
      fields: [],
      bodyLength: 0,
      upgrade: undefined,
      wantsTrailers: false,
    },
    { informed: fail, answered: fail, switched: fail, failed: fail },
  );
  exchange.cancel();
  await closed.promise;
  expect(connection.open).toBe(false);
});

test("a WebSocket is a channel both ways, from the first byte behind the head", async () => {
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-A: 1\r\n\r\nfirst",
      );
      socket.pipe(socket);
    });
  });
  const { connection } = await connected(await portOf(server));
  const text = Promise.withResolvers<string>();
  let got = "";
  connection.send(
    {
      method: "GET",
      path: "/",
      host: "a",
      scheme: "http",
      fields: [],
      bodyLength: 0,
      upgrade: "websocket",
      wantsTrailers: false,
    },
    {
      informed: () => {},
      answered: () => ({ write: () => true, end: () => {}, abort: () => {}, drained: () => {} }),
      switched: (fields, channel: Channel) => {
        expect(fields).toMatchObject([{ name: "X-A", value: "1" }]);
        channel.receive({
          write: (piece) => {
            got += Buffer.from(piece).toString();
            return true;
          },
          end: () => text.resolve(got),
          abort: () => text.resolve(`${got} aborted`),
          drained: () => {},
        });
        channel.write(Buffer.from("second"));
        channel.end();
      },
      failed: ({ error }) => text.reject(error),
    },
  );
  expect(await text.promise).toBe("firstsecond");
});

test("an answer that is not taken holds up its target, and comes whole", async () => {
  const size = 16 * 1024 * 1024;
  const port = await application((_, response) => {
    response.setHeader("Content-Length", size);
    response.end(Buffer.alloc(size, "x"));
  });
  const { connection } = await connected(port);
  let length = 0;
  let waits = 0;
  const done = Promise.withResolvers<void>();
  connection.send(
    {
      method: "GET",
      path: "/",
      host: "a",
      scheme: "http",
      fields: [],
      bodyLength: 0,
      upgrade: undefined,
      wantsTrailers: false,
    },
    {
      informed: () => {},
      answered: () => ({
        write: (piece) => {
          length += piece.length;
          expect(piece.every((byte) => byte === 120)).toBe(true);
          return false;
        },
        end: () => done.resolve(),
        abort: () => done.reject(new Error("aborted")),
        drained: (act) => {
          waits++;
          setImmediate(act);
        },
      }),
      switched: () => {},
      failed: ({ error }) => done.reject(error),
    },
  );
  await done.promise;
  expect(length).toBe(size);
  expect(waits).toBeGreaterThan(100);
  expect(connection.room).toBe(1);
});
