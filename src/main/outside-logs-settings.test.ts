import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import { MINUTE } from "#lib/duration.ts";
import { systemTimers } from "#lib/timers.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { testTimers } from "../../tests/support/test-timers.ts";
import { ConfigError } from "./config-error.ts";
import { keepOutsideLogs } from "./keep-outside-logs.ts";
import { noteOutsideLogs } from "./note-outside-logs.ts";
import { configuredOutsideLogs, type OutsideLogsConfig } from "./outside-logs-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "sealkeeper-logs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "log_list.json");
const deps = { timers: systemTimers, onFailure: () => {} };

function settings(operators: readonly string[], more: Partial<OutsideLogsConfig> = {}): OutsideLogsConfig {
  const list = operators.map((name) => {
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const key = publicKey.export({ type: "spki", format: "der" }).toString("base64");
    const interval = { start_inclusive: "2027-01-01T00:00:00Z", end_exclusive: "2028-01-01T00:00:00Z" };
    return { name, logs: [{ description: name, url: `https://${name}.example/`, key, temporal_interval: interval }] };
  });
  writeFileSync(path, JSON.stringify({ operators: list }));
  return {
    "outside-logs": path,
    "outside-logs-needed": 2,
    "outside-logs-operators": 2,
    "outside-logs-missing": "wait",
    "outside-logs-ca": "",
    ...more,
  };
}

test("without a list nobody is told", () => {
  expect(configuredOutsideLogs(settings([], { "outside-logs": "" }), deps)).toBeUndefined();
});

test.for([
  [
    "a list that is not there",
    ["a", "b"],
    { "outside-logs": "/nowhere/list" },
    "outside-logs: /nowhere/list cannot be read",
  ],
  ["too few logs", ["a"], {}, "outside-logs: 1 logs of 1 operators take new entries, and 2 of 2 are needed"],
  ["too few operators", ["a", "a"], {}, "2 logs of 1 operators"],
  ["more operators than logs", ["a", "b"], { "outside-logs-operators": 3 }, "outside-logs-operators is more than"],
  ["trust that is none", ["a", "b"], { "outside-logs-ca": path }, "holds no PEM certificates"],
] as const)("%s is refused, by the name of the setting", ([, operators, more, message]) => {
  const config = settings(operators, more);
  expect(() => configuredOutsideLogs(config, deps)).toThrow(ConfigError);
  expect(() => configuredOutsideLogs(config, deps)).toThrow(message);
});

test.for([
  ["2026-11-22T12:00:00Z", "logs of others are told of certificates"],
  ["2027-11-22T12:00:00Z", "too few logs of the list take certificates that end 2028-06-07: get a newer list"],
] as const)("a start at %s says: %s", ([time, message]) => {
  const logs = configuredOutsideLogs(settings(["a", "b"]), deps)!;
  const lines: string[] = [];
  noteOutsideLogs(logs, { now: () => new Date(time) }, pino({}, { write: (line) => void lines.push(line) }));
  logs.close();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(message);
});

test("a list that is replaced is in force within a minute; one that cannot be used is told of once and changes nothing", () => {
  const clock = testClock("2026-11-22T12:00:00Z");
  const timers = testTimers(clock);
  const config = settings(["a", "b"]);
  const logs = configuredOutsideLogs(config, deps)!;
  const lines: string[] = [];
  const log = pino({}, { write: (line) => void lines.push(line) });
  const end = keepOutsideLogs(logs, config, { clock, timers, log });
  const operators = (): readonly string[] => logs.logs.map(({ operator }) => operator);
  timers.advance(5 * MINUTE);
  expect(lines).toEqual([expect.stringContaining("logs of others are told of certificates")]);
  lines.length = 0;

  settings(["b", "c", "d"]);
  timers.advance(MINUTE);
  expect(operators()).toEqual(["b", "c", "d"]);
  expect(lines).toEqual([expect.stringContaining("logs of others are told of certificates")]);

  for (const unusable of ["{", JSON.stringify({ operators: [] })]) {
    lines.length = 0;
    writeFileSync(path, unusable);
    timers.advance(5 * MINUTE);
    expect(lines).toEqual([expect.stringContaining("the one before stays in force")]);
    expect(operators()).toEqual(["b", "c", "d"]);
  }
  lines.length = 0;
  for (const away of [() => rmSync(path), () => symlinkSync(path, path)]) {
    away();
    timers.advance(5 * MINUTE);
  }
  expect(lines).toHaveLength(2);
  expect(operators()).toEqual(["b", "c", "d"]);
  rmSync(path);
  settings(["c", "e"]);
  timers.advance(MINUTE);
  expect(operators()).toEqual(["c", "e"]);

  end();
  expect(timers.waiting).toBe(0);
  logs.close();
});
