import * as fc from "fast-check";
import { assert, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { KIND } from "./header.ts";
import { CompressionError, HpackDecoder } from "./hpack-decoder.ts";
import { blockBound, HpackEncoder } from "./hpack-encoder.ts";
import { decodeHuffman, encodeHuffman, huffmanLength } from "./huffman.ts";

/** The headers of a block, one `name: value` each. */
function read(decoder: HpackDecoder, block: Buffer): string[] {
  const told: string[] = [];
  decoder.decode(block, 0, block.length, { header: ({ field }) => void told.push(`${field.name}: ${field.value}`) });
  return told;
}

function hex(text: string): Buffer {
  return Buffer.from(text.replace(/\s/g, ""), "hex");
}

/** All that the dynamic table holds, the newest first. */
function table(decoder: HpackDecoder): string[] {
  const told: string[] = [];
  for (let index = 62; ; index++) {
    try {
      told.push(...read(decoder, index < 127 ? Buffer.of(0x80 | index) : Buffer.of(0xff, index - 127)));
    } catch {
      return told;
    }
  }
}

const GET = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
const DATE = "Mon, 21 Oct 2013 20:13:21 GMT";
const COOKIE = "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const SECOND = [":status: 307", "cache-control: private", `date: ${DATE}`, "location: https://www.example.com"];
const THIRD = [
  ":status: 200",
  "cache-control: private",
  "date: Mon, 21 Oct 2013 20:13:22 GMT",
  "location: https://www.example.com",
  "content-encoding: gzip",
  `set-cookie: ${COOKIE}`,
];

describe("the examples of RFC 7541 appendix C", () => {
  test.for([
    ["C.2.1", "400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 1],
    ["C.2.2", "040c2f73616d706c652f70617468", ":path: /sample/path", 0],
    ["C.2.3", "100870617373776f726406736563726574", "password: secret", 0],
    ["C.2.4", "82", ":method: GET", 0],
  ] as const)("%s: one header", ([, block, header, kept]) => {
    const decoder = new HpackDecoder();
    expect(read(decoder, hex(block))).toEqual([header]);
    expect(table(decoder)).toHaveLength(kept);
  });

  test.for([
    [
      "C.3",
      [
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
      ],
    ],
    [
      "C.4, with Huffman code",
      [
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
      ],
    ],
  ] as const)("%s: requests", ([, [first, second, third]]) => {
    const decoder = new HpackDecoder();
    expect(read(decoder, hex(first))).toEqual(GET);
    expect(read(decoder, hex(second))).toEqual([...GET, "cache-control: no-cache"]);
    expect(read(decoder, hex(third))).toEqual([
      ":method: GET",
      ":scheme: https",
      ":path: /index.html",
      ":authority: www.example.com",
      "custom-key: custom-value",
    ]);
    expect(table(decoder)).toEqual([
      "custom-key: custom-value",
      "cache-control: no-cache",
      ":authority: www.example.com",
    ]);
  });

  test.for([
    [
      "C.5",
      [
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
      ],
    ],
    [
      "C.6, with Huffman code",
      [
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
      ],
    ],
  ] as const)("%s: answers, with a table of 256 bytes", ([, [first, second, third]]) => {
    const decoder = new HpackDecoder(256);
    expect(read(decoder, hex(first))).toEqual([":status: 302", ...SECOND.slice(1)]);
    expect(read(decoder, hex(second))).toEqual(SECOND);
    expect(read(decoder, hex(third))).toEqual(THIRD);
    expect(table(decoder)).toEqual([
      `set-cookie: ${COOKIE}`,
      "content-encoding: gzip",
      "date: Mon, 21 Oct 2013 20:13:22 GMT",
    ]);
  });
});

describe("a block that is no HPACK", () => {
  test.for([
    ["index 0", "80"],
    ["an index that no table has", "be"],
    ["a name that no table has", "7f00 0161"],
    ["an integer without end", "ffffffffffffffffff"],
    ["an integer of six bytes", "ff808080808000"],
    ["a string behind its block's end", "000361 62"],
    ["a block that ends where a string begins", "00"],
    ["a block that ends inside an integer", "ff80"],
    ["a table that is larger than was promised", "3fe21f"],
    ["a change of the table's size behind a header", "8220"],
    ["padding of more than seven bits", "00 0161 82 1fff"],
    ["padding that is not all ones", "00 0161 81 18"],
    ["EOS inside a string", "00 0161 84 fffffffc"],
  ])("%s", ([, block]) => {
    expect(() => read(new HpackDecoder(), hex(block!))).toThrow(CompressionError);
  });
});

describe("the dynamic table", () => {
  const added = (name: string, value: string): Buffer =>
    Buffer.concat([Buffer.of(0x40, name.length), Buffer.from(name), Buffer.of(value.length), Buffer.from(value)]);

  test("forgets the oldest when it is full, and everything for what does not fit into it (section 4.4)", () => {
    const decoder = new HpackDecoder(100);
    read(decoder, Buffer.concat([added("a", "1"), added("b", "2")]));
    expect(table(decoder)).toEqual(["b: 2", "a: 1"]);
    read(decoder, added("c", "3"));
    expect(table(decoder)).toEqual(["c: 3", "b: 2"]);
    expect(read(decoder, added("d", "x".repeat(68)))).toEqual([`d: ${"x".repeat(68)}`]);
    expect(table(decoder)).toEqual([]);
  });

  test("a name may be that of the entry that it pushes out", () => {
    const decoder = new HpackDecoder(34);
    read(decoder, added("a", "1"));
    expect(read(decoder, hex("7e 0132"))).toEqual(["a: 2"]);
    expect(table(decoder)).toEqual(["a: 2"]);
  });

  test("changes its size at the beginning of a block, as often as it likes", () => {
    const decoder = new HpackDecoder();
    read(decoder, Buffer.concat([added("a", "1"), added("b", "2")]));
    expect(read(decoder, hex("3f03 82"))).toEqual([":method: GET"]);
    expect(table(decoder)).toEqual(["b: 2"]);
    expect(read(decoder, hex("20 3fe11f 82"))).toEqual([":method: GET"]);
    expect(table(decoder)).toEqual([]);
  });

  test("grows without losing what it holds", () => {
    const decoder = new HpackDecoder();
    const names = Array.from({ length: 115 }, (_, i) => `n${i}`);
    for (const name of names) read(decoder, added(name, ""));
    expect(table(decoder)).toEqual(names.toReversed().map((name) => `${name}: `));
  });
});

describe("Huffman code", () => {
  test("every text of bytes comes back, in as many bytes as were counted", () => {
    assert(
      property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = Buffer.from(bytes).toString("latin1");
        const coded = Buffer.alloc(bytes.length * 4 + 4);
        const length = encodeHuffman(text, coded, 0);
        expect(length).toBe(huffmanLength(text));
        const out = Buffer.alloc(bytes.length + 2);
        expect(decodeHuffman(coded, 0, length, out)).toBe(bytes.length);
        expect(out.toString("latin1", 0, bytes.length)).toBe(text);
      }),
    );
  });

  test("no bytes make the decoder write beyond its room", () => {
    assert(
      property(fc.uint8Array({ maxLength: 300 }), fc.nat(40), (bytes, room) => {
        expect(decodeHuffman(bytes, 0, bytes.length, Buffer.alloc(room))).toBeLessThanOrEqual(room);
      }),
    );
  });
});

describe("what is written", () => {
  const names = fc.constantFrom(
    "server",
    "content-type",
    "x-one",
    "x-two",
    "cookie",
    "set-cookie",
    "etag",
    ":path",
    "accept-encoding",
    "content-length",
  );
  const values = fc.oneof(
    fc.constantFrom("", "a", "text/html", "gzip, deflate", "x".repeat(3_000)),
    fc.string({ unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)), maxLength: 200 }),
  );
  const blocks = fc.array(
    fc.record({
      status: fc.constantFrom(200, 404, 599),
      fields: fc.array(fc.tuple(names, values), { maxLength: 12 }),
      limit: fc.option(fc.constantFrom(0, 64, 300, 4096, 65_536), { nil: undefined, freq: 4 }),
    }),
    { maxLength: 12 },
  );

  test("is read as it was meant, within its bound, whatever the peer's table holds", () => {
    assert(
      property(blocks, (all) => {
        const encoder = new HpackEncoder();
        const decoder = new HpackDecoder();
        for (const { status, fields, limit } of all) {
          if (limit !== undefined) encoder.limit(limit);
          const bound = blockBound(fields.map(([key, value]) => ({ key, value })));
          const out = Buffer.alloc(bound + 1, 0x55);
          encoder.begin(out, 0);
          encoder.status(status);
          for (const [name, value] of fields) encoder.header(name, value);
          const end = encoder.end();
          expect(out[bound]).toBe(0x55);
          expect(read(decoder, out.subarray(0, end))).toEqual([
            `:status: ${status}`,
            ...fields.map(([name, value]) => `${name}: ${value}`),
          ]);
        }
      }),
    );
  });

  test("what repeats is one byte from the third time on; what is secret never enters a table", () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const lengths = [1, 2, 3].map(() => {
      const out = Buffer.alloc(200);
      encoder.begin(out, 0);
      encoder.header("set-cookie", "session=1");
      encoder.header("x-one", "some value");
      const end = encoder.end();
      expect(read(decoder, out.subarray(0, end))).toHaveLength(2);
      return [out[0]! & 0xf0, end];
    });
    expect(lengths).toEqual([0, 1, 2].map((round) => [0x10, [23, 23, 10][round]]));
    expect(table(decoder)).toEqual(["x-one: some value"]);
  });

  test("fields of connections and names that are none are not written", () => {
    const encoder = new HpackEncoder();
    encoder.begin(Buffer.alloc(100), 0);
    for (const name of ["connection", "transfer-encoding", "a b", "X-Capital", ""]) encoder.header(name, "x");
    expect(encoder.end()).toBe(0);
  });
});

test("a header is judged once, for everybody who names it by its index", () => {
  const decoder = new HpackDecoder();
  const kinds: number[] = [];
  const hearer = { header: ({ kind }: { kind: number }) => void kinds.push(kind) };
  for (const block of ["4003412d62 0131", "be", "7e 0131", "5f 01 0a", "be", "7e 0131"]) {
    const bytes = hex(block);
    decoder.decode(bytes, 0, bytes.length, hearer);
  }
  expect(kinds).toEqual([KIND.invalid, KIND.invalid, KIND.invalid, KIND.invalid, KIND.invalid, KIND.plain]);
});
