import packet, { type Answer } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readName } from "./read-name.ts";
import { readResponse } from "./read-response.ts";
import { type QuestionType, readRecordData } from "./resolved-record.ts";
import { responseReason } from "./response-reason.ts";

const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
const host = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join("."));
const record = fc.oneof(
  fc.record({ type: fc.constant("A" as const), name: host, data: fc.ipV4() }),
  fc.record({ type: fc.constantFrom("CNAME" as const, "NS" as const), name: host, data: host }),
  fc.record({
    type: fc.constant("MX" as const),
    name: host,
    data: fc.record({ preference: fc.nat(65_535), exchange: host }),
  }),
  fc.record({
    type: fc.constant("CAA" as const),
    name: host,
    data: fc.record({
      flags: fc.nat(255),
      tag: fc.constantFrom("issue" as const, "issuewild" as const, "iodef" as const),
      value: fc.stringMatching(/^[ -~]{0,40}$/),
    }),
  }),
  fc.record({ type: fc.constant("TXT" as const), name: host, data: fc.constant([Buffer.from("a"), Buffer.from("b")]) }),
) as fc.Arbitrary<Answer>;

describe("a response", () => {
  test("is read as an independent decoder reads it, names that repeat by pointer included", () => {
    fc.assert(
      fc.property(host, fc.array(record, { maxLength: 8 }), fc.nat(65_535), (name, answers, id) => {
        const message = packet.encode({
          type: "response",
          id,
          flags: packet.AUTHORITATIVE_ANSWER,
          questions: [{ name, type: "A" }],
          answers,
        });
        const theirs = packet.decode(message);
        const ours = readResponse(message);
        expect(ours).toMatchObject({ id, authoritative: true, truncated: false, code: 0 });
        expect(ours?.answers.map((one) => one.name)).toEqual(theirs.answers?.map((one) => `${one.name}.`));
        for (const [index, { type, message: bytes, start, end }] of (ours?.answers ?? []).entries()) {
          const expected = theirs.answers![index]! as Answer & { data: unknown };
          const read = readRecordData(expected.type as QuestionType, bytes, start, end);
          expect(type).toBeGreaterThan(0);
          expect(read?.value).toBe(shown(expected));
        }
      }),
    );
  });

  test("is read or refused whatever its bytes, without ever throwing or hanging", () => {
    const header = Buffer.from("00008000000100030001000100", "hex");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, withHeader) => {
        const message = Buffer.concat([withHeader ? header.subarray(0, 12) : Buffer.alloc(0), bytes]);
        const read = readResponse(message);
        for (const { start, end } of read?.answers ?? []) {
          for (const type of TYPES) readRecordData(type, message, start, end);
          expect(end).toBeLessThanOrEqual(message.length);
        }
        if (read) responseReason(read);
      }),
      { numRuns: 500 },
    );
  });

  test("that was changed or cut anywhere is still read or refused", () => {
    const message = packet.encode({
      type: "response",
      id: 7,
      questions: [{ name: "www.example.com", type: "CNAME" }],
      answers: [
        { type: "CNAME", name: "www.example.com", data: "a.example.com" },
        { type: "SOA", name: "example.com", data: { mname: "ns.example.com", rname: "x.example.com", serial: 3 } },
      ],
    });
    fc.assert(
      fc.property(fc.nat(message.length), fc.nat(255), fc.nat(message.length), (at, octet, length) => {
        const changed = Buffer.from(message.subarray(0, length));
        if (at < changed.length) changed[at] = octet;
        for (const { start, end } of readResponse(changed)?.answers ?? []) {
          for (const type of TYPES) readRecordData(type, changed, start, end);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("says why it failed, in the words of RFC 8914, cleaned of what is not text", () => {
    const option = (code: number, text: string): Buffer =>
      Buffer.concat([Buffer.of(0, 15, 0, text.length + 2, code >> 8, code & 0xff), Buffer.from(text)]);
    const options = Buffer.concat([option(6, "bad\u0000\u001bsignature"), option(4711, "")]);
    const opt = Buffer.concat([Buffer.from("0000290000000000000000", "hex"), options]);
    opt.writeUInt16BE(options.length, 9);
    const question = Buffer.from("0161000001" + "0001", "hex");
    const message = Buffer.concat([Buffer.from("000080020001000000000001", "hex"), question, opt]);
    expect(responseReason(readResponse(message)!)).toBe(
      "answered SERVFAIL (DNSSEC Bogus: bad  signature; extended error 4711)",
    );
  });

  test("with two questions, with none, or that is a query, is not heard", () => {
    for (const head of ["000080000002", "000080000000", "000000000001"]) {
      expect(readResponse(Buffer.from(`${head}0000000000000000010001`, "hex"))).toBeUndefined();
    }
  });
});

test("a name whose pointers lead forward, to themselves or in a circle is malformed", () => {
  expect(readName(Buffer.from("c000", "hex"), 0)).toBeUndefined();
  expect(readName(Buffer.from("c002c000", "hex"), 0)).toBeUndefined();
  expect(readName(Buffer.from("0161c0000162c002", "hex"), 4)).toBeUndefined();
  expect(readName(Buffer.from("01610001", "hex"), 0)).toEqual({ name: "a.", end: 3 });
  expect(readName(Buffer.from("0003612e62c001", "hex").subarray(1), 0)).toBeUndefined();
});

test("a dot within a label stays one label", () => {
  expect(readName(Buffer.from("03612e6200", "hex"), 0)?.name).toBe("a\\056b.");
});

function shown({ type, data }: Answer & { data: unknown }): string {
  if (type === "MX") {
    const { preference, exchange } = data as { preference: number; exchange: string };
    return `${preference} ${exchange}`;
  }
  if (type === "CAA") {
    const { flags, tag, value } = data as { flags: number; tag: string; value: string };
    return `${flags} ${tag} "${value.replace(/["\\]/g, "\\$&")}"`;
  }
  return type === "TXT" ? "ab" : String(data);
}

const TYPES: readonly QuestionType[] = ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SOA", "TXT"];
