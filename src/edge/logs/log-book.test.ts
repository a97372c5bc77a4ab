import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { MINUTE } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { BALANCER, balancer } from "../../../tests/support/edge-config.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { type LogStore, type LogWarning, logBook } from "./log-book.ts";
import { type LogKind, type LogPlace, logPlace } from "./log-file.ts";

const ATTRIBUTES = {
  "access_logs.s3.enabled": "true",
  "access_logs.s3.bucket": "logs",
  "access_logs.s3.prefix": "team/a",
  "connection_logs.s3.enabled": "true",
  "connection_logs.s3.bucket": "logs",
  "connection_logs.s3.prefix": "",
};

function place(kind: LogKind = "access_logs", more: object = {}): LogPlace | undefined {
  return logPlace(kind, balancer({}, { attributes: ATTRIBUTES, address: "127.0.0.9", ...more }));
}

function book(store: Partial<LogStore> = {}) {
  const clock = testClock("2026-11-22T12:01:00Z");
  const files = new Map<string, string>();
  const warnings: LogWarning[] = [];
  let alarm: { at: number; act: () => void } | undefined;
  const timers = {
    after(delay: number, act: () => void) {
      alarm = { at: clock.now().getTime() + delay, act };
      return () => {
        alarm = undefined;
      };
    },
  };
  const made = logBook({
    store: { put: async (path, bytes) => void files.set(path, gunzipSync(bytes).toString()), ...store },
    clock,
    timers,
    ids: randomIds,
    onWarning: (warning) => warnings.push(warning),
  });
  const advance = (by: number): void => {
    clock.advance(by);
    if (alarm && alarm.at <= clock.now().getTime()) alarm.act();
  };
  return { ...made, files, warnings, advance };
}

test("lines of five minutes are one compressed file in S3's place for them", async () => {
  const logs = book();
  const log = logs.open();
  expect(log.enabled).toBe(false);
  log.write("nowhere\n");
  log.place(place());
  expect(log.enabled).toBe(true);
  log.write("one\n");
  log.write("two\n");
  logs.advance(4 * MINUTE);
  log.write("three\n");
  await logs.stop();
  expect([...logs.files.values()]).toEqual(["one\ntwo\n", "three\n"]);
  const [first, second] = [...logs.files.keys()];
  expect(first).toMatch(
    /^logs\/team\/a\/AWSLogs\/123456789012\/elasticloadbalancing\/eu-west-1\/2026\/11\/22\/123456789012_elasticloadbalancing_eu-west-1_app\.web\.0123456789abcdef_20261122T1205Z_127\.0\.0\.9_[0-9a-z]{8}\.log\.gz$/,
  );
  expect(second).toContain("_20261122T1205Z_");
});

test("the names of other logs are those that AWS gives them", async () => {
  const logs = book();
  for (const where of [
    place("connection_logs"),
    place("access_logs", { type: "network", arn: BALANCER.replace("/app/", "/net/") }),
  ]) {
    const log = logs.open();
    log.place(where);
    log.write("x\n");
  }
  await logs.stop();
  const names = [...logs.files.keys()].map((path) => path.slice(path.lastIndexOf("/") + 1).slice(0, -16));
  expect(names.toSorted()).toEqual([
    "123456789012_elasticloadbalancing_eu-west-1_net.web.0123456789abcdef_20261122T1205Z",
    "conn_log.123456789012_elasticloadbalancing_eu-west-1_app.web.0123456789abcdef_20261122T1205Z_127.0.0.9",
  ]);
});

test("a log that is switched off or moved finishes what it began", async () => {
  const logs = book();
  const log = logs.open();
  log.place(place());
  log.write("old\n");
  log.place(place("connection_logs"));
  log.write("new\n");
  log.place(undefined);
  log.write("lost\n");
  await logs.stop();
  expect([...logs.files.values()]).toEqual(["old\n", "new\n"]);
});

test("a log that was closed is written before the book is", async () => {
  const stuck = Promise.withResolvers<void>();
  const logs = book({ put: () => stuck.promise });
  const log = logs.open();
  log.place(place());
  log.write("last\n");
  log.close();
  let stopped = false;
  const stopping = logs.stop().then(() => {
    stopped = true;
  });
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
  expect(stopped).toBe(false);
  stuck.resolve();
  await stopping;
});

test("what comes while the store is stuck is dropped, and counted in a warning", async () => {
  const stuck = Promise.withResolvers<void>();
  const logs = book({ put: () => stuck.promise });
  const log = logs.open();
  log.place(place());
  const line = `${"x".repeat(1024 * 1024 - 1)}\n`;
  for (let count = 0; count < 40; count++) log.write(line);
  stuck.resolve();
  logs.advance(4 * MINUTE);
  await logs.stop();
  expect(logs.warnings).toEqual([{ log: expect.stringContaining("app.web"), dropped: 8, error: undefined }]);
});

test("a store that fails loses lines, not requests, and it is said how many", async () => {
  const error = new Error("no space left");
  const logs = book({ put: () => Promise.reject(error) });
  const log = logs.open();
  log.place(place());
  log.write("one\n");
  log.write("two\n");
  await logs.stop();
  expect(logs.warnings).toEqual([{ log: expect.any(String), dropped: 2, error }]);
});
