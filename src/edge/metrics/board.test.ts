import { expect, test } from "vitest";
import type { LoadBalancerArn } from "#domain/arn.ts";
import { metricsBoard } from "./board.ts";
import { connectionMeter } from "./connections.ts";
import { flowMeter } from "./flows.ts";

const ONE = "arn:one" as LoadBalancerArn;
const TWO = "arn:two" as LoadBalancerArn;

test("counts are taken once, and nothing is said of what did not happen", () => {
  const board = metricsBoard();
  const meters = board.meters(ONE);
  meters.of("RequestCount").add(1);
  meters.of("TargetResponseTime", "group").add(0.25);
  meters.of("TargetResponseTime", "group").add(0.75);
  meters.of("HTTPCode_ELB_4XX_Count");
  expect(board.take()).toEqual([
    { loadBalancerArn: ONE, targetGroupArn: undefined, name: "RequestCount", count: 1, sum: 1, least: 1, most: 1 },
    {
      loadBalancerArn: ONE,
      targetGroupArn: "group",
      name: "TargetResponseTime",
      count: 2,
      sum: 1,
      least: 0.25,
      most: 0.75,
    },
  ]);
  expect(board.take()).toEqual([]);
});

test("a load balancer that is forgotten says its last word, and what is added later is its successor's", () => {
  const board = metricsBoard();
  board.meters(ONE).of("RequestCount").add(1);
  board.meters(TWO).of("RequestCount").add(1);
  board.forget(ONE);
  expect(board.take().map(({ loadBalancerArn }) => loadBalancerArn)).toEqual([ONE, TWO]);
  board.meters(ONE).of("RequestCount").add(1);
  expect(board.take()).toHaveLength(1);
});

test("series of target groups that are gone end with the minute", () => {
  const board = metricsBoard();
  const meters = board.meters(ONE);
  const old = meters.of("RequestCount", "old");
  old.add(1);
  meters.keep(["new"]);
  expect(board.take()).toHaveLength(1);
  expect(meters.of("RequestCount", "old")).not.toBe(old);
});

test("connections are active until they are gone", () => {
  const board = metricsBoard();
  const meter = connectionMeter(board.meters(ONE));
  const close = meter.opened();
  meter.opened();
  close();
  close();
  const taken = new Map(board.take().map(({ name, sum }) => [name, sum]));
  expect(taken).toEqual(
    new Map([
      ["NewConnectionCount", 2],
      ["ActiveConnectionCount", 1],
    ]),
  );
});

test("flows count for their protocol and for all", () => {
  const board = metricsBoard();
  const flows = flowMeter(board.meters(ONE), "TLS");
  const flow = flows.opened();
  flow.processed(10);
  flow.processed(5);
  const before = Object.fromEntries(board.take().map(({ name, sum }) => [name, sum]));
  expect(before).toMatchObject({ NewFlowCount_TLS: 1, ActiveFlowCount: 1, ActiveFlowCount_TLS: 1, ProcessedBytes: 15 });
  flow.ended("client");
  flow.ended();
  expect(board.take().map(({ name, sum }) => [name, sum])).toEqual([["TCP_Client_Reset_Count", 1]]);
});
