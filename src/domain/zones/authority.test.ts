import { describe, expect, test } from "vitest";
import { type Authority, type Claim, isOlder, successor } from "./authority.ts";

const zone = (account: string, day: number, id = `Z${account}${day}`): Claim => ({
  id,
  account,
  createdAt: new Date(Date.UTC(2026, 0, day)),
});
const speaks = (claim: Claim, since: Claim = claim): Authority<Claim> => ({ zone: claim, since });
const none = { eldest: undefined, delegation: undefined };

describe("authority over a name", () => {
  const above = zone("A", 10);

  test("is the oldest zone's when nothing stands above", () => {
    const eldest = zone("B", 3);
    expect(successor(undefined, { ...none, eldest })).toEqual({ kind: "descend", to: { zone: eldest, since: eldest } });
  });

  test("stays where nothing stands below", () => {
    expect(successor(undefined, none)).toEqual({ kind: "stay" });
    expect(successor(speaks(above), none)).toEqual({ kind: "stay" });
  });

  test("does not pass to a later zone of another account that nobody delegated to", () => {
    expect(successor(speaks(above), { ...none, eldest: zone("B", 11) })).toEqual({ kind: "stay" });
  });

  test("passes to another account's zone that the zone above delegates to, with the right of the zone above", () => {
    const below = zone("B", 11);
    expect(successor(speaks(above), { eldest: below, delegation: { zone: below } })).toEqual({
      kind: "descend",
      to: { zone: below, since: above },
    });
  });

  test("passes to the zone that the delegation names, not to a squatter of the same name", () => {
    const squatter = zone("C", 11);
    const meant = zone("B", 12);
    expect(successor(speaks(above), { eldest: squatter, delegation: { zone: meant } })).toMatchObject({
      to: { zone: meant },
    });
  });

  test("ends at a delegation to servers elsewhere, even where a later zone or one of the same account exists", () => {
    for (const eldest of [undefined, zone("A", 11), zone("A", 9), zone("B", 11)]) {
      expect(successor(speaks(above), { eldest, delegation: { zone: undefined } })).toEqual({ kind: "cut" });
    }
  });

  test("stays with an older zone of another account, whatever a later zone above it says", () => {
    const older = zone("B", 9);
    for (const delegation of [undefined, { zone: undefined }, { zone: zone("A", 12) }]) {
      expect(successor(speaks(above), { eldest: older, delegation })).toMatchObject({ to: { zone: older } });
    }
  });

  test("passes to a zone of the same account without delegation", () => {
    const below = zone("A", 11);
    expect(successor(speaks(above), { ...none, eldest: below })).toMatchObject({ to: { zone: below, since: above } });
    const before = zone("A", 9);
    expect(successor(speaks(above), { ...none, eldest: before })).toMatchObject({
      to: { zone: before, since: before },
    });
  });

  test("that was handed down is as old as its source: who squats below a zone before it delegates gains nothing", () => {
    const top = zone("A", 1);
    const squatter = zone("B", 2);
    const delegated = zone("C", 3);
    expect(successor(speaks(delegated, top), { ...none, eldest: squatter })).toEqual({ kind: "stay" });
  });

  test("between zones of one moment goes by id, on every node alike", () => {
    expect(isOlder(zone("A", 1, "Z1"), zone("B", 1, "Z2"))).toBe(true);
    expect(isOlder(zone("B", 1, "Z2"), zone("A", 1, "Z1"))).toBe(false);
  });
});
