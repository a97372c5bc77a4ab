import { describe, expect, test } from "vitest";
import { NOWHERE } from "#edge/http/body.ts";
import { allValues, field } from "#edge/http/fields.ts";
import { MINUTE, SECOND } from "#lib/duration.ts";
import {
  data,
  frame,
  GET,
  GREETING,
  headers,
  open,
  POST,
  settings,
  word,
} from "../../../tests/support/http2-frames.ts";
import { http2World, type Seen } from "../../../tests/support/http2-server.ts";
import { wireClient } from "../../../tests/support/http2-wire.ts";
import { FLAG, FRAME, PREFACE, SETTING } from "./frame.ts";

const { endStream, endHeaders } = FLAG;
const ok = (stream: number): string => `${stream} :status 200, content-length 0 end`;

/** Answers with a body in one piece. */
function saying(body: string): (seen: Seen) => void {
  return ({ exchange }) => {
    const sink = exchange.respond(200, undefined, [], body.length);
    sink.write(Buffer.from(body));
    sink.end();
  };
}

describe("what is made of a request", () => {
  test("head, body and trailers are handed on", async () => {
    const { port, seen } = await http2World();
    const fields = [
      ...POST,
      ["Te".toLowerCase(), "trailers"],
      ["x-one", "1"],
      ["content-length", "5"],
      ["x-one", "2"],
    ] as const;
    const client = wireClient(
      port,
      GREETING,
      open(1, fields),
      data(1, "ab"),
      data(1, "cde"),
      headers(1, [["x-last", "z"]]),
    );
    await client.answers();
    const { exchange, body, trailers, state, ended } = seen[0]!;
    expect(exchange).toMatchObject({ method: "POST", target: "/", host: "a.test", version: "2", bodyLength: 5 });
    expect(exchange).toMatchObject({ takesTrailers: true, expectsContinue: false, upgrade: undefined });
    expect(exchange.arrivedAt).toBe(Date.parse("2026-11-22T00:00:00Z"));
    expect(exchange.fields).toEqual([field("x-one", "1"), field("x-one", "2")]);
    expect({ body, state, ended }).toEqual({ body: "abcde", state: "whole", ended: true });
    expect(trailers).toEqual([field("x-last", "z")]);
  });

  test("conditions see what targets do not", async () => {
    const { port, seen } = await http2World();
    const said = [
      ["te", "Trailers"],
      ["expect", "100-Continue"],
      ["content-length", "1"],
      ["content_length", "1"],
    ] as const;
    await wireClient(port, GREETING, open(1, [...POST, ...said]), data(1, "x", endStream)).answers();
    expect(seen[0]?.exchange).toMatchObject({ fields: [], withheld: said.map(([key, value]) => ({ key, value })) });
  });

  test("cookies that were cut into several fields are one again (RFC 9113 section 8.2.3)", async () => {
    const { port, seen } = await http2World();
    const client = wireClient(
      port,
      GREETING,
      headers(1, [...GET, ["cookie", "a=1"], ["x", "y"], ["cookie", "b=2"], ["cookie", "c=3"]]),
    );
    await client.answers();
    expect(seen[0]?.exchange.fields).toEqual([field("cookie", "a=1; b=2; c=3"), field("x", "y")]);
  });

  test("a body of unknown length, and none at all", async () => {
    const { port, seen } = await http2World();
    await wireClient(port, GREETING, open(1), data(1, "x", endStream), headers(3, GET)).answers();
    expect(seen.map(({ exchange }) => exchange.bodyLength)).toEqual(["unknown", 0]);
  });

  test("a body that nobody reads is kept within its window, and no more is asked for", async () => {
    const { port, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(
      port,
      GREETING,
      open(1),
      ...Array.from({ length: 4 }, () => data(1, Buffer.alloc(16_384, "x"))),
    );
    expect(await client.answers()).toEqual([]);
    let body = 0;
    seen[0]?.exchange.readBody({ ...NOWHERE, write: ({ length }) => Boolean((body += length)) });
    expect(body).toBe(65_536);
    expect(await client.answers()).toEqual(["WINDOW 1 98304"]);
  });

  test("more than the window ends the stream, and the body is broken off", async () => {
    const { port, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(
      port,
      GREETING,
      open(1),
      ...Array.from({ length: 5 }, () => data(1, Buffer.alloc(16_384, "x"))),
    );
    expect(await client.answers()).toEqual(["RST 1 FLOW_CONTROL_ERROR"]);
    let aborted = false;
    seen[0]?.exchange.readBody({ ...NOWHERE, abort: () => void (aborted = true) });
    expect({ aborted, ended: seen[0]?.ended }).toEqual({ aborted: true, ended: false });
  });

  test("a sink that is full is not written to, and no window is opened for it", async () => {
    const { port, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, open(1));
    await client.answers();
    const pieces: number[] = [];
    let drained = (): void => {};
    const flow = seen[0]!.exchange.readBody({
      ...NOWHERE,
      write: ({ length }) => pieces.push(length) !== 1,
      drained: (act) => void (drained = act),
    });
    client.send(data(1, Buffer.alloc(16_384)), data(1, Buffer.alloc(16_384)), data(1, Buffer.alloc(1)));
    expect(await client.answers()).toEqual([]);
    expect(pieces).toEqual([16_384]);
    flow.pause();
    drained();
    expect(pieces).toEqual([16_384]);
    flow.resume();
    expect(pieces).toEqual([16_384, 16_384, 1]);
    expect(await client.answers()).toEqual(["WINDOW 1 98304"]);
  });

  test("a client that waits for 100 is let go on when its body is read", async () => {
    const { port, seen } = await http2World();
    const client = wireClient(port, GREETING, open(1, [...POST, ["expect", "100-continue"]]));
    expect(await client.answers()).toEqual(["1 :status 100"]);
    expect(seen[0]?.exchange.expectsContinue).toBe(true);
    client.send(data(1, "x", endStream));
    expect(await client.answers()).toEqual(["1 :status 100", ok(1)]);
  });

  test("a 129th request at once is refused, and looked at when it is asked again", async () => {
    const { port, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, ...Array.from({ length: 129 }, (_, i) => headers(2 * i + 1, GET)));
    expect(await client.answers()).toEqual(["RST 257 REFUSED_STREAM"]);
    expect(seen).toHaveLength(128);
    seen[5]?.exchange.respond(200, undefined, [], 0);
    client.send(headers(259, GET));
    await client.answers();
    expect(seen).toHaveLength(129);
  });

  test("bytes of heads and bodies are counted", async () => {
    const { port, seen } = await http2World(saying("hello"));
    await wireClient(port, GREETING, open(1), data(1, "abc", endStream)).answers();
    const { received, sent } = seen[0]!.exchange;
    expect(received).toBeGreaterThan(3);
    expect(sent).toBe(10); // 200, a content-length of one digit, five bytes
  });
});

describe("requests that a target of HTTP/1.1 may read differently", () => {
  const length = (value: string) => [["content-length", value]] as const;
  const like = (name: string, value: string) => [[name, value]] as const;

  test.for([
    ["nothing odd", POST, length("1"), "Compliant", undefined, false],
    ["a name like a length's", POST, like("content_length", "1"), "Ambiguous", "SuspiciousHeader", true],
    [
      "a name like a length's beside it",
      POST,
      [...length("1"), ["content.length", "1"]],
      "Ambiguous",
      "SuspiciousHeader",
      true,
    ],
    [
      "a name like a coding's",
      POST,
      [...length("1"), ["transfer_encoding", "chunked"]],
      "Ambiguous",
      "SuspiciousHeader",
      true,
    ],
    ["a body of GET", GET, length("1"), "Ambiguous", "UndefinedContentLengthSemantics", true],
    ["a body of GET without a length", GET, [], "Ambiguous", "UndefinedTransferEncodingSemantics", true],
  ] as const)("%s", async ([, head, more, level, reason, last]) => {
    const { port, seen } = await http2World();
    const client = wireClient(port, GREETING, open(1, [...head, ...more, ["x-one", "1"]]), data(1, "x", endStream));
    expect(await client.answers()).toEqual([ok(1)]);
    expect(seen[0]?.exchange).toMatchObject({ desync: { level, reason }, last, fields: [field("x-one", "1")] });
    client.send(headers(3, GET));
    expect(await client.answers()).toEqual([ok(1), ok(3)]);
    expect(seen[1]?.exchange).toMatchObject({ desync: { level: "Compliant" }, last: false });
  });

  test.for([
    ["another length", "defensive", POST, [...length("1"), ["content_length", "2"]], "MultipleContentLength"],
    ["a length that is none", "monitor", POST, [...length("1"), ["content_length", "x"]], "BadContentLength"],
    ["an unknown coding", "monitor", POST, [...length("1"), ["transfer_encoding", "x"]], "BadTransferEncoding"],
    ["a body of GET, in strictest mode", "strictest", GET, length("1"), "UndefinedContentLengthSemantics"],
    ["no body of GET, in strictest mode", "strictest", GET, length("0"), "GetHeadZeroContentLength"],
  ] as const)("%s: 400", async ([, desync, head, more, reason]) => {
    const { port, seen, refused } = await http2World(undefined, { desync });
    const client = wireClient(
      port,
      GREETING,
      open(1, [...head, ...more]),
      data(1, more[0]?.[1] === "1" ? "x" : "", endStream),
    );
    expect((await client.answers())[0]).toMatch(/^1 :status 400, /);
    expect(refused).toMatchObject([{ status: 400, desync: { reason }, line: `${head[0]?.[1]} / HTTP/2.0` }]);
    client.send(headers(3, POST));
    await client.answers();
    expect(seen).toMatchObject([{ exchange: { method: "POST" }, ended: true }]);
  });

  test("names like those of framing are left out of trailers, too", async () => {
    const { port, seen } = await http2World();
    await wireClient(
      port,
      GREETING,
      open(1),
      headers(1, [
        ["transfer_encoding", "chunked"],
        ["x", "y"],
      ]),
    ).answers();
    expect(seen[0]?.trailers).toEqual([field("x", "y")]);
  });
});

describe("how it is answered", () => {
  test("head, body and trailers go out", async () => {
    const { port } = await http2World(({ exchange }) => {
      exchange.inform(103, [field("Link", "</style.css>")]);
      const sink = exchange.respond(
        404,
        "nobody reads this",
        [field("X-One", "1"), field("Content-Length", "99")],
        "unknown",
      );
      sink.write(Buffer.from("hello"));
      sink.end([field("Grpc-Status", "0")]);
      exchange.respond(200, undefined, [], 0);
    });
    const client = wireClient(port, GREETING, headers(1, GET));
    expect(await client.answers()).toEqual([
      "1 :status 103, link </style.css>",
      "1 :status 404, x-one 1",
      "1 DATA 5",
      "1 grpc-status 0 end",
    ]);
  });

  test("the end stands in the last frame if that has not left yet, else in one of its own", async () => {
    let finish = (): void => {};
    const { port } = await http2World(({ exchange }) => {
      const sink = exchange.respond(200, undefined, [], exchange.target === "/" ? 5 : "unknown");
      sink.write(Buffer.from("hello"));
      if (exchange.target === "/") sink.end();
      else finish = () => sink.end();
    });
    const client = wireClient(port, GREETING, headers(1, GET));
    expect(await client.answers()).toEqual(["1 :status 200, content-length 5", "1 DATA 5 end"]);
    client.send(
      headers(
        3,
        GET.map(([name, value]) => [name, name === ":path" ? "/late" : value]),
      ),
    );
    await client.answers();
    finish();
    expect((await client.answers()).slice(2)).toEqual(["3 :status 200", "3 DATA 5", "3 DATA 0 end"]);
  });

  test.for([
    ["HEAD", "GET", 200, 5, "1 :status 200, content-length 5 end"],
    ["HEAD of unknown length", "HEAD", 200, "unknown", "1 :status 200 end"],
    ["204", "GET", 204, 0, "1 :status 204 end"],
    ["304", "GET", 304, 0, "1 :status 304 end"],
    ["an empty body", "GET", 200, 0, "1 :status 200, content-length 0 end"],
  ] as const)("no body follows %s", async ([name, method, status, length, line]) => {
    const { port } = await http2World(({ exchange }) => {
      const sink = exchange.respond(status, undefined, [], length);
      sink.write(Buffer.from("hello"));
      sink.end();
    });
    const asked = name.startsWith("HEAD") ? "HEAD" : method;
    const client = wireClient(
      port,
      GREETING,
      headers(
        1,
        GET.map(([key, value]) => [key, key === ":method" ? asked : value]),
      ),
    );
    expect(await client.answers()).toEqual([line]);
  });

  test.for([
    ["less than its length", "hell"],
    ["more than its length", "hello!"],
  ])("a body of %s is taken for a whole one by nobody", async ([, body]) => {
    const { port, seen } = await http2World(({ exchange }) => {
      const sink = exchange.respond(200, undefined, [], 5);
      sink.write(Buffer.from(body!));
      sink.end();
    });
    const client = wireClient(port, GREETING, headers(1, GET));
    expect((await client.answers()).at(-1)).toBe("RST 1 INTERNAL_ERROR");
    expect(seen[0]?.ended).toBe(false);
  });

  test("an answer that is given up ends its stream with INTERNAL_ERROR", async () => {
    const { port, seen } = await http2World(({ exchange }) => exchange.respond(200, undefined, [], "unknown").abort());
    const client = wireClient(port, GREETING, headers(1, GET));
    expect(await client.answers()).toEqual(["1 :status 200", "RST 1 INTERNAL_ERROR"]);
    expect(seen[0]?.ended).toBe(false);
  });

  test("what is left of a request that was answered early is not wanted (section 8.1)", async () => {
    const { port, seen } = await http2World(saying("no"), {}, false);
    const client = wireClient(port, GREETING, open(1), data(1, "x"));
    const answer = ["1 :status 200, content-length 2", "1 DATA 2 end", "RST 1 NO_ERROR"];
    expect(await client.answers()).toEqual(answer);
    client.send(data(1, "still on its way"), headers(1, [["a", "b"]]));
    expect(await client.answers()).toEqual(answer);
    expect(seen[0]?.ended).toBe(true);
  });

  test("fields of connections and names that are none are left out; the rest keeps its order", async () => {
    const fields = [
      field("Connection", "close"),
      field("Keep-Alive", "x"),
      field("a b", "x"),
      field("Set-Cookie", "a=1"),
      field("Set-Cookie", "b=2"),
    ];
    const { port } = await http2World(({ exchange }) => exchange.respond(200, undefined, fields, 0).end());
    const client = wireClient(port, GREETING, headers(1, GET));
    expect(await client.answers()).toEqual(["1 :status 200, set-cookie a=1, set-cookie b=2, content-length 0 end"]);
  });

  test("a head of more than one frame is continued", async () => {
    const long = Array.from({ length: 5 }, (_, i) => field(`x-${i}`, "{}".repeat(5_000)));
    const { port } = await http2World(({ exchange }) => exchange.respond(200, undefined, long, 0).end());
    const { connect } = await import("node:http2");
    const session = connect(`http://127.0.0.1:${port}`, {
      maxHeaderListPairs: 100,
      settings: { maxHeaderListSize: 200_000 },
    });
    const stream = session.request({ ":path": "/" });
    const got = await new Promise<Record<string, unknown>>((resolve) => stream.on("response", resolve));
    expect(Object.values(got).filter((value) => value === "{}".repeat(5_000))).toHaveLength(5);
    session.destroy();
  });
});

describe("flow control (sections 5.2 and 6.9)", () => {
  test("a body goes out as the stream's window opens", async () => {
    const { port } = await http2World(saying("hello"));
    const client = wireClient(port, PREFACE, settings([SETTING.initialWindowSize, 1]), headers(1, GET));
    const head = "1 :status 200, content-length 5";
    expect(await client.answers()).toEqual([head, "1 DATA 1"]);
    client.send(word(FRAME.windowUpdate, 1, 2));
    expect(await client.answers()).toEqual([head, "1 DATA 1", "1 DATA 2"]);
    client.send(settings([SETTING.initialWindowSize, 3]));
    expect(await client.answers()).toEqual([head, "1 DATA 1", "1 DATA 2", "1 DATA 2 end"]);
    expect(client.heard.body(1)).toBe("hello");
  });

  test("a window may become negative (section 6.9.2)", async () => {
    const { port } = await http2World(saying("hello"));
    const client = wireClient(port, PREFACE, settings([SETTING.initialWindowSize, 3]), headers(1, GET));
    await client.answers();
    client.send(settings([SETTING.initialWindowSize, 0]), word(FRAME.windowUpdate, 1, 3));
    expect((await client.answers()).slice(1)).toEqual(["1 DATA 3"]);
    client.send(word(FRAME.windowUpdate, 1, 1));
    expect((await client.answers()).slice(1)).toEqual(["1 DATA 3", "1 DATA 1"]);
  });

  test("bodies share the connection's window in turn", async () => {
    const { port } = await http2World(saying("x".repeat(50_000)));
    const client = wireClient(port, GREETING, headers(1, GET), headers(3, GET), headers(5, GET));
    await client.answers();
    expect([1, 3, 5].map((id) => client.heard.body(id).length)).toEqual([50_000, 15_535, 0]);
    client.send(word(FRAME.windowUpdate, 0, 40_000));
    await client.answers();
    expect([1, 3, 5].map((id) => client.heard.body(id).length)).toEqual([50_000, 50_000, 5_535]);
    client.send(word(FRAME.windowUpdate, 0, 100_000));
    await client.answers();
    expect([1, 3, 5].map((id) => client.heard.body(id).length)).toEqual([50_000, 50_000, 50_000]);
  });

  test("whoever produces a body is told to wait, and when to go on", async () => {
    const told: boolean[] = [];
    let drained = 0;
    const { port } = await http2World(({ exchange }) => {
      const sink = exchange.respond(200, undefined, [], "unknown");
      sink.drained(() => void drained++);
      told.push(sink.write(Buffer.alloc(60_000)), sink.write(Buffer.alloc(5_536)));
    });
    const client = wireClient(port, GREETING, headers(1, GET));
    await client.answers();
    expect({ told, drained }).toEqual({ told: [true, false], drained: 0 });
    client.send(word(FRAME.windowUpdate, 1, 10));
    await client.answers();
    expect(drained).toBe(0);
    client.send(word(FRAME.windowUpdate, 0, 10));
    await client.answers();
    expect(drained).toBe(1);
  });

  test("a piece may be overwritten as soon as it was written", async () => {
    const { port } = await http2World(({ exchange }) => {
      const sink = exchange.respond(200, undefined, [], 10);
      const piece = Buffer.from("hello");
      sink.write(piece);
      piece.write("world");
      sink.write(piece);
      piece.fill("x");
      sink.end();
    });
    const client = wireClient(port, PREFACE, settings([SETTING.initialWindowSize, 3]), headers(1, GET));
    await client.answers();
    client.send(word(FRAME.windowUpdate, 1, 7));
    await client.answers();
    expect(client.heard.body(1)).toBe("helloworld");
  });

  test("the window of a stream whose body is taken at once opens wider and wider", async () => {
    const { port } = await http2World();
    const client = wireClient(port, GREETING, open(1));
    const piece = data(1, Buffer.alloc(16_384));
    for (let i = 0; i < 64; i++) {
      client.send(piece);
      await client.answers();
    }
    const opened = (await client.answers())
      .filter((line) => line.startsWith("WINDOW 1"))
      .map((line) => Number(line.split(" ")[2]));
    expect(opened.slice(0, 3)).toEqual([98_304, 196_608, 393_216]);
    expect(Math.max(...opened)).toBeLessThanOrEqual(1_048_576);
  });
});

describe("what a client may not do too often", () => {
  const CALM = "ENHANCE_YOUR_CALM";
  const many = (count: number, of: (i: number) => Buffer): Buffer =>
    Buffer.concat(Array.from({ length: count }, (_, i) => of(i)));

  test.for([
    [
      "open streams and reset them",
      (i: number) => Buffer.concat([headers(2 * i + 1, GET), word(FRAME.rstStream, 2 * i + 1, 8)]),
    ],
    [
      "open streams and make us reset them",
      (i: number) => Buffer.concat([open(2 * i + 1), word(FRAME.windowUpdate, 2 * i + 1, 0)]),
    ],
    ["send requests that are none", (i: number) => headers(2 * i + 1, [])],
    ["say PING", () => frame(FRAME.ping, 0, 0, "12345678")],
    ["answer PINGs that nobody sent", () => frame(FRAME.ping, FLAG.ack, 0, "12345678")],
    ["say SETTINGS", () => settings()],
    ["say PRIORITY", () => frame(FRAME.priority, 0, 1, "\0\0\0\0\x10")],
    ["open windows by little", () => word(FRAME.windowUpdate, 0, 1)],
    ["send frames of unknown types", () => frame(99, 0, 0)],
    ["send empty DATA", (i: number) => (i === 0 ? open(1) : data(1, ""))],
    ["send empty DATA with padding only", (i: number) => (i === 0 ? headers(1, GET) : data(1, "\0", FLAG.padded))],
  ] as const)("%s", async ([, of]) => {
    const { port, refused } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, many(1_100, of));
    expect((await client.answers()).at(-1)).toContain(CALM);
    expect(refused.length).toBeGreaterThan(0);
  });

  test("a client that gives up a third of what is answered goes on for ever", async () => {
    const { port } = await http2World(({ exchange }) => {
      if (exchange.target === "/") exchange.respond(200, undefined, [], 0).end();
    });
    const client = wireClient(port, GREETING);
    const slow = GET.map(([name, value]) => [name, name === ":path" ? "/slow" : value] as const);
    for (let round = 0; round < 30; round++) {
      const at = round * 600 + 1;
      client.send(
        many(100, (i) =>
          Buffer.concat([
            headers(at + 6 * i, GET),
            headers(at + 6 * i + 2, GET),
            headers(at + 6 * i + 4, slow),
            word(FRAME.rstStream, at + 6 * i + 4, 8),
          ]),
        ),
      );
    }
    expect((await client.answers()).join()).not.toContain(CALM);
  });

  test("a client that does not read what it asks for is not waited for without bounds", async () => {
    const { port, connections } = await http2World();
    const client = wireClient(port, GREETING);
    client.socket.pause();
    let open_ = true;
    client.socket.on("close", () => void (open_ = false));
    for (let i = 0; open_ && i < 400; i++) {
      client.send(many(1_000, () => frame(FRAME.ping, 0, 0, "12345678")));
      await new Promise(setImmediate);
    }
    expect(connections).toHaveLength(1);
    client.socket.resume();
    await client.heard.until(() => client.heard.lines.some((line) => line.includes(CALM)));
    expect(client.heard.lines.some((line) => line.includes(CALM)) || client.heard.closed).toBe(true);
  });
});

describe("how a connection ends", () => {
  test("drained while idle: GOAWAY for the future, then, when the client heard that, for good", async () => {
    const { port, connections } = await http2World();
    const client = wireClient(port, GREETING);
    await client.answers();
    connections[0]?.drain();
    await client.heard.until(() => client.heard.lines.includes("PING drained?"));
    expect(client.heard.lines.at(-2)).toBe("GOAWAY soon NO_ERROR");
    client.send(headers(1, GET), frame(FRAME.ping, FLAG.ack, 0, "drained?"));
    await client.heard.until(() => false);
    expect(client.heard.lines.slice(-2)).toEqual([ok(1), "GOAWAY 1 NO_ERROR"]);
  });

  test("drained while a request is under way: behind its answer; what comes later is not looked at", async () => {
    const { port, connections, seen, timers } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, headers(1, GET));
    await client.answers();
    connections[0]?.drain();
    timers.advance(SECOND);
    client.send(headers(3, GET));
    await client.answers();
    expect(seen).toHaveLength(1);
    expect(client.heard.lines).toContain("GOAWAY 1 NO_ERROR");
    seen[0]?.exchange.respond(200, undefined, [], 0);
    await client.heard.until(() => false);
    expect(client.heard.lines.at(-1)).toBe(ok(1));
  });

  test("destroyed: all requests are over", async () => {
    const { port, connections, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, open(1), headers(3, GET));
    await client.answers();
    connections[0]?.destroy();
    expect(seen.map(({ ended }) => ended)).toEqual([false, false]);
    await client.heard.until(() => false);
  });

  test("when the client leaves, all requests are over", async () => {
    const { port, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, open(1));
    await client.answers();
    const ended = new Promise<boolean>((resolve) => seen[0]?.exchange.onEnd(resolve));
    client.socket.destroy();
    expect(await ended).toBe(false);
  });

  test("idle for as long as the settings say; PINGs do not count", async () => {
    const { port, timers } = await http2World();
    const client = wireClient(port, GREETING, headers(1, GET));
    await client.answers();
    timers.advance(59 * SECOND);
    expect((await client.answers()).at(-1)).toBe(ok(1));
    timers.advance(2 * SECOND);
    await client.heard.until(() => false);
    expect(client.heard.lines.at(-1)).toBe("GOAWAY 1 NO_ERROR");
  });

  test("a request under way at the target is not the client's silence", async () => {
    const { port, timers, seen } = await http2World(() => {}, {}, false);
    const client = wireClient(port, GREETING, headers(1, GET));
    await client.answers();
    timers.advance(10 * MINUTE);
    seen[0]?.exchange.respond(200, undefined, [], 0);
    expect(await client.answers()).toEqual([ok(1)]);
  });

  test.for([
    ["sends no body", [open(1)]],
    ["does not open a window", [settings([SETTING.initialWindowSize, 0]), headers(1, GET)]],
  ] as const)("a client that %s loses its stream, and then its connection", async ([, frames]) => {
    const { port, timers, seen } = await http2World(saying("hello"));
    const client = wireClient(port, GREETING, ...frames);
    await client.answers();
    timers.advance(61 * SECOND);
    expect(seen[0]?.ended).toBe(undefined); // who answers the request may say something first
    timers.advance(SECOND);
    expect(seen[0]?.ended).toBe(false);
    expect((await client.answers()).at(-1)).toBe("RST 1 CANCEL");
    timers.advance(60 * SECOND);
    await client.heard.until(() => false);
    expect(client.heard.lines.at(-1)).toBe("GOAWAY 1 NO_ERROR");
  });

  test("a client that does not acknowledge SETTINGS within ten seconds", async () => {
    const { port, timers } = await http2World();
    const client = wireClient(port, PREFACE, settings());
    await client.answers();
    timers.advance(10 * SECOND);
    await client.heard.until(() => false);
    expect(client.heard.lines.at(-1)).toBe("GOAWAY 0 SETTINGS_TIMEOUT");
  });

  test("used for as long as the settings say", async () => {
    const { port, timers } = await http2World(() => {}, { life: MINUTE, idle: 10 * MINUTE });
    const client = wireClient(port, GREETING);
    await client.answers();
    timers.advance(MINUTE);
    await client.heard.until(() => client.heard.lines.includes("PING drained?"));
    timers.advance(SECOND);
    await client.heard.until(() => false);
    expect(client.heard.lines.at(-1)).toBe("GOAWAY 0 NO_ERROR");
  });

  test("nothing is left behind", async () => {
    const { port, timers } = await http2World();
    const client = wireClient(port, GREETING, headers(1, GET));
    await client.answers();
    client.socket.destroy();
    while (timers.waiting > 0) await new Promise(setImmediate);
  });
});

test("values of a field are found under its name in lower case", async () => {
  const { port, seen } = await http2World();
  await wireClient(port, GREETING, headers(1, [...GET, ["x-a", "1"], ["x-a", "2"]], endHeaders | endStream)).answers();
  expect(allValues(seen[0]!.exchange.fields, "x-a")).toEqual(["1", "2"]);
});
