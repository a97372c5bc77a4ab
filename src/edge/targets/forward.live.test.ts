import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { EdgeTargetGroup } from "#domain/edge-config.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import {
  type ForwardingOptions,
  forwardingWorld,
  GET,
  listening,
  rawTarget,
  say,
} from "../../../tests/support/forwarding.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const request = (...lines: readonly string[]): string =>
  ["GET / HTTP/1.1", "Host: www.example.com", ...lines, "Connection: close", "", ""].join("\r\n");
const status = (answer: string): number => Number(answer.slice(9, 12));
const eventually = async (what: () => boolean): Promise<void> => {
  const end = performance.now() + 5_000;
  while (!what()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};
const withTarget = async (
  answer: Parameters<typeof rawTarget>[0],
  options: Omit<ForwardingOptions, "groups"> = {},
  group: Partial<EdgeTargetGroup> = {},
) => {
  const target = await rawTarget(answer);
  return { target, ...(await forwardingWorld({ groups: [targetGroup([target.port], group)], ...options })) };
};

describe("a request", () => {
  test("goes to its target, and the answer comes back", async () => {
    const { port, target, ended } = await withTarget((socket) => socket.write(OK));
    const answer = await say(port, request("Accept: */*"));
    expect(answer).toBe("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    expect(target.requests[0]!.split("\r\n").map((line) => line.replace(/=1-.*/, "=…"))).toEqual([
      "GET / HTTP/1.1",
      "Host: www.example.com",
      "X-Forwarded-For: 192.0.2.7",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Port: 80",
      "Accept: */*",
      "X-Amzn-Trace-Id: Root=…",
      "",
      "",
    ]);
    expect(await ended(0)).toMatchObject({
      whole: true,
      status: 200,
      targetStatus: 200,
      target: { port: target.port },
      connectionErrors: 0,
    });
  });

  test("uses the connection of the one before it", async () => {
    const { port, target } = await withTarget((socket) => socket.write(OK));
    for (let i = 0; i < 5; i += 1) await say(port, GET);
    expect([target.requests.length, target.connections]).toEqual([5, 1]);
  });

  test("has a connection of its own while others are under way", async () => {
    const sockets: Socket[] = [];
    const { port, target } = await withTarget((socket) => void sockets.push(socket));
    const answers = Array.from({ length: 10 }, () => say(port, GET));
    await eventually(() => sockets.length === 10);
    for (const socket of sockets) socket.write(OK);
    for (const answer of await Promise.all(answers)) expect(status(answer)).toBe(200);
    expect(target.connections).toBe(10);
  });

  test("with a body, with a length or in chunks with trailers, arrives whole", async () => {
    const bodies: string[] = [];
    const server = createHttp((incoming, response) => {
      let body = "";
      incoming.on("data", (piece) => (body += piece));
      incoming.on("end", () => {
        bodies.push(`${incoming.headers["content-length"] ?? incoming.headers["transfer-encoding"]} ${body.length}`);
        response.writeHead(200, { Trailer: "X-Sum", "Transfer-Encoding": "chunked" });
        response.write(body);
        response.addTrailers({ "X-Sum": String(body.length) });
        response.end();
      });
    });
    const group = targetGroup([await listening(server)]);
    const { port } = await forwardingWorld({ groups: [group] });
    const body = "x".repeat(300_000);
    const post = ["POST / HTTP/1.1", "Host: a", "TE: trailers", "Connection: close, te"];
    const long = await say(port, [...post, `Content-Length: ${body.length}`, "", body].join("\r\n"));
    expect(long.match(/x/g)!.length).toBe(300_000);
    const chunked = `${[...post, "Transfer-Encoding: chunked"].join("\r\n")}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
    expect(await say(port, chunked)).toMatch(/\r\n5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n$/);
    expect(bodies).toEqual(["300000 300000", "chunked 5"]);
  });

  test("is answered early by a target that does not want all of it", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
    });
    const { port, ended } = await forwardingWorld({ groups: [targetGroup([await listening(server)])] });
    const client = connect(port, "127.0.0.1");
    let heard = "";
    client.on("data", (piece) => (heard += piece));
    client.on("error", () => {});
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${"x".repeat(1_000)}`);
    await eventually(() => heard.endsWith("\r\n\r\n"));
    expect(status(heard)).toBe(413);
    expect(await ended(0)).toMatchObject({ status: 413, targetStatus: 413 });
    client.destroy();
  });

  test("gets interim answers, and 100 from us alone", async () => {
    const { port, target } = await withTarget((socket) => {
      socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`);
    });
    const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
    const answer = await say(port, head, "ab");
    expect(answer.match(/^HTTP\/1\.1 \d+/gm)).toEqual(["HTTP/1.1 100", "HTTP/1.1 103", "HTTP/1.1 200"]);
    expect(target.requests[0]).not.toMatch(/^expect/im);
  });

  test("for a target group without targets is answered 503", async () => {
    const { port } = await forwardingWorld({ groups: [targetGroup([])] });
    expect(await say(port, GET)).toMatch(/^HTTP\/1\.1 503 Service Temporarily Unavailable\r\n/);
  });

  test("that its target group's version of HTTP cannot carry is answered 464", async () => {
    for (const protocolVersion of ["HTTP2", "GRPC"] as const) {
      const { port, ended } = await withTarget((socket) => socket.write(OK), {}, { protocolVersion });
      expect(status(await say(port, GET))).toBe(464);
      expect(await ended(0)).toMatchObject({ status: 464, sentAt: undefined, targetStatus: undefined });
    }
  });
});

describe("a target", () => {
  test("that refuses connections: 502", async () => {
    const server = createServer();
    const dead = await listening(server);
    server.close();
    const { port, ended } = await forwardingWorld({ groups: [targetGroup([dead])] });
    expect(await say(port, GET)).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\nServer: awselb\/2\.0\r\n/);
    expect(await ended(0)).toMatchObject({ status: 502, connectionErrors: 1, sentAt: undefined });
  });

  test("that does not take a connection within ten seconds: 504", async () => {
    const dead = await deafPort();
    const { port, timers, ended } = await forwardingWorld({ groups: [targetGroup([dead])], attributes: SLOW });
    const before = timers.waiting;
    const answer = say(port, GET);
    await eventually(() => timers.waiting > before + 1);
    timers.advance(10_000);
    expect(status(await answer)).toBe(504);
    expect(await ended(0)).toMatchObject({ connectionErrors: 1 });
  });

  test.for<[string, (socket: Socket) => void]>([
    ["closes without an answer", (socket: Socket) => void socket.end()],
    ["resets the connection", (socket: Socket) => void socket.resetAndDestroy()],
    ["breaks off its head", (socket: Socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-")],
    ["says no HTTP", (socket: Socket) => void socket.write("220 mail.example.com ESMTP\r\n\r\n")],
    ["has a malformed field", (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nA b: c\r\n\r\n")],
    [
      "says two lengths",
      (socket: Socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    ],
    [
      "has a head without end",
      (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(20_000)}`),
    ],
    ["switches unasked", (socket: Socket) => void socket.write("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n")],
  ])("that %s: 502", async ([, answer]) => {
    const { port, target, ended } = await withTarget(answer);
    expect(status(await say(port, request()))).toBe(502);
    expect(target.requests).toHaveLength(1);
    expect(await ended(0)).toMatchObject({ status: 502, targetStatus: undefined, whole: true });
  });

  test("that is silent for the idle time-out: 504, and it is let go", async () => {
    const gone = Promise.withResolvers<void>();
    const { port, target, timers, ended } = await withTarget(
      (socket) => void socket.once("close", () => gone.resolve()),
      {
        attributes: { "idle_timeout.timeout_seconds": "30" },
      },
    );
    const answer = say(port, GET);
    await eventually(() => target.requests.length === 1);
    timers.advance(29_000);
    expect(target.requests).toHaveLength(1);
    timers.advance(2_000);
    expect(await answer).toMatch(/^HTTP\/1\.1 504 Gateway Time-out\r\n/);
    await gone.promise;
    expect(await ended(0)).toMatchObject({ status: 504, targetStatus: undefined });
  });

  test("that sends something now and then may take as long as it likes", async () => {
    const arrived = Promise.withResolvers<Socket>();
    const { port, timers } = await withTarget((socket) => arrived.resolve(socket), {
      attributes: { "idle_timeout.timeout_seconds": "10" },
    });
    const client = connect(port, "127.0.0.1");
    let heard = "";
    client.on("data", (piece) => (heard += piece));
    client.write(GET);
    const socket = await arrived.promise;
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
    for (let i = 1; i <= 5; i += 1) {
      timers.advance(9_000);
      socket.write("x");
      await eventually(() => heard.endsWith(`\r\n\r\n${"x".repeat(i)}`));
    }
    client.destroy();
  });

  test("that stops in the middle of an answer breaks it off: at once when it closes, else after the idle time-out", async () => {
    for (const [closes, framing] of [
      [true, "Content-Length: 10\r\n\r\nhalf"],
      [false, "Content-Length: 10\r\n\r\nhalf"],
      [true, "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
    ] as const) {
      const { port, timers, ended } = await withTarget((socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${framing}`);
        if (closes) socket.end();
      });
      const client = connect(port, "127.0.0.1");
      let heard = "";
      client.on("data", (piece) => (heard += piece));
      client.on("error", () => {});
      const closed = once(client, "close");
      client.write(GET);
      await eventually(() => heard.includes("half"));
      if (!closes) timers.advance(61_000);
      await closed;
      expect(heard).not.toMatch(/0\r\n\r\n$/);
      expect(await ended(0)).toMatchObject({ status: 200, targetStatus: 200, whole: false });
    }
  });

  test("that ends its answer with the connection is believed", async () => {
    const { port, ended } = await withTarget((socket) => void socket.end("HTTP/1.0 200 OK\r\n\r\nall of it"));
    expect(await say(port, GET)).toMatch(/\r\n9\r\nall of it\r\n0\r\n\r\n$/);
    expect(await ended(0)).toMatchObject({ whole: true });
  });

  test("that closed a kept connection is asked again on a new one, where that cannot do harm", async () => {
    const bodiless = ["GET", "HEAD", "OPTIONS", "DELETE"].map((method) => [method, "", 200] as const);
    for (const [method, body, expected] of [...bodiless, ["POST", "", 502], ["PUT", "ab", 502]] as const) {
      const { port, target, ended } = await withTarget((socket, _, number) => {
        if (number === 2) socket.destroy();
        else socket.write(OK.slice(0, method === "HEAD" && number > 1 ? -2 : undefined));
      });
      await say(port, GET);
      const length = body === "" ? "" : `Content-Length: ${body.length}\r\n`;
      const answer = await say(port, `${method} / HTTP/1.1\r\nHost: a\r\n${length}Connection: close\r\n\r\n${body}`);
      expect(status(answer), method).toBe(expected);
      expect([target.requests.length, target.connections]).toEqual(expected === 200 ? [3, 2] : [2, 1]);
      expect(await ended(1)).toMatchObject({ status: expected });
    }
  });

  test("that closes new connections is not asked for ever", async () => {
    const { port, target } = await withTarget((socket, _, number) => {
      if (number === 1) socket.write(OK);
      else socket.destroy();
    });
    await say(port, GET);
    expect(status(await say(port, GET))).toBe(502);
    expect(target.requests).toHaveLength(3);
  });

  test("whose deregistration delay is over has its requests cut off: 502", async () => {
    const { port, target, targets, timers } = await withTarget(() => {});
    const answer = say(port, GET);
    await eventually(() => target.requests.length === 1);
    const group = targetGroup([target.port], { attributes: { "deregistration_delay.timeout_seconds": "5" } });
    targets.configure([{ ...group, targets: group.targets.map((one) => ({ ...one, draining: true })) }]);
    timers.advance(4_000);
    expect(target.requests).toHaveLength(1);
    timers.advance(2_000);
    expect(status(await answer)).toBe(502);
    expect(status(await say(port, GET))).toBe(503);
  });

  test("that is draining finishes what it has, and its kept connections are closed", async () => {
    const sockets: Socket[] = [];
    const { port, target, targets, timers } = await withTarget((socket) => void sockets.push(socket));
    const answer = say(port, GET);
    await eventually(() => sockets.length === 1);
    const group = targetGroup([target.port]);
    targets.configure([{ ...group, targets: group.targets.map((one) => ({ ...one, draining: true })) }]);
    sockets[0]!.write(OK);
    expect(status(await answer)).toBe(200);
    timers.advance(1_000);
    await once(sockets[0]!, "close");
  });

  test("is let go when it was not used for the idle time-out", async () => {
    const closed = Promise.withResolvers<void>();
    const { port, timers } = await withTarget(
      (socket) => {
        socket.once("close", () => closed.resolve());
        socket.write(OK);
      },
      { attributes: { "idle_timeout.timeout_seconds": "10" } },
    );
    await say(port, GET);
    timers.advance(9_000);
    await say(port, GET);
    timers.advance(11_000);
    await closed.promise;
  });
});

describe("a client", () => {
  test("that is gone is not waited for: its request is given up at the target", async () => {
    const gone = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const { port, ended } = await withTarget((socket) => {
      socket.once("close", () => gone.resolve());
      arrived.resolve();
    });
    const client = connect(port, "127.0.0.1");
    client.write(GET);
    await arrived.promise;
    client.destroy();
    await gone.promise;
    expect(await ended(0)).toMatchObject({ status: undefined, whole: false, targetStatus: undefined });
  });

  test("that stops sending its body: 408", async () => {
    const { port, timers } = await withTarget(() => {});
    const client = connect(port, "127.0.0.1");
    let heard = "";
    client.on("data", (piece) => (heard += piece));
    client.on("error", () => {});
    client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
    await eventually(() => timers.waiting >= 3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    timers.advance(61_000);
    await eventually(() => heard !== "");
    expect(status(heard)).toBe(408);
    client.destroy();
  });

  test("that reads slowly makes its target wait", async () => {
    const size = 64 * 1024 * 1024;
    let written = 0;
    const { port } = await withTarget((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
      const piece = Buffer.alloc(65_536);
      const push = (): void => {
        while (written < size) {
          written += piece.length;
          if (!socket.write(piece)) return void socket.once("drain", push);
        }
      };
      push();
    });
    const client = connect(port, "127.0.0.1");
    client.pause();
    client.write(GET);
    let before = -1;
    await eventually(() => {
      const still = written > 0 && written === before;
      before = written;
      return still;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(written).toBeLessThan(size / 2);
    let heard = 0;
    client.on("data", (piece) => (heard += piece.length));
    client.resume();
    await once(client, "end");
    expect(heard).toBeGreaterThan(size);
  });
});

describe("WebSocket", () => {
  const UPGRADE =
    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n";
  const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  const chat = async (options: Omit<ForwardingOptions, "groups"> = {}, group: Partial<EdgeTargetGroup> = {}) => {
    const arrived = Promise.withResolvers<Socket>();
    const world = await withTarget(
      (socket, head) => {
        if (!/^upgrade: websocket/im.test(head))
          return void socket.end("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
        socket.removeAllListeners("data");
        socket.write(`${SWITCH}hello`);
        arrived.resolve(socket);
      },
      options,
      group,
    );
    const client = connect(world.port, "127.0.0.1");
    const heard = { text: "" };
    client.on("error", () => {});
    client.on("data", (piece) => (heard.text += piece.toString("latin1")));
    client.write(`${UPGRADE}`);
    const target = await arrived.promise;
    await eventually(() => heard.text.endsWith("hello"));
    return { ...world, client, target, heard };
  };

  test("both sides talk until one ends", async () => {
    const { client, target, heard, ended } = await chat();
    expect(heard.text).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    target.on("data", (piece) => target.write(`<${String(piece)}>`));
    client.write("one");
    await eventually(() => heard.text.endsWith("<one>"));
    const closed = once(target, "close");
    client.destroy();
    await closed;
    expect(await ended(0)).toMatchObject({ status: 101, targetStatus: 101, switched: true });
  });

  test("ends when nobody says anything for the idle time-out", async () => {
    const { client, target, heard, timers } = await chat({ attributes: { "idle_timeout.timeout_seconds": "10" } });
    for (let i = 0; i < 3; i += 1) {
      timers.advance(9_000);
      target.write("!");
      await eventually(() => heard.text.endsWith("!".repeat(i + 1)));
    }
    const closed = Promise.all([once(client, "close"), once(target, "close")]);
    timers.advance(11_000);
    await closed;
  });

  test("ends with its target's deregistration delay, and gives a stickiness cookie", async () => {
    const attributes = {
      "deregistration_delay.timeout_seconds": "5",
      "stickiness.enabled": "true",
      "stickiness.type": "lb_cookie",
    };
    const { client, heard, targets, timers, target } = await chat({}, { attributes });
    expect(heard.text).toMatch(/^Set-Cookie: AWSALB=/m);
    const group = targetGroup([target.localPort!], { attributes });
    targets.configure([{ ...group, targets: group.targets.map((one) => ({ ...one, draining: true })) }]);
    const closed = once(client, "close");
    timers.advance(6_000);
    await closed;
  });

  test("that the target does not want is answered as any other request", async () => {
    const { port } = await withTarget((socket) => void socket.write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"));
    const client = connect(port, "127.0.0.1");
    let heard = "";
    client.on("data", (piece) => (heard += piece));
    client.write(UPGRADE);
    await eventually(() => heard.endsWith("\r\n\r\n"));
    expect(status(heard)).toBe(403);
    client.destroy();
  });
});

test("stickiness holds over restarts of the edge, and over HTTP keep-alive", async () => {
  const names = ["a", "b", "c"];
  const apps = await Promise.all(
    names.map((name) =>
      rawTarget((socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`)),
    ),
  );
  const attributes = { "stickiness.enabled": "true", "stickiness.type": "lb_cookie" };
  const group = targetGroup(
    apps.map(({ port }) => port),
    { attributes },
  );
  const first = await forwardingWorld({ groups: [group] });
  const answer = await say(first.port, GET);
  const cookie = /AWSALB=[\w-]+/.exec(answer)![0];
  for (let i = 0; i < 3; i += 1) {
    const another = await forwardingWorld({ groups: [group] });
    const next = await say(another.port, request(`Cookie: x=y; ${cookie}`));
    expect(next.at(-1)).toBe(answer.at(-1));
    expect(next).toMatch(/^Set-Cookie: AWSALB=.*\r\nSet-Cookie: AWSALBCORS=/m);
  }
});

const SLOW = { "idle_timeout.timeout_seconds": "4000" };

/** A port whose kernel takes no connection: its process sleeps and its backlog is full. */
async function deafPort(): Promise<number> {
  const script = `require("net").createServer().listen(0, "127.0.0.1", 1, function () {
    require("fs").writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const child = spawn(process.execPath, ["-e", script]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const port = Number(String((await once(child.stdout, "data"))[0]));
  const fillers = Array.from({ length: 8 }, () => connect(port, "127.0.0.1"));
  for (const filler of fillers) filler.on("error", () => {});
  onTestFinished(() => {
    for (const filler of fillers) filler.destroy();
  });
  await once(fillers[0]!, "connect");
  return port;
}
