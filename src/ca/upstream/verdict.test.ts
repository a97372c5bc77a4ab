import { describe, expect, test } from "vitest";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { Misconfigured } from "./account.ts";
import { Unreachable } from "./https-exchange.ts";
import { WronglyIssued } from "./issued-chain.ts";
import { AcmeProblem } from "./problem.ts";
import { judge, OrderInvalid } from "./verdict.ts";

const now = new Date("2026-11-22T12:00:00Z");
const order = {
  state: "ordered",
  tries: 0,
  attempt: 1,
  expiresAt: null,
  madeAt: now.getTime(),
  replaces: null,
} as const;
const problem = (type: string, status = 400, retryAt?: Date): AcmeProblem =>
  new AcmeProblem(status, { type, detail: "", parts: [] }, retryAt);

/** In milliseconds from now. */
const told = (error: unknown, more: Partial<Parameters<typeof judge>[1]> = {}): unknown => {
  const verdict = judge(error, { ...order, ...more }, now);
  if (verdict?.kind === "again") return ["again", verdict.at.getTime() - now.getTime()];
  return verdict?.kind === "over"
    ? ["over", verdict.retryAt.getTime() - now.getTime(), verdict.refusal]
    : verdict?.kind;
};

describe("an order whose step failed", () => {
  test("is tried again after what may pass by itself, with growing pauses", () => {
    expect(told(new Unreachable("down"))).toEqual(["again", 2 * SECOND]);
    expect(told(new Unreachable("down"), { tries: 3 })).toEqual(["again", 16 * SECOND]);
    expect(told(problem("serverInternal", 500))).toEqual(["again", 2 * SECOND]);
    expect(told(problem("", 503, later(now, MINUTE)))).toEqual(["again", MINUTE]);
    expect(told(problem("accountDoesNotExist"))).toEqual(["again", 2 * SECOND]);
    expect(told(problem("badNonce"))).toEqual(["again", 2 * SECOND]);
  });

  test("gives way to the next CA at once where nothing is at this one yet, later where something is", () => {
    expect(told(new Unreachable("down"), { state: "new", tries: 3 })).toEqual(["over", MINUTE, undefined]);
    expect(told(new Unreachable("down"), { tries: 9 })).toMatchObject(["again", 15 * MINUTE]);
    expect(told(new Unreachable("down"), { tries: 10 })).toEqual(["over", MINUTE, undefined]);
  });

  test("is followed to its end where a certificate may have been issued", () => {
    expect(told(new Unreachable("down"), { state: "finalizing", tries: 500 })).toEqual(["again", 15 * MINUTE]);
    const expired = { state: "finalizing", expiresAt: now.getTime() } as const;
    expect(told(new Unreachable("down"), expired)).toEqual(["over", MINUTE, undefined]);
    expect(told(new Unreachable("down"), { state: "finalizing", madeAt: now.getTime() - 7 * DAY })).toEqual([
      "over",
      MINUTE,
      undefined,
    ]);
  });

  test("is over for as long as the CA wants to be left alone", () => {
    expect(told(problem("rateLimited", 429))).toEqual(["over", HOUR, undefined]);
    expect(told(problem("rateLimited", 429, later(now, DAY)))).toEqual(["over", DAY, undefined]);
    expect(told(problem("rateLimited", 429, later(now, SECOND)), { attempt: 4 })).toEqual([
      "over",
      8 * MINUTE,
      undefined,
    ]);
    expect(told(problem("unauthorized", 403), { attempt: 40 })).toEqual(["over", 6 * HOUR, undefined]);
  });

  test("is refused for good for a few reasons only, also where they are a part of others", () => {
    expect(told(problem("rejectedIdentifier"))).toEqual(["over", MINUTE, "DOMAIN_NOT_ALLOWED"]);
    const parts = [
      { type: "dns", detail: "", name: "a.com" },
      { type: "caa", detail: "", name: "b.com" },
    ];
    expect(told(new OrderInvalid({ type: "compound", detail: "", parts }, ""))).toEqual(["over", MINUTE, "CAA_ERROR"]);
    expect(told(new OrderInvalid({ type: "unauthorized", detail: "", parts: [] }, ""))).toEqual([
      "over",
      MINUTE,
      undefined,
    ]);
    expect(told(new OrderInvalid(undefined, "it says nothing"))).toEqual(["over", MINUTE, undefined]);
    expect(told(new WronglyIssued("another key"))).toEqual(["over", MINUTE, undefined]);
  });

  test("waits but a little for the operator", () => {
    expect(told(new Misconfigured("terms"), { attempt: 30 })).toEqual(["over", 10 * MINUTE, undefined]);
  });

  test("is placed without a word of the certificate before it where that was the matter", () => {
    expect(told(problem("alreadyReplaced", 409), { state: "new", replaces: "a.b" })).toBe("without-replaces");
    expect(told(problem("malformed", 400), { state: "new", replaces: "a.b" })).toBe("without-replaces");
    expect(told(problem("malformed", 400), { state: "new" })).toEqual(["over", MINUTE, undefined]);
    expect(told(problem("rateLimited", 429), { state: "new", replaces: "a.b" })).toEqual(["over", HOUR, undefined]);
  });

  test("is a bug of ours where nobody foresaw it", () => {
    expect(told(new TypeError("x is not a function"))).toBeUndefined();
  });
});
