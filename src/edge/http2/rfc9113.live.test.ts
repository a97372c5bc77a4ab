import { describe, expect, test } from "vitest";
import {
  ACK,
  block,
  data,
  frame,
  GET,
  GREETING,
  headers,
  open,
  type Pairs,
  POST,
  settings,
  word,
} from "../../../tests/support/http2-frames.ts";
import { http2World } from "../../../tests/support/http2-server.ts";
import { wireClient } from "../../../tests/support/http2-wire.ts";
import { FLAG, FRAME, PREFACE, SETTING } from "./frame.ts";

/** What RFC 9113 says of single frames: what is sent behind the preface, and all that is answered. */
type Case = readonly [sentence: string, frames: readonly Buffer[], answers: readonly string[]];

const OK = "1 :status 200, content-length 0 end";
const protocol = (last: number): string[] => [`GOAWAY ${last} PROTOCOL_ERROR`];
const { endStream, endHeaders, padded, priority } = FLAG;
const with_ = (...more: Pairs): Pairs => [...GET, ...more];
const without = (name: string): Pairs => GET.filter(([key]) => key !== name);
const instead = (name: string, value: string): Pairs => GET.map(([key, old]) => [key, key === name ? value : old]);
const get = headers(1, GET);

const FRAMES: Readonly<Record<string, readonly Case[]>> = {
  "section 4: frames": [
    ["a frame of an unknown type is ignored", [frame(77, 255, 1, "abc"), get], [OK]],
    ["the reserved bit of a stream's number means nothing", [frame(FRAME.headers, 5, 0x80000001, block(GET))], [OK]],
    ["flags that a frame does not know mean nothing", [frame(FRAME.headers, 5 | 0x42, 1, block(GET))], [OK]],
    [
      "a frame of more than 16384 bytes ends the connection",
      [open(1), data(1, Buffer.alloc(16_385))],
      ["GOAWAY 1 FRAME_SIZE_ERROR"],
    ],
    ["a frame of 16384 bytes is taken", [open(1), data(1, Buffer.alloc(16_384), endStream)], [OK]],
    [
      "a block that is no HPACK ends the connection",
      [frame(FRAME.headers, 5, 1, "\x80")],
      ["GOAWAY 0 COMPRESSION_ERROR"],
    ],
    [
      "a block that ends inside a header ends the connection",
      [frame(FRAME.headers, 5, 1, block(GET).subarray(0, -1))],
      ["GOAWAY 0 COMPRESSION_ERROR"],
    ],
    [
      "nothing comes between the frames of a block",
      [headers(1, GET, endStream), frame(FRAME.ping, 0, 0, "12345678")],
      protocol(0),
    ],
    ["not even a frame of an unknown type", [headers(1, GET, endStream), frame(77, 0, 0)], protocol(0)],
    ["not even HEADERS of another stream", [headers(1, GET, endStream), headers(3, GET)], protocol(0)],
  ],
  "section 5.1: states of streams": [
    ["idle: DATA", [data(1, "x")], protocol(0)],
    ["idle: RST_STREAM", [word(FRAME.rstStream, 1, 8)], protocol(0)],
    ["idle: WINDOW_UPDATE", [word(FRAME.windowUpdate, 1, 8)], protocol(0)],
    ["idle: PRIORITY is no error", [frame(FRAME.priority, 0, 9, "\0\0\0\0\x10"), get], [OK]],
    [
      "half-closed (remote): WINDOW_UPDATE and PRIORITY are no errors",
      [get, word(FRAME.windowUpdate, 1, 8), frame(FRAME.priority, 0, 1, "\0\0\0\0\x10")],
      [OK],
    ],
    ["closed: DATA behind the end of both sides", [get, data(1, "x")], [OK, "RST 1 STREAM_CLOSED"]],
    ["closed: HEADERS behind the end of both sides", [get, headers(1, GET)], [OK, "GOAWAY 1 STREAM_CLOSED"]],
    [
      "closed: RST_STREAM and WINDOW_UPDATE may have crossed our end",
      [get, word(FRAME.rstStream, 1, 8), word(FRAME.windowUpdate, 1, 8)],
      [OK],
    ],
    ["closed by the client: DATA", [open(1), word(FRAME.rstStream, 1, 8), data(1, "x")], ["RST 1 STREAM_CLOSED"]],
    [
      "closed by the client: HEADERS",
      [open(1), word(FRAME.rstStream, 1, 8), headers(1, GET)],
      ["GOAWAY 1 STREAM_CLOSED"],
    ],
    [
      "closed by us: what was on its way is ignored",
      [open(1), data(1, "", 0), headers(1, [["bad", "x"]], endHeaders), data(1, "x"), headers(1, [["a", "b"]])],
      ["RST 1 PROTOCOL_ERROR"],
    ],
  ],
  "section 5.1.1: numbers of streams": [
    ["a client's stream is odd", [headers(2, GET)], protocol(0)],
    [
      "numbers grow: HEADERS on one that was passed over",
      [headers(5, GET), headers(3, GET)],
      ["5 :status 200, content-length 0 end", ...protocol(5)],
    ],
    [
      "numbers grow: DATA on one that was passed over",
      [headers(5, GET), data(3, "x")],
      ["5 :status 200, content-length 0 end", ...protocol(5)],
    ],
    [
      "numbers may be passed over",
      [headers(5, GET), headers(101, GET)],
      ["5 :status 200, content-length 0 end", "101 :status 200, content-length 0 end"],
    ],
  ],
  "section 5.3: priority means nothing": [
    [
      "HEADERS with a priority",
      [frame(FRAME.headers, 5 | priority, 1, Buffer.concat([Buffer.from([0, 0, 0, 0, 16]), block(GET)]))],
      [OK],
    ],
    [
      "a stream that depends on itself",
      [frame(FRAME.headers, 5 | priority, 1, Buffer.concat([Buffer.from([0, 0, 0, 1, 16]), block(GET)]))],
      protocol(0),
    ],
  ],
  "section 6.1: DATA": [
    ["on stream 0", [data(0, "x")], protocol(0)],
    ["with padding", [open(1), data(1, "\x03abc\0\0\0", padded | endStream)], [OK]],
    ["of padding only", [open(1), data(1, "\x03\0\0\0", padded | endStream)], [OK]],
    ["with more padding than there is", [open(1), data(1, "\x03\0\0", padded)], protocol(1)],
    ["without the length of its padding", [open(1), data(1, "", padded)], ["GOAWAY 1 FRAME_SIZE_ERROR"]],
  ],
  "section 6.2: HEADERS": [
    ["on stream 0", [headers(0, GET)], protocol(0)],
    [
      "with padding",
      [frame(FRAME.headers, 5 | padded, 1, Buffer.concat([Buffer.of(2), block(GET), Buffer.alloc(2)]))],
      [OK],
    ],
    ["with more padding than there is", [frame(FRAME.headers, 5 | padded, 1, "\x05\x82")], protocol(0)],
    [
      "too short for their priority",
      [frame(FRAME.headers, 5 | priority, 1, "\0\0\0\0")],
      ["GOAWAY 0 FRAME_SIZE_ERROR"],
    ],
    ["too short for the length of their padding", [frame(FRAME.headers, 5 | padded, 1)], ["GOAWAY 0 FRAME_SIZE_ERROR"]],
  ],
  "section 6.3: PRIORITY": [
    ["on stream 0", [frame(FRAME.priority, 0, 0, "\0\0\0\0\x10")], protocol(0)],
    ["of another length than 5", [frame(FRAME.priority, 0, 1, "\0\0\0\0")], ["GOAWAY 0 FRAME_SIZE_ERROR"]],
  ],
  "section 6.4: RST_STREAM": [
    ["on stream 0", [word(FRAME.rstStream, 0, 8)], protocol(0)],
    ["of another length than 4", [open(1), frame(FRAME.rstStream, 0, 1, "\0\0\0")], ["GOAWAY 1 FRAME_SIZE_ERROR"]],
    ["ends its stream without an answer", [open(1), word(FRAME.rstStream, 1, 8)], []],
  ],
  "section 6.5: SETTINGS": [
    ["on a stream", [frame(FRAME.settings, 0, 1)], protocol(0)],
    [
      "of a length that is no multiple of 6",
      [frame(FRAME.settings, 0, 0, "\0\0\0\0\0")],
      ["GOAWAY 0 FRAME_SIZE_ERROR"],
    ],
    [
      "an acknowledgement that says something",
      [frame(FRAME.settings, FLAG.ack, 0, "\0\0\0\0\0\0")],
      ["GOAWAY 0 FRAME_SIZE_ERROR"],
    ],
    ["a second acknowledgement of one", [ACK], protocol(0)],
    ["ENABLE_PUSH of 2", [settings([SETTING.enablePush, 2])], protocol(0)],
    ["INITIAL_WINDOW_SIZE of 2^31", [settings([SETTING.initialWindowSize, 2 ** 31])], ["GOAWAY 0 FLOW_CONTROL_ERROR"]],
    ["MAX_FRAME_SIZE of 16383", [settings([SETTING.maxFrameSize, 16_383])], protocol(0)],
    ["MAX_FRAME_SIZE of 2^24", [settings([SETTING.maxFrameSize, 2 ** 24])], protocol(0)],
    ["unknown ones are ignored", [settings([0xabcd, 7]), get], [OK]],
    ["NO_RFC7540_PRIORITIES that change (RFC 9218)", [settings([SETTING.noRfc7540Priorities, 1])], protocol(0)],
    ["HEADER_TABLE_SIZE of 0 is confirmed by the next block", [settings([SETTING.headerTableSize, 0]), get], [OK]],
  ],
  "section 6.6: PUSH_PROMISE": [
    ["from a client", [open(1), frame(FRAME.pushPromise, endHeaders, 1, "\0\0\0\x02\x82")], protocol(1)],
  ],
  "section 6.7: PING": [
    ["is answered with what it said", [frame(FRAME.ping, 0, 0, "abcdefgh")], ["PING ACK abcdefgh"]],
    ["an answer is not answered", [frame(FRAME.ping, FLAG.ack, 0, "abcdefgh")], []],
    ["on a stream", [frame(FRAME.ping, 0, 1, "abcdefgh")], protocol(0)],
    ["of another length than 8", [frame(FRAME.ping, 0, 0, "abcdefg")], ["GOAWAY 0 FRAME_SIZE_ERROR"]],
  ],
  "section 6.8: GOAWAY": [
    ["on a stream", [frame(FRAME.goaway, 0, 1, "\0\0\0\0\0\0\0\0")], protocol(0)],
    ["of less than 8 bytes", [frame(FRAME.goaway, 0, 0, "\0\0\0\0\0\0\0")], ["GOAWAY 0 FRAME_SIZE_ERROR"]],
    [
      "what is open goes on, and then the connection ends",
      [open(1), frame(FRAME.goaway, 0, 0, "\0\0\0\0\0\0\0\0"), data(1, "x", endStream)],
      [OK],
    ],
  ],
  "section 6.9: WINDOW_UPDATE": [
    ["of another length than 4", [frame(FRAME.windowUpdate, 0, 0, "\0\0\0")], ["GOAWAY 0 FRAME_SIZE_ERROR"]],
    ["of the connection by nothing", [word(FRAME.windowUpdate, 0, 0)], protocol(0)],
    ["of a stream by nothing", [open(1), word(FRAME.windowUpdate, 1, 0)], ["RST 1 PROTOCOL_ERROR"]],
    ["of the connection beyond 2^31-1", [word(FRAME.windowUpdate, 0, 2 ** 31 - 1)], ["GOAWAY 0 FLOW_CONTROL_ERROR"]],
    ["of a stream beyond 2^31-1", [open(1), word(FRAME.windowUpdate, 1, 2 ** 31 - 1)], ["RST 1 FLOW_CONTROL_ERROR"]],
    [
      "SETTINGS that open a stream beyond 2^31-1",
      [open(1), word(FRAME.windowUpdate, 1, 65_536), settings([SETTING.initialWindowSize, 2 ** 31 - 1])],
      ["GOAWAY 1 FLOW_CONTROL_ERROR"],
    ],
  ],
  "section 6.10: CONTINUATION": [
    ["of nothing", [frame(FRAME.continuation, endHeaders, 1, "\x82")], protocol(0)],
    ["of what has ended", [open(1), frame(FRAME.continuation, endHeaders, 1, "\x82")], protocol(1)],
    ["of another stream", [headers(1, GET, endStream), frame(FRAME.continuation, endHeaders, 3)], protocol(0)],
    [
      "goes on with a block, wherever it is cut",
      [
        frame(FRAME.headers, endStream, 1, block(GET).subarray(0, 9)),
        frame(FRAME.continuation, 0, 1, block(GET).subarray(9, 10)),
        frame(FRAME.continuation, 0, 1),
        frame(FRAME.continuation, endHeaders, 1, block(GET).subarray(10)),
      ],
      [OK],
    ],
    [
      "without end",
      [headers(1, GET, endStream), ...Array.from({ length: 40 }, () => frame(FRAME.continuation, 0, 1))],
      ["GOAWAY 0 ENHANCE_YOUR_CALM"],
    ],
    [
      "of more than 128 KB",
      [
        headers(1, GET, endStream),
        ...Array.from({ length: 9 }, () => frame(FRAME.continuation, 0, 1, Buffer.alloc(16_384))),
      ],
      ["GOAWAY 0 ENHANCE_YOUR_CALM"],
    ],
  ],
};

const malformed = (sentence: string, fields: Pairs): Case => [sentence, [headers(1, fields)], ["RST 1 PROTOCOL_ERROR"]];
const taken = (sentence: string, fields: Pairs): Case => [sentence, [headers(1, fields)], [OK]];
const refused = (sentence: string, fields: Pairs, status: number): Case => [
  sentence,
  [headers(1, fields)],
  [expect.stringMatching(`^1 :status ${status}, server awselb/2.0`), expect.stringMatching("^1 DATA .* end$")],
];

const MESSAGES: Readonly<Record<string, readonly Case[]>> = {
  "section 8.1: messages": [
    ["trailers end a request", [open(1), data(1, "x"), headers(1, [["a", "b"]])], [OK]],
    [
      "a second head that does not end its stream",
      [open(1), headers(1, [["a", "b"]], endHeaders)],
      ["RST 1 PROTOCOL_ERROR"],
    ],
    ["a pseudo field in trailers", [open(1), headers(1, [[":path", "/"]])], ["RST 1 PROTOCOL_ERROR"]],
    ["a connection's field in trailers", [open(1), headers(1, [["connection", "x"]])], ["RST 1 PROTOCOL_ERROR"]],
    ["content-length in trailers", [open(1), headers(1, [["content-length", "0"]])], ["RST 1 PROTOCOL_ERROR"]],
    ["host in trailers", [open(1), headers(1, [["host", "a.test"]])], ["RST 1 PROTOCOL_ERROR"]],
    ["capitals in trailers", [open(1), headers(1, [["Abc", "x"]])], ["RST 1 PROTOCOL_ERROR"]],
    [
      "less DATA than content-length",
      [open(1, [...POST, ["content-length", "3"]]), data(1, "ab", endStream)],
      ["RST 1 PROTOCOL_ERROR"],
    ],
    [
      "more DATA than content-length",
      [open(1, [...POST, ["content-length", "3"]]), data(1, "abcd")],
      ["RST 1 PROTOCOL_ERROR"],
    ],
    [
      "as much DATA as content-length",
      [open(1, [...POST, ["content-length", "3"]]), data(1, "ab"), data(1, "c", endStream)],
      [OK],
    ],
    [
      "as much DATA as content-length, in front of trailers",
      [open(1, [...POST, ["content-length", "3"]]), data(1, "abc"), headers(1, [["a", "b"]])],
      [OK],
    ],
    [
      "less DATA than content-length, in front of trailers",
      [open(1, [...POST, ["content-length", "3"]]), data(1, "ab"), headers(1, [["a", "b"]])],
      ["RST 1 PROTOCOL_ERROR"],
    ],
    malformed("a content-length without DATA", with_(["content-length", "3"])),
    taken("a content-length of 0 without DATA", with_(["content-length", "0"])),
    malformed("two content-lengths", with_(["content-length", "0"], ["content-length", "0"])),
    malformed("a content-length that is no number", with_(["content-length", "+1"])),
    malformed("a content-length that nobody can count", with_(["content-length", "9".repeat(20)])),
  ],
  "section 8.2.1: fields": [
    malformed("capitals in a name", with_(["Accept", "x"])),
    malformed("a space in a name", with_(["a b", "x"])),
    malformed("an empty name", with_(["", "x"])),
    malformed("a colon in a name", with_(["a:b", "x"])),
    malformed("a byte above ASCII in a name", with_(["a\xe9", "x"])),
    malformed("NUL in a value", with_(["a", "x\0y"])),
    malformed("LF in a value", with_(["a", "x\ny"])),
    malformed("CR in a value", with_(["a", "x\ry"])),
    malformed("another control character in a value", with_(["a", "x\x01y"])),
    malformed("DEL in a value", with_(["a", "x\x7fy"])),
    malformed("a space in front of a value", with_(["a", " x"])),
    malformed("a tab behind a value", with_(["a", "x\t"])),
    taken("a tab inside a value", with_(["a", "x\ty"])),
    taken("bytes above ASCII in a value", with_(["a", "\xe9"])),
    taken("an empty value", with_(["a", ""])),
    taken("every character of a token in a name", with_(["!#$%&'*+-.^_`|~09az", "x"])),
  ],
  "section 8.2.2: fields of connections": [
    ...["connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade"].map((name) =>
      malformed(name, with_([name, "x"])),
    ),
    malformed("te of anything but trailers", with_(["te", "gzip"])),
    malformed("te of more than trailers", with_(["te", "trailers, gzip"])),
    taken("te: trailers", with_(["te", "trailers"])),
  ],
  "section 8.3: pseudo fields": [
    malformed("an unknown one", with_([":method2", "x"])),
    malformed(":protocol, which was not offered", [...GET, [":protocol", "websocket"]]),
    malformed(":status", [...GET, [":status", "200"]]),
    malformed("behind another field", [["a", "b"], ...GET]),
    malformed("without a name", [...GET, [":", "x"]]),
    ...GET.map(([name, value]) => malformed(`two of ${name}`, [...GET, [name, value]])),
    ...[":method", ":scheme", ":path"].map((name) => malformed(`no ${name}`, without(name))),
    malformed("an empty :path", instead(":path", "")),
    malformed("a :path that does not begin with a slash", instead(":path", "a")),
    malformed("an asterisk in place of a :path", instead(":path", "*")),
    malformed("a :path of a full URL", instead(":path", "http://a.test/")),
    taken(
      "OPTIONS *",
      instead(":path", "*").map(([key, value]) => [key, key === ":method" ? "OPTIONS" : value]),
    ),
    malformed("a method that is no token", instead(":method", "G T")),
    malformed("an empty method", instead(":method", "")),
    refused("an authority that is none", instead(":authority", "user@a.test"), 400),
    refused("an authority with a path", instead(":authority", "a.test/x"), 400),
    refused("no authority", without(":authority"), 400),
    refused("a scheme of others", instead(":scheme", "ftp"), 400),
    refused("a space in a :path", instead(":path", "/a b"), 400),
    refused("a fragment in a :path", instead(":path", "/a#b"), 400),
    refused("a :path of more than 16 KB", instead(":path", `/${"a".repeat(16_384)}`), 414),
    refused("TRACE", instead(":method", "TRACE"), 405),
    refused(
      "a list of more than 64 KB",
      with_(...Array.from({ length: 8 }, (_, i) => [`a${i}`, "x".repeat(9_000)] as const)),
      431,
    ),
    taken("a host of the same name", with_(["host", "A.test"])),
    taken("host in place of :authority", [...without(":authority"), ["host", "a.test"]]),
    malformed("a host of another name", with_(["host", "b.test"])),
    malformed("two hosts", with_(["host", "a.test"], ["host", "a.test"])),
  ],
  "section 8.5: CONNECT": [
    refused(
      "makes no tunnel",
      [
        [":method", "CONNECT"],
        [":authority", "a.test:443"],
      ],
      400,
    ),
    malformed("with a :path", instead(":method", "CONNECT")),
  ],
};

/** Large blocks go out in frames of their own. */
function cut(frames: readonly Buffer[]): Buffer[] {
  return frames.flatMap((one) => {
    const length = one.readUIntBE(0, 3);
    if (one[3] !== FRAME.headers || length <= 16_384) return [one];
    const payload = one.subarray(9);
    const pieces = Array.from({ length: Math.ceil(length / 16_384) }, (_, i) =>
      payload.subarray(i * 16_384, (i + 1) * 16_384),
    );
    return pieces.map((piece, i) => {
      const last = i === pieces.length - 1 ? endHeaders : 0;
      return frame(
        i === 0 ? FRAME.headers : FRAME.continuation,
        (i === 0 ? endStream : 0) | last,
        one.readUInt32BE(5),
        piece,
      );
    });
  });
}

for (const [section, cases] of Object.entries({ ...FRAMES, ...MESSAGES })) {
  describe(`RFC 9113 ${section}`, () => {
    test.for(cases)("%s", async ([, frames, answers]) => {
      const { port } = await http2World();
      const client = wireClient(port, GREETING, ...cut(frames));
      const heard = (await client.answers()).filter((line) => !line.startsWith("WINDOW"));
      expect(heard).toEqual(answers);
    });

    test.for(cases)("%s, byte by byte", async ([, frames, answers]) => {
      const { port } = await http2World();
      const client = wireClient(port, PREFACE);
      client.socket.setNoDelay(true);
      const all = Buffer.concat([settings(), ACK, ...cut(frames)]);
      const step = all.length > 2_000 ? 611 : 1;
      for (let at = 0; at < all.length; at += step) {
        client.socket.write(all.subarray(at, at + step));
        if (at % 16 === 0) await new Promise(setImmediate);
      }
      const heard = (await client.answers()).filter((line) => !line.startsWith("WINDOW"));
      expect(heard).toEqual(answers);
    });
  });
}

describe("RFC 9113 section 3.4: the preface", () => {
  test("anything else is no HTTP/2", async () => {
    const { port, refused: told } = await http2World();
    const client = wireClient(port, Buffer.from("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"));
    expect(await client.answers()).toEqual(protocol(0));
    expect(told).toMatchObject([{ status: undefined, client: { address: "192.0.2.7" } }]);
  });

  test.for([
    ["HEADERS", get],
    ["an acknowledgement of SETTINGS", ACK],
    ["a PING", frame(FRAME.ping, 0, 0, "12345678")],
  ] as const)("SETTINGS come first, not %s", async ([, first]) => {
    const { port } = await http2World();
    expect(await wireClient(port, PREFACE, first).answers()).toEqual(protocol(0));
  });
});
