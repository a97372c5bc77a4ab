import { describe, expect, test } from "vitest";
import { HOUR, later } from "#lib/duration.ts";
import { type ApprovalState, approvalStanding, attemptFrom, standingApproval } from "./approval.ts";

const START = new Date("2026-11-22T00:00:00Z");

describe("the link of a letter", () => {
  const expiresAt = later(START, 72 * HOUR);
  test.for([
    ["OPEN", 0, true, "open"],
    ["OPEN", 71, true, "open"],
    ["OPEN", 72, true, "expired"],
    ["OPEN", 1, false, "over"],
    ["OPEN", 80, false, "expired"],
    ["APPROVED", 1, false, "approved"],
    ["APPROVED", 80, false, "approved"],
    ["REFUSED", 80, false, "refused"],
    ["SUPERSEDED", 1, true, "superseded"],
  ] as const)("to what is %s after %i hours, waited for: %s, is %s", ([state, hours, wanted, standing]) => {
    expect(approvalStanding({ state, expiresAt, wanted }, later(START, hours * HOUR))).toBe(standing);
  });
});

test("an attempt takes 72 hours, its links end with the certificate that is to be renewed", () => {
  expect(attemptFrom(START, undefined)).toEqual({
    startedAt: START,
    endsAt: later(START, 72 * HOUR),
    linksUntil: later(START, 72 * HOUR),
  });
  expect(attemptFrom(START, later(START, HOUR))).toMatchObject({
    endsAt: later(START, 72 * HOUR),
    linksUntil: later(START, HOUR),
  });
});

describe("of all that was asked about a name", () => {
  const attempt = attemptFrom(START, undefined);
  const asked = (state: ApprovalState, hoursAgo: number, ...names: string[]) => ({
    state,
    attemptAt: later(START, -hoursAgo * HOUR).getTime(),
    names: names.length === 0 ? ["a.example"] : names,
  });
  test.for<[string, ReturnType<typeof asked>[], number | undefined]>([
    ["nothing counts where nothing was asked", [], undefined],
    ["an open question of this attempt counts", [asked("OPEN", 0)], 0],
    ["an open question of an earlier attempt does not", [asked("OPEN", 72)], undefined],
    ["what was superseded does not", [asked("SUPERSEDED", 0)], undefined],
    ["what is about other names does not", [asked("APPROVED", 0, "b.example")], undefined],
    ["an approval counts, also of an earlier attempt", [asked("APPROVED", 72), asked("SUPERSEDED", 0)], 0],
    ["a refusal counts, also of an earlier attempt", [asked("REFUSED", 72)], 0],
    ["an approval counts more than a refusal before it", [asked("REFUSED", 72), asked("APPROVED", 0)], 1],
    ["a question that was opened after a refusal counts more", [asked("REFUSED", 0), asked("OPEN", 0)], 1],
  ])("%s", ([, approvals, expected]) => {
    const found = standingApproval(approvals, "a.example", attempt);
    expect(found).toBe(expected === undefined ? undefined : approvals[expected]);
  });
});
