import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readConfig } from "./config.ts";
import { configuredEvents, type EventSettings } from "./event-settings.ts";

function file(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-events-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, "file");
  writeFileSync(path, content);
  return path;
}

const configured = (flags: Record<string, string>): EventSettings =>
  configuredEvents(readConfig({ flags, environment: {} }));

describe("settings of events", () => {
  test("nobody has events, and they are kept for 30 days, unless told", () => {
    const { webhooks, writeEvent, trusted, retention } = configured({});
    expect([webhooks.size, writeEvent, trusted, retention]).toEqual([0, undefined, undefined, 30 * 86_400_000]);
  });

  test("webhooks have each secret of the file, and trust what is configured beside the public roots", () => {
    const secrets = file("0123456789abcdef\r\n\nfedcba9876543210");
    const ca = file("-----BEGIN CERTIFICATE-----\n");
    const { webhooks, trusted } = configured({
      "event-webhook": "https://a.example/x?y=1, http://127.0.0.1:8080/",
      "event-webhook-secret-file": secrets,
      "event-ca": ca,
    });
    expect([...webhooks.keys()]).toEqual(["webhook:https://a.example/x?y=1", "webhook:http://127.0.0.1:8080/"]);
    expect([...webhooks.values()][0]?.secrets.map(({ bytes }) => bytes.toString())).toEqual([
      "0123456789abcdef",
      "fedcba9876543210",
    ]);
    expect(trusted?.length).toBeGreaterThan(50);
  });

  test.for([
    [{ "event-webhook": "http://a.example/" }, "is not a https:// URL without credentials"],
    [{ "event-webhook": "https://user:pass@a.example/" }, "is not a https:// URL without credentials"],
    [{ "event-webhook": "https://a.example/" }, "event-webhook needs event-webhook-secret-file"],
    [{ "event-webhook": "https://a.example/", "event-webhook-secret-file": "/none" }, "cannot be read"],
    [{ "event-ca": "/dev/null" }, "holds no PEM certificate"],
    [{ events: "stderr" }, '"stderr" is not stdout'],
    [{ "events-retention": "1d" }, "at least 2d"],
  ] as const)("%j is refused", ([flags, message]) => {
    expect(() => configured(flags)).toThrow(message);
  });

  test("a short secret is refused, and not told", () => {
    const flags = {
      "event-webhook": "https://a.example/",
      "event-webhook-secret-file": file("long enough, it is\nhunter2"),
    };
    expect(() => configured(flags)).toThrow("must have at least 16 characters");
    expect(() => configured(flags)).not.toThrow("hunter2");
  });
});
