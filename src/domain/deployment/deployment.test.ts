import { expect, test } from "vitest";
import { HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { type DeploymentFacts, nextDeploymentStep, type Place } from "./deployment.ts";

const NOW = new Date("2026-11-22T12:00:00Z");

const place = (more: Partial<Place> = {}): Place => ({
  edge: "local",
  listenerArn: "listener",
  refusal: undefined,
  sighting: { serial: "02", others: false },
  ...more,
});

const facts = (more: Partial<DeploymentFacts> = {}): DeploymentFacts => ({
  state: "IN_PROGRESS",
  serial: "02",
  startedAt: NOW,
  changedAt: NOW,
  looks: 0,
  attempts: 0,
  backUntil: later(NOW, 90 * 24 * HOUR),
  places: [place()],
  ...more,
});

const old = { sighting: { serial: "01", others: false } } as const;
const refused = (since: Date) => ({ ...old, refusal: { reason: "KMS said no", since } });

test("it is deployed when every edge was seen serving it", () => {
  expect(nextDeploymentStep(facts({ places: [place(), place({ edge: "second" })] }), NOW)).toEqual({
    kind: "deployed",
  });
});

test("one edge that still shows the old version keeps it open, and says which", () => {
  expect(nextDeploymentStep(facts({ places: [place(), place({ edge: "second", ...old })] }), NOW)).toEqual({
    kind: "wait",
    problem: "the edge second at listener: still shows 01",
    again: later(NOW, SECOND / 4),
  });
});

test("an edge that cannot be reached is looked at less and less often", () => {
  const places = [place({ sighting: { problem: "connect ECONNREFUSED" } })];
  const pause = (looks: number) => {
    const step = nextDeploymentStep(facts({ places, looks }), NOW);
    return step.kind === "wait" && step.again ? step.again.getTime() - NOW.getTime() : undefined;
  };
  expect([0, 1, 4, 30].map(pause)).toEqual([250, 500, 4 * SECOND, 5 * MINUTE]);
});

test("another certificate of the same listener that answers for the name proves nothing against it", () => {
  const places = [place({ sighting: { serial: "77", others: true } })];
  expect(nextDeploymentStep(facts({ places }), NOW)).toEqual({ kind: "deployed" });
});

test("without a listener it waits for one, and does not look", () => {
  expect(nextDeploymentStep(facts({ places: [] }), NOW)).toEqual({
    kind: "wait",
    problem: "no edge listens with it yet",
  });
});

test("an edge that cannot serve it for two minutes takes all of them back to the version before", () => {
  const soon = facts({ places: [place(), place({ edge: "second", ...refused(later(NOW, -MINUTE)) })] });
  expect(nextDeploymentStep(soon, NOW).kind).toBe("wait");
  const late = facts({ places: [place(), place({ edge: "second", ...refused(later(NOW, -2 * MINUTE)) })] });
  expect(nextDeploymentStep(late, NOW)).toEqual({
    kind: "roll-back",
    problem: "the edge second cannot serve 02: KMS said no",
    again: later(NOW, HOUR),
  });
});

test("where there is nothing to go back to it is waited for", () => {
  const step = nextDeploymentStep(facts({ backUntil: undefined, places: [place(refused(later(NOW, -HOUR)))] }), NOW);
  expect(step).toMatchObject({ kind: "wait", problem: "the edge local cannot serve 02: KMS said no" });
});

test("after a roll-back it is tried again: after an hour, then two, four …, or when the version before ends", () => {
  const back = (attempts: number, since: Date, backUntil: Date | undefined = later(NOW, 90 * 24 * HOUR)) =>
    nextDeploymentStep(facts({ state: "ROLLED_BACK", attempts, changedAt: since, backUntil, places: [] }), NOW);
  expect(back(1, NOW)).toMatchObject({ kind: "wait", again: later(NOW, HOUR) });
  expect(back(3, NOW)).toMatchObject({ kind: "wait", again: later(NOW, 4 * HOUR) });
  expect(back(9, NOW)).toMatchObject({ kind: "wait", again: later(NOW, 24 * HOUR) });
  expect(back(1, later(NOW, -HOUR))).toEqual({ kind: "try-again" });
  expect(back(9, NOW, later(NOW, 3 * HOUR))).toMatchObject({ kind: "wait", again: later(NOW, 3 * HOUR) });
  expect(back(9, NOW, NOW)).toEqual({ kind: "try-again" });
});
