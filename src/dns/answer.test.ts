import packet from "dns-packet";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { answer } from "./answer.ts";

let world: ZoneWorld;
beforeAll(async () => {
  world = await zoneWorld();
  const zone = await world.zone("example.com");
  await world.put(
    zone,
    "a A 60 192.0.2.1",
    '*.w TXT 60 "x"',
    "c CNAME 60 a.example.com",
    "sub NS 60 ns.sub.example.com",
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const fail = (error: unknown): never => {
  throw error;
};

const labels = fc.constantFrom(
  "a",
  "c",
  "w",
  "sub",
  "example",
  "com",
  "*",
  "sealkeeper",
  "internal",
  "A",
  "\u0000",
  "ÿ",
  ".",
);
const names = fc.array(labels, { maxLength: 6 }).map((parts) => wire([...parts, "example", "com"]));
const wire = (parts: readonly string[]): Buffer =>
  Buffer.concat([...parts.flatMap((part) => [Buffer.of(part.length), Buffer.from(part, "latin1")]), Buffer.of(0)]);
const u16 = (value: number): Buffer => Buffer.of(value >> 8, value & 0xff);

/** Queries that are almost right: each part is now and then something else. */
const queries = fc
  .record({
    id: fc.integer({ min: 0, max: 65_535 }),
    flags: fc.oneof({ weight: 5, arbitrary: fc.constant(0x0100) }, fc.integer({ min: 0, max: 65_535 })),
    counts: fc.oneof(
      { weight: 5, arbitrary: fc.constant<number[]>([1, 0, 0, 1]) },
      fc.array(fc.integer({ min: 0, max: 65_535 }), { minLength: 4, maxLength: 4 }),
    ),
    name: fc.oneof(
      { weight: 5, arbitrary: names },
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
    ),
    type: fc.oneof(fc.constantFrom(1, 2, 5, 6, 16, 28, 41, 43, 250, 252, 255), fc.integer({ min: 0, max: 65_535 })),
    klass: fc.constantFrom(1, 1, 1, 3, 255),
    rest: fc.oneof(
      fc.constant(Buffer.from("0000290200000080000000", "hex")),
      fc.constant(Buffer.from("000029ffff00010000000400030000", "hex")),
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
    ),
  })
  .map(({ id, flags, counts, name, type, klass, rest }) =>
    Buffer.concat([u16(id), u16(flags), ...counts.map(u16), name, u16(type), u16(klass), rest]),
  );

describe("the answer to any bytes", () => {
  test("is none, or a response to them that others can read and that fits", async () => {
    const bytes = fc.oneof(
      queries,
      fc.uint8Array({ maxLength: 80 }).map((array) => Buffer.from(array)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom("udp" as const, "tcp" as const), async (message, transport) => {
        const before = Buffer.from(message);
        const response = await answer(message, transport, { ...world, onError: fail });
        expect(message.equals(before)).toBe(true);
        if (!response) {
          expect(message.length < 12 || (message[2]! & 0x80) !== 0).toBe(true);
          return;
        }
        expect(response.length).toBeLessThanOrEqual(transport === "udp" ? 1232 : 65_535);
        const decoded = packet.decode(response);
        expect(decoded).toMatchObject({ type: "response", id: message.readUInt16BE(0) });
        if (decoded.questions?.length === 1) {
          const asked = message.subarray(12, 12 + message.indexOf(0, 12));
          expect(response.subarray(12, 14)).toEqual(asked.subarray(0, 2));
        }
      }),
      { numRuns: 1500 },
    );
  });

  test("repeats octets that are no text", async () => {
    const name = wire(["ÿ.\u0000 X", "w", "example", "com"]);
    const message = Buffer.concat([Buffer.from("000100000001000000000000", "hex"), name, u16(16), u16(1)]);
    const response = await answer(message, "udp", { ...world, onError: fail });
    expect(response!.subarray(12, 12 + name.length).equals(name)).toBe(true);
    expect(response!.subarray(12 + name.length + 4, 12 + name.length + 6).toString("hex")).toBe("c00c");
  });

  test("is SERVFAIL when the store fails, and the operator is told", async () => {
    const broken = await zoneWorld();
    await broken[Symbol.asyncDispose]();
    const errors: unknown[] = [];
    const message = packet.encode({ type: "query", id: 7, questions: [{ name: "a.example.com", type: "A" }] });
    const response = await answer(message, "udp", { ...broken, onError: (error) => errors.push(error) });
    expect(packet.decode(response!)).toMatchObject({ id: 7, rcode: "SERVFAIL" });
    expect(errors).toHaveLength(1);
  });
});
