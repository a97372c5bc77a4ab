import { expect, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeMessage } from "#domain/edge-messages.ts";
import { reports } from "./reports.ts";

const LB = "lb" as LoadBalancerArn;
const C = "c" as CertificateArn;
const serving = (serial: string): EdgeMessage => ({
  kind: "serving",
  loadBalancerArn: LB,
  certificates: [{ certificateArn: C, serial }],
});
const listening = (port: number, error?: string): EdgeMessage => ({
  kind: "listening",
  loadBalancerArn: LB,
  listeners: [{ listenerArn: "l", address: "127.0.0.1", port, ...(error === undefined ? {} : { error }) }],
});
const dropped = (connections: number): EdgeMessage => ({
  kind: "key-dropped",
  loadBalancerArn: LB,
  certificateArn: C,
  connections,
});

/** Two workers that are counted. */
function two() {
  const said = reports();
  said.joined(1);
  said.joined(2);
  return said;
}

test("a version is served when every worker serves it, and that is said once", () => {
  const said = two();
  expect(said.heard(1, serving("a"))).toEqual([]);
  expect(said.heard(2, serving("a"))).toEqual([serving("a")]);
  expect(said.heard(2, serving("a"))).toEqual([]);
  expect(said.heard(1, serving("b"))).toEqual([]);
  expect(said.present()).toEqual([]);
  expect(said.heard(2, serving("b"))).toEqual([serving("b")]);
  expect(said.present()).toEqual([serving("b")]);
});

test("a worker that is gone is not waited for, and one that begins counts from when it serves", () => {
  const said = two();
  said.heard(1, serving("b"));
  expect(said.left(2)).toEqual([serving("b")]);
  expect(said.heard(3, serving("a"))).toEqual([]);
  expect(said.present()).toEqual([serving("b")]);
  expect(said.joined(3)).toEqual([]);
  expect(said.heard(3, serving("b"))).toEqual([]);
  expect(said.present()).toEqual([serving("b")]);
});

test("a listener listens once; one worker that cannot puts it in trouble until it can, or goes", () => {
  const said = two();
  expect(said.heard(1, listening(443))).toEqual([listening(443)]);
  expect(said.heard(2, listening(443))).toEqual([]);
  expect(said.heard(2, listening(0, "why"))).toEqual([listening(0, "why")]);
  expect(said.left(2)).toEqual([listening(443)]);
});

test("connections that end with a key are summed, and told when every worker has dropped it or followed on", () => {
  const said = two();
  said.heard(1, serving("a"));
  said.heard(2, serving("a"));
  expect(said.heard(1, dropped(3))).toEqual([]);
  expect(said.heard(2, dropped(4))).toEqual([dropped(7)]);
  expect(said.present()).toEqual([]);
  expect(said.heard(1, dropped(1))).toEqual([]);
  expect(said.followed()).toEqual([dropped(1)]);
  expect(said.followed()).toEqual([]);
});

test("what is served again after it was dropped is told again", () => {
  const said = two();
  for (const worker of [1, 2]) said.heard(worker, serving("a"));
  for (const worker of [1, 2]) said.heard(worker, dropped(0));
  said.heard(1, serving("a"));
  expect(said.heard(2, serving("a"))).toEqual([serving("a")]);
});

test("a version that cannot be served is told by the first worker, once", () => {
  const said = two();
  const refused: EdgeMessage = {
    kind: "cannot-serve",
    loadBalancerArn: LB,
    certificateArn: C,
    serial: "a",
    reason: "why",
  };
  expect(said.heard(1, refused)).toEqual([refused]);
  expect(said.heard(2, refused)).toEqual([]);
  expect(said.present()).toEqual([refused]);
  said.retry(LB, C);
  expect(said.present()).toEqual([]);
  expect(said.heard(1, refused)).toEqual([refused]);
  expect(said.heard(1, serving("a"))).toEqual([]);
  expect(said.heard(2, serving("a"))).toEqual([serving("a")]);
  expect(said.present()).toEqual([serving("a")]);
});

test("measurements of a minute are summed when every worker has told them, or is gone", () => {
  const said = two();
  const minute = (at: number, sum: number): EdgeMessage => ({
    kind: "metrics",
    at,
    samples: [{ loadBalancerArn: LB, name: "RequestCount", count: 1, sum, least: sum, most: sum }],
  });
  expect(said.heard(1, minute(60_000, 5))).toEqual([]);
  expect(said.heard(2, minute(60_000, 7))).toEqual([
    { kind: "metrics", at: 60_000, samples: [expect.objectContaining({ count: 2, sum: 12, least: 5, most: 7 })] },
  ]);
  expect(said.heard(1, minute(120_000, 1))).toEqual([]);
  expect(said.left(2)).toEqual([minute(120_000, 1)]);
});
