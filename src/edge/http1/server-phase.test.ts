import { describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "#lib/duration.ts";
import {
  deadline,
  endMeans,
  FAREWELL,
  holdsBack,
  LONGEST_HEAD_TIME,
  LONGEST_LAST_WORDS,
  type Phase,
  type Standing,
} from "./server-phase.ts";

const TIMES = { opened: 1_000, heard: 50_000, headBegan: 20_000, closing: 60_000 };
const PATIENCE = { idle: 4 * MINUTE, life: HOUR };
const AT_REST: Standing = { begun: false, paused: false, owesReading: false };
const NEVER = Number.POSITIVE_INFINITY;

describe("a client's time is up", () => {
  test.for<[string, Phase, Partial<Standing>, Partial<typeof PATIENCE>, number]>([
    ["that asks nothing, after the idle time", "head", {}, {}, 50_000 + PATIENCE.idle],
    ["that asks nothing, when its connection is old", "head", {}, { life: MINUTE }, 1_000 + MINUTE],
    ["that sends a head slowly, however fast", "head", { begun: true }, {}, 20_000 + LONGEST_HEAD_TIME],
    ["that stops within a head", "head", { begun: true }, { idle: SECOND }, 51_000],
    ["that sends a body, after the idle time", "body", {}, {}, 50_000 + PATIENCE.idle],
    ["whose body we do not read", "body", { paused: true }, {}, NEVER],
    ["that waits for its answer", "answer", {}, {}, NEVER],
    ["that does not take its answer", "answer", { owesReading: true }, {}, 50_000 + PATIENCE.idle],
    ["whose tunnel is silent", "tunnel", {}, {}, 50_000 + PATIENCE.idle],
    ["that was told goodbye", "closing", {}, {}, 60_000 + FAREWELL],
    ["that takes our last words slowly", "closing", { owesReading: true }, {}, 60_000 + LONGEST_LAST_WORDS],
    ["that takes them slowly, with a short idle time", "closing", { owesReading: true }, { idle: SECOND }, 61_000],
  ])("%s", ([, phase, standing, patience, at]) => {
    expect(deadline(phase, TIMES, { ...AT_REST, ...standing }, { ...PATIENCE, ...patience })).toBe(at);
  });
});

test.for<[phase: Phase, isWaiting: boolean, taker: boolean | undefined, isFull: boolean, holds: boolean]>([
  ["head", false, undefined, true, false],
  ["head", true, undefined, false, false],
  ["head", true, undefined, true, true],
  ["body", false, undefined, false, false],
  ["body", true, undefined, false, true],
  ["body", false, false, false, true],
  ["body", true, true, false, false],
  ["answer", false, undefined, false, false],
  ["answer", true, undefined, false, true],
  ["tunnel", false, undefined, false, true],
  ["tunnel", true, true, true, false],
  ["closing", true, undefined, true, false],
  ["closed", true, undefined, true, false],
])(
  "in %s, with something waiting: %s, a taker: %s, full: %s, nothing is read: %s",
  ([phase, isWaiting, taker, isFull, holds]) => {
    expect(holdsBack(phase, isWaiting, taker, isFull)).toBe(holds);
  },
);

test.for<[phase: Phase, isWaiting: boolean, mayBeHalfOpen: boolean, means: ReturnType<typeof endMeans>]>([
  ["head", true, true, "goodbye"],
  ["body", true, true, undefined],
  ["body", false, true, "gone"],
  ["answer", false, true, undefined],
  ["answer", false, false, "gone"],
  ["tunnel", true, true, undefined],
  ["tunnel", false, true, "tunnel-ended"],
  ["closing", false, false, undefined],
  ["closed", false, false, undefined],
])(
  "in %s, with something waiting: %s, half open: %s, the end means: %s",
  ([phase, isWaiting, mayBeHalfOpen, means]) => {
    expect(endMeans(phase, isWaiting, mayBeHalfOpen)).toBe(means);
  },
);
