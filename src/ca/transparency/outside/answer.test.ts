import { generateKeyPairSync, sign } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { logIdOf, opaque, readTimestamp, timestampedBy, timestampInput } from "#ca/transparency/structures.ts";
import { LogFailure, readAnswer } from "./answer.ts";
import type { OutsideLog } from "./log-list.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const id = logIdOf(publicKey.export({ type: "spki", format: "der" }));
const log = { id: id.toString("hex"), key: publicKey } as OutsideLog;
const entry = { tbs: Buffer.from("tbs"), issuerKeyHash: Buffer.alloc(32, 7) };

function genuine(extensions = Buffer.alloc(0), timestamp = NOW.getTime()): Record<string, unknown> {
  const signature = sign("sha256", timestampInput(timestampedBy(timestamp, opaque(extensions, 2), entry)), privateKey);
  return {
    sct_version: 0,
    id: id.toString("base64"),
    timestamp,
    extensions: extensions.toString("base64"),
    signature: Buffer.concat([Buffer.from([4, 3]), opaque(signature, 2)]).toString("base64"),
  };
}
const read = (value: unknown): Buffer => readAnswer(Buffer.from(JSON.stringify(value)), log, entry, NOW);

test("a log's answer becomes a timestamp, with the extensions that the log gave", () => {
  const extensions = Buffer.from([0, 0, 5, 0, 0, 0, 0, 9]);
  const sct = readTimestamp(read({ ...genuine(extensions), more: "is no harm" }));
  expect(sct.logId.equals(id)).toBe(true);
  expect(sct.timestamp).toBe(NOW.getTime());
  expect(sct.extensions.equals(opaque(extensions, 2))).toBe(true);
});

test("whatever a log answers but the truth is a failure of that log, never a timestamp and never a crash", () => {
  const truth = genuine();
  const members = fc.constantFrom(...Object.keys(truth));
  const lies = fc.oneof(
    fc.anything(),
    fc.record({ name: members, value: fc.jsonValue() }).map(({ name, value }) => ({ ...truth, [name]: value })),
    members.map((name) => Object.fromEntries(Object.entries(truth).filter(([other]) => other !== name))),
    fc.record({ at: fc.nat(200), bit: fc.nat(7) }).map(({ at, bit }) => {
      const bytes = Buffer.from(String(truth["signature"]), "base64");
      bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
      return { ...truth, signature: bytes.toString("base64") };
    }),
  );
  fc.assert(
    fc.property(lies, (lie) => {
      const text = JSON.stringify(lie) ?? "";
      fc.pre(text !== JSON.stringify(truth));
      expect(() => readAnswer(Buffer.from(text), log, entry, NOW)).toThrow(LogFailure);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(() => readAnswer(bytes, log, entry, NOW)).toThrow(LogFailure);
    }),
  );
});

test("a timestamp may be five seconds ahead, and not older than the entry can be", () => {
  const at = (seconds: number) => () => read(genuine(undefined, NOW.getTime() + seconds * 1000));
  expect(at(5)).not.toThrow();
  expect(at(6)).toThrow("of the future: 2026-11-22T12:00:06.000Z");
  expect(at(-2 * 86_400 - 1)).toThrow("older than the entry");
});
