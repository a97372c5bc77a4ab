import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { debian } from "../support/debian.ts";
import { type Echo, echoServer } from "../support/echo.ts";

const SERVICES = ["acm", "acm-pca", "kms", "sts", "route53", "ec2", "elbv2", "apigateway", "cloudtrail", "cloudwatch"];

test("Debian's botocore reads and writes every operation it knows as we do", async () => {
  debian("python3-boto3");
  const echo: Echo = { input: undefined, output: undefined, failure: undefined };
  const door = await echoServer(echo);
  onTestFinished(() => door.stop());
  const teller = createServer((_, response) => {
    response.end(JSON.stringify({ input: plain(echo.input), output: plain(echo.output) }));
    echo.input = undefined;
    echo.output = undefined;
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void teller.close());
  await once(teller, "listening");

  const script = new URL("botocore_round_trip.py", import.meta.url).pathname;
  const ports = [door.port, (teller.address() as AddressInfo).port].map(String);
  const { stdout } = await promisify(execFile)("/usr/bin/python3", [script, ...ports, ...SERVICES]);
  const { operations, wrong } = JSON.parse(stdout) as { operations: number; wrong: object };
  expect(wrong).toEqual({});
  expect(operations).toBeGreaterThan(300);
});

/** Values as the script writes them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $blob: Buffer.from(value).toString("base64") };
  if (value instanceof Date) return { $time: value.getTime() };
  if (value instanceof String) return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, content]) => content !== undefined);
  return Object.fromEntries(entries.map(([key, content]) => [key, plain(content)]));
}
