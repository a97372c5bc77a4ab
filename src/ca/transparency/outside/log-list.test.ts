import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { logIdOf } from "#ca/transparency/structures.ts";
import { LogListError, readLogList, takesUntil } from "./log-list.ts";

function entry(more: Record<string, unknown> = {}, curve = "prime256v1"): Record<string, unknown> {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: curve });
  const key = publicKey.export({ type: "spki", format: "der" });
  return {
    description: "Kiln 2027h1",
    log_id: logIdOf(key).toString("base64"),
    key: key.toString("base64"),
    url: "https://ct.kiln.example/2027h1/",
    mmd: 86400,
    state: { usable: { timestamp: "2026-01-01T00:00:00Z" } },
    temporal_interval: { start_inclusive: "2027-01-01T00:00:00Z", end_exclusive: "2027-07-01T00:00:00Z" },
    ...more,
  };
}
const list = (logs: readonly unknown[], tiled: readonly unknown[] = []): string =>
  JSON.stringify({
    version: "60.1",
    operators: [{ name: "Kiln", email: ["ct@kiln.example"], logs, tiled_logs: tiled }],
  });

test("logs of both kinds are read, those that take entries", () => {
  const tiled = entry({ url: undefined, submission_url: "https://log.kiln.example/tiled", state: undefined });
  const states = ["pending", "readonly", "retired", "rejected"].map((state) => entry({ state: { [state]: {} } }));
  const qualified = entry({ state: { qualified: {} }, temporal_interval: undefined });
  const watching = entry({ log_type: "monitoring_only" });
  const logs = readLogList(list([entry(), ...states, qualified, watching], [tiled]));
  expect(logs.map(({ url, operator }) => [url, operator])).toEqual([
    ["https://ct.kiln.example/2027h1/", "Kiln"],
    ["https://ct.kiln.example/2027h1/", "Kiln"],
    ["https://log.kiln.example/tiled/", "Kiln"],
  ]);
  expect(logs.map((log) => takesUntil(log, new Date("2027-07-01T00:00:00Z")))).toEqual([false, true, false]);
  expect(logs.map((log) => takesUntil(log, new Date("2027-01-01T00:00:00Z")))).toEqual([true, true, true]);
});

test.for([
  ["no JSON", "{", "it is not JSON"],
  ["no list", "[]", "it is no list of logs"],
  ["a key of another kind", list([entry({}, "secp384r1")]), "its key is neither P-256 nor RSA"],
  ["a key that is none", list([entry({ key: "AAAA" })]), "its key is neither"],
  ["the id of another log", list([entry({ log_id: Buffer.alloc(32).toString("base64") })]), "its log_id is not"],
  ["clear HTTP", list([entry({ url: "http://ct.kiln.example/" })]), '"http://ct.kiln.example/" is no https:// URL'],
  ["a query", list([entry({ url: "https://ct.kiln.example/?a" })]), "without a query"],
  ["no URL", list([entry({ url: undefined })]), '"" is no https:// URL'],
  [
    "an interval that runs backwards",
    list([
      entry({ temporal_interval: { start_inclusive: "2027-07-01T00:00:00Z", end_exclusive: "2027-01-01T00:00:00Z" } }),
    ]),
    "its temporal_interval is not",
  ],
] as const)("refuses %s: %s", ([, content, message]) => {
  expect(() => readLogList(content)).toThrow(LogListError);
  expect(() => readLogList(content)).toThrow(message);
});

test("refuses a log that stands there twice", () => {
  const one = entry();
  expect(() => readLogList(list([one], [one]))).toThrow("has the key of another log");
});

test("anything else is refused in words", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const content = JSON.stringify({ operators: [{ name: "x", logs: [{ ...entry(), ...(value as object) }] }] });
      for (const text of [content, JSON.stringify(value)]) {
        try {
          readLogList(text);
        } catch (error) {
          expect(error).toBeInstanceOf(LogListError);
        }
      }
    }),
    { numRuns: 50 },
  );
});
