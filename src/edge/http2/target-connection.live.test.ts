import { describe, expect, test } from "vitest";
import { NOWHERE } from "#edge/http/body.ts";
import { field } from "#edge/http/fields.ts";
import { ACK, block, data, frame, headers, type Pairs, settings, word } from "../../../tests/support/http2-frames.ts";
import { ask, type Outcome, wireTarget } from "../../../tests/support/http2-target.ts";
import { FLAG, FRAME, SETTING } from "./frame.ts";

const { endStream, endHeaders } = FLAG;
const HELLO = [settings(), ACK];
const OK: Pairs = [[":status", "200"]];
const answer = (stream: number, fields: Pairs = OK, flags = 0): Buffer => headers(stream, fields, endHeaders | flags);

describe("what is asked", () => {
  test("the preface, SETTINGS, the head, the body and trailers", async () => {
    const { connection, heard } = await wireTarget(...HELLO);
    const { exchange } = ask(connection, {
      method: "POST",
      path: "/x?y",
      fields: [field("X-A", "1"), field("Content-Length", "9"), field("TE", "x")],
      bodyLength: "unknown",
      wantsTrailers: true,
    });
    exchange.body.write(Buffer.from("hello"));
    exchange.body.end([field("X-Last", "z")]);
    await heard.until(() => heard.lines.some((line) => line.includes("x-last")));
    expect(heard.lines.filter((line) => line !== "SETTINGS ACK")).toEqual([
      "SETTINGS",
      "WINDOW 0 983041",
      "1 :method POST, :scheme http, :authority a.test, :path /x?y, x-a 1, te trailers",
      "1 DATA 5",
      "1 x-last z end",
    ]);
  });

  test("a body's length; none at all ends with the head", async () => {
    const { connection, heard } = await wireTarget(...HELLO);
    ask(connection, { method: "PUT", bodyLength: 3 }).exchange.body.write(Buffer.from("abc"));
    ask(connection, { method: "POST" });
    ask(connection);
    await heard.until(() => heard.lines.some((line) => line.startsWith("5 ")));
    const head = (method: string): string => `:method ${method}, :scheme http, :authority a.test, :path /`;
    expect(heard.lines.filter((line) => /^\d/.test(line))).toEqual([
      `1 ${head("PUT")}, content-length 3`,
      "1 DATA 3",
      `3 ${head("POST")}, content-length 0 end`,
      `5 ${head("GET")} end`,
    ]);
  });

  test("a body goes out as the target's windows open; whoever produces it waits", async () => {
    const { connection, heard, send } = await wireTarget(settings([SETTING.initialWindowSize, 3]), ACK);
    await heard.until(() => heard.lines.includes("SETTINGS ACK"));
    const { exchange } = ask(connection, { method: "POST", bodyLength: "unknown" });
    const drained = new Promise<void>((resolve) => exchange.body.drained(resolve));
    expect(exchange.body.write(Buffer.from("hello"))).toBe(false);
    await heard.until(() => heard.lines.includes("1 DATA 3"));
    send(word(FRAME.windowUpdate, 1, 10));
    await drained;
    exchange.body.end();
    await heard.until(() => heard.lines.some((line) => line.endsWith("end")));
    expect(heard.body(1)).toBe("hello");
  });

  test("a request that is broken off, and one that is cancelled, end with CANCEL", async () => {
    const { connection, heard } = await wireTarget(...HELLO);
    const broken = ask(connection, { method: "POST", bodyLength: "unknown" });
    broken.exchange.body.abort();
    expect(await broken.outcome).toMatchObject({ end: "broken" });
    const cancelled = ask(connection);
    cancelled.exchange.cancel();
    cancelled.exchange.cancel();
    await heard.until(() => heard.lines.includes("RST 3 CANCEL"));
    expect(heard.lines).toContain("RST 1 CANCEL");
    expect(cancelled.now.end).toBe(undefined);
    expect(connection.open).toBe(true);
  });

  test("there is room for as many requests as the target takes", async () => {
    const { connection, heard, send } = await wireTarget();
    expect(connection.room).toBe(100);
    const changed = new Promise<void>((resolve) => connection.onChange(resolve));
    send(settings([SETTING.maxConcurrentStreams, 2]), ACK);
    await changed;
    expect(connection.room).toBe(2);
    const first = ask(connection);
    ask(connection);
    expect(connection.room).toBe(0);
    expect(await ask(connection).outcome).toMatchObject({ end: "unsent" });
    send(answer(1, OK, endStream));
    expect(await first.outcome).toMatchObject({ end: "whole", status: 200, length: 0 });
    expect(connection.room).toBe(1);
    expect(heard.lines.filter((line) => line.startsWith("5 "))).toEqual([]);
  });

  test("a switch of protocol cannot be asked for", async () => {
    const { connection } = await wireTarget(...HELLO);
    expect(await ask(connection, { upgrade: "websocket" }).outcome).toMatchObject({ end: "malformed" });
  });
});

describe("what is answered", () => {
  const outcomeOf = async (frames: readonly Buffer[], request = {}): Promise<Outcome> => {
    const { connection, heard, send } = await wireTarget(...HELLO);
    const { outcome } = ask(connection, request);
    await heard.until(() => heard.lines.some((line) => line.startsWith("1 ")));
    send(...frames);
    return outcome;
  };

  test("interim answers, head, body and trailers", async () => {
    const frames = [
      answer(1, [
        [":status", "103"],
        ["link", "x"],
      ]),
      answer(1, [...OK, ["x-a", "1"], ["content-length", "5"]]),
      data(1, "hel"),
      data(1, "\x02lo\0\0", FLAG.padded),
      headers(1, [["grpc-status", "0"]]),
    ];
    expect(await outcomeOf(frames)).toEqual({
      informed: [103],
      status: 200,
      length: 5,
      fields: [field("x-a", "1")],
      body: "hello",
      trailers: [field("grpc-status", "0")],
      end: "whole",
    });
  });

  test.for([
    ["without a length", {}, [answer(1), data(1, "x", endStream)], { length: "unknown", body: "x", end: "whole" }],
    ["with an end in its head", {}, [answer(1, OK, endStream)], { length: 0, body: "", end: "whole" }],
    [
      "to HEAD",
      { method: "HEAD" },
      [answer(1, [...OK, ["content-length", "9"]], endStream)],
      { length: 9, end: "whole" },
    ],
    ["to HEAD of unknown length", { method: "HEAD" }, [answer(1, OK, endStream)], { length: "unknown", end: "whole" }],
    ["of 204", {}, [answer(1, [[":status", "204"]], endStream)], { status: 204, length: 0, end: "whole" }],
    [
      "of 304 with a length",
      {},
      [
        answer(
          1,
          [
            [":status", "304"],
            ["content-length", "9"],
          ],
          endStream,
        ),
      ],
      { status: 304, length: 0, end: "whole" },
    ],
    [
      "whose end is late",
      {},
      [answer(1, [...OK, ["content-length", "1"]]), data(1, "x"), data(1, "", endStream)],
      { length: 1, body: "x", end: "whole" },
    ],
  ] as const)("an answer %s", async ([, request, frames, expected]) => {
    expect(await outcomeOf(frames, request)).toMatchObject(expected);
  });

  test.for([
    ["no :status", [answer(1, [["a", "b"]])], "malformed"],
    ["a :status that is no number", [answer(1, [[":status", "2x0"]])], "malformed"],
    ["101", [answer(1, [[":status", "101"]])], "malformed"],
    ["a request's pseudo field", [answer(1, [...OK, [":path", "/"]])], "malformed"],
    ["capitals", [answer(1, [...OK, ["A", "b"]])], "malformed"],
    ["a connection's field", [answer(1, [...OK, ["connection", "close"]])], "malformed"],
    ["an interim answer that ends", [answer(1, [[":status", "100"]], endStream)], "malformed"],
    ["DATA before a head", [data(1, "x")], "malformed"],
    ["less than its length in its head", [answer(1, [...OK, ["content-length", "1"]], endStream)], "malformed"],
    ["less than its length", [answer(1, [...OK, ["content-length", "2"]]), data(1, "x", endStream)], "aborted"],
    ["more than its length", [answer(1, [...OK, ["content-length", "1"]]), data(1, "xy")], "aborted"],
    ["a body of 204", [answer(1, [[":status", "204"]]), data(1, "x")], "aborted"],
    ["trailers that do not end", [answer(1), answer(1, [["a", "b"]])], "aborted"],
    ["a pseudo field in trailers", [answer(1), answer(1, [[":status", "200"]], endStream)], "aborted"],
    ["interim answers without end", Array.from({ length: 101 }, () => answer(1, [[":status", "103"]])), "malformed"],
    ["REFUSED_STREAM", [word(FRAME.rstStream, 1, 7)], "refused-stream"],
    ["a reset", [word(FRAME.rstStream, 1, 2)], "broken"],
    ["a reset inside its body", [answer(1), data(1, "x"), word(FRAME.rstStream, 1, 8)], "aborted"],
    ["GOAWAY for a lower stream", [frame(FRAME.goaway, 0, 0, Buffer.alloc(8))], "refused-stream"],
    ["a connection error of the target's", [frame(FRAME.ping, 0, 0, "x")], "malformed"],
    [
      "a push",
      [frame(FRAME.pushPromise, endHeaders, 1, Buffer.concat([Buffer.of(0, 0, 0, 2), block([[":path", "/"]])]))],
      "malformed",
    ],
    ["a stream that nobody asked for", [answer(2)], "malformed"],
    ["SETTINGS that allow pushes", [settings([SETTING.enablePush, 1])], "malformed"],
  ] as const)("%s: the request fails", async ([, frames, end]) => {
    expect(await outcomeOf(frames)).toMatchObject({ end });
  });

  test("only its stream ends with an answer that is malformed", async () => {
    const { connection, heard, send } = await wireTarget(...HELLO);
    const bad = ask(connection);
    const good = ask(connection);
    await heard.until(() => heard.lines.some((line) => line.startsWith("3 ")));
    send(answer(1, []), answer(3, OK, endStream));
    expect([(await bad.outcome).end, (await good.outcome).end]).toEqual(["malformed", "whole"]);
    await heard.until(() => heard.lines.includes("RST 1 PROTOCOL_ERROR"));
  });

  test("an early answer may be whole before the request is", async () => {
    const { connection, heard, send } = await wireTarget(...HELLO);
    const { exchange, outcome, now } = ask(connection, { method: "POST", bodyLength: "unknown" });
    await heard.until(() => heard.lines.some((line) => line.startsWith("1 ")));
    send(answer(1, OK, endStream), word(FRAME.rstStream, 1, 0));
    expect(await outcome).toMatchObject({ end: "whole", status: 200 });
    while (connection.room < 1_000) await new Promise(setImmediate);
    expect(exchange.body.write(Buffer.from("dropped in silence"))).toBe(true);
    exchange.body.end();
    expect(now.end).toBe("whole");
  });

  test("a sink that is full is not written to, and no window is opened for it", async () => {
    const { connection, heard, send } = await wireTarget(...HELLO);
    const pieces: number[] = [];
    let drained = (): void => {};
    connection.send(
      {
        method: "GET",
        path: "/",
        host: "a.test",
        scheme: "http",
        fields: [],
        bodyLength: 0,
        upgrade: undefined,
        wantsTrailers: false,
      },
      {
        informed() {},
        switched() {},
        failed() {},
        answered: () => ({
          ...NOWHERE,
          write: ({ length }) => pieces.push(length) > 4,
          drained: (act) => void (drained = act),
        }),
      },
    );
    await heard.until(() => heard.lines.some((line) => line.startsWith("1 ")));
    const piece = data(1, Buffer.alloc(16_384));
    send(answer(1), piece, piece, piece, piece, frame(FRAME.ping, 0, 0, "12345678"));
    await heard.until(() => heard.lines.includes("PING ACK 12345678"));
    expect(pieces).toEqual([16_384]);
    for (let i = 0; i < 4; i++) drained();
    expect(pieces).toEqual([16_384, 16_384, 16_384, 16_384]);
    send(frame(FRAME.ping, 0, 0, "23456789"));
    await heard.until(() => heard.lines.includes("PING ACK 23456789"));
    expect(heard.lines.filter((line) => line.startsWith("WINDOW 1"))).toEqual(["WINDOW 1 131072"]);
  });
});

describe("how it ends", () => {
  test("GOAWAY: what was taken is answered, and then the connection ends", async () => {
    const { connection, heard, send } = await wireTarget(...HELLO);
    const first = ask(connection);
    const second = ask(connection);
    await heard.until(() => heard.lines.some((line) => line.startsWith("3 ")));
    send(frame(FRAME.goaway, 0, 0, Buffer.from([0, 0, 0, 1, 0, 0, 0, 0])));
    expect(await second.outcome).toMatchObject({ end: "refused-stream" });
    expect({ room: connection.room, open: connection.open }).toEqual({ room: 0, open: true });
    send(answer(1, OK, endStream));
    expect(await first.outcome).toMatchObject({ end: "whole" });
    await heard.until(() => false);
    expect(connection.open).toBe(false);
  });

  test.for([
    ["as it was new", "broken", false],
    ["after it was used", "unsent", true],
  ] as const)("the target leaves %s: %s", async ([, end, used]) => {
    const { connection, heard, send, socket } = await wireTarget(...HELLO);
    if (used) {
      const before = ask(connection);
      await heard.until(() => heard.lines.some((line) => line.startsWith("1 ")));
      send(answer(1, OK, endStream));
      await before.outcome;
    }
    const { outcome } = ask(connection);
    socket.end();
    expect(await outcome).toMatchObject({ end });
    expect({ room: connection.room, open: connection.open }).toEqual({ room: 0, open: false });
  });

  test("destroyed: all requests fail", async () => {
    const { connection, heard, send } = await wireTarget(...HELLO);
    const asked = ask(connection);
    const begun = ask(connection);
    await heard.until(() => heard.lines.some((line) => line.startsWith("3 ")));
    send(answer(3), data(3, "x"));
    while (begun.now.body === "") await new Promise(setImmediate);
    connection.destroy();
    expect([(await asked.outcome).end, (await begun.outcome).end]).toEqual(["unsent", "aborted"]);
  });
});
