import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { CAMPAIGN_STATES, campaignAfter, revocationTime } from "./campaign.ts";
import { EXPOSURES, type Exposure, exposureClass, FATES, type Fate, fateOf, ITEM_STATES, rankOf } from "./item.ts";
import { type ItemFacts, nextItemStep } from "./next-item-step.ts";
import { addToPlan, NO_PLAN, toBegin } from "./plan.ts";
import { isSelected, type Selectable } from "./selection.ts";
import { addTallies, type Counted, openOf, tallyChange, tallyOf, totalOf } from "./tally.ts";

const NOW = new Date("2026-11-22T12:00:00Z");

const exposure = (more: Partial<Exposure> = {}): Exposure => ({
  status: "ISSUED",
  keyPairOrigin: "AWS_MANAGED",
  users: 0,
  places: 0,
  exported: false,
  notAfter: later(NOW, 100 * DAY).getTime(),
  ...more,
});

const exposures = fc.record({
  status: fc.constantFrom("ISSUED", "EXPIRED", "REVOKED" as const) as fc.Arbitrary<Exposure["status"]>,
  keyPairOrigin: fc.constantFrom("AWS_MANAGED", "ACME", "CUSTOMER_PROVIDED") as fc.Arbitrary<Exposure["keyPairOrigin"]>,
  users: fc.nat(30),
  places: fc.nat(20_000),
  exported: fc.boolean(),
  notAfter: fc.option(fc.integer({ min: 0, max: 8e12 })),
});

describe("the rank of a certificate", () => {
  test("served and exported before served, then exported, then attached, then unused; more places, then a longer life", () => {
    const order = [
      exposure({ users: 1, places: 1, exported: true }),
      exposure({ users: 3, places: 9 }),
      exposure({ users: 3, places: 2 }),
      exposure({ users: 3, places: 2, notAfter: later(NOW, 10 * DAY).getTime() }),
      exposure({ exported: true }),
      exposure({ users: 1 }),
      exposure({ notAfter: later(NOW, 190 * DAY).getTime() }),
      exposure(),
    ];
    const ranks = order.map((one) => rankOf(one, NOW));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect(new Set(ranks).size).toBe(order.length);
  });

  test("is a whole number that no class of exposure shares with another", () => {
    fc.assert(
      fc.property(exposures, exposures, (one, other) => {
        const [a, b] = [rankOf(one, NOW), rankOf(other, NOW)];
        expect(Number.isSafeInteger(a) && a >= 0).toBe(true);
        const classes = [one, other].map((each) => EXPOSURES.indexOf(exposureClass(each)));
        if (classes[0] !== classes[1]) expect(Math.sign(a - b)).toBe(Math.sign((classes[0] ?? 0) - (classes[1] ?? 0)));
      }),
    );
  });
});

test.for<[what: string, exposure: Exposure, fate: Fate]>([
  ["nobody uses", exposure(), "REPLACE"],
  ["a load balancer uses", exposure({ users: 1 }), "REPLACE_THEN_SEE"],
  ["was exported", exposure({ users: 1, exported: true }), "REPLACE_THEN_EXPORT"],
  ["an ACME client has", exposure({ keyPairOrigin: "ACME" }), "CLIENT_RENEWS"],
  ["was imported", exposure({ keyPairOrigin: "CUSTOMER_PROVIDED", users: 1 }), "OWNER_IMPORTS"],
  ["is over", exposure({ status: "EXPIRED" }), "NOTHING"],
])("one that %s: %#", ([, given, fate]) => {
  expect(fateOf(given)).toBe(fate);
  expect(FATES[fate]).toBeTruthy();
});

describe("what a certificate needs next", () => {
  const facts = (more: Partial<ItemFacts> = {}): ItemFacts => ({
    fate: "REPLACE",
    status: "ISSUED",
    replaced: false,
    ordered: false,
    inVain: false,
    unseen: undefined,
    unexported: false,
    revoked: false,
    trouble: undefined,
    looks: 0,
    deadline: later(NOW, HOUR),
    revokeAtDeadline: false,
    ...more,
  });
  const past = { deadline: later(NOW, -1), revokeAtDeadline: true };

  test.for<[what: string, facts: ItemFacts, step: object]>([
    ["nothing was done", facts(), { kind: "order" }],
    ["it is being replaced", facts({ ordered: true, trouble: "no CNAME" }), { kind: "wait", problem: "no CNAME" }],
    ["it was replaced", facts({ replaced: true }), { kind: "revoke", problem: undefined }],
    ["an edge was not seen", facts({ replaced: true, unseen: "edge one" }), { kind: "wait", problem: "edge one" }],
    ["nobody exported the new one", facts({ replaced: true, unexported: true }), { kind: "wait", state: "SETTLING" }],
    ["all is done", facts({ replaced: true, revoked: true }), { kind: "done" }],
    ["the deadline has come", facts({ ordered: true, ...past }), { kind: "revoke", problem: expect.any(String) }],
    ["it has, and nobody wants that", facts({ ...past, revokeAtDeadline: false }), { kind: "order" }],
    ["it was revoked unreplaced", facts({ revoked: true, ...past }), { kind: "order" }],
    ["the same issuer signed", facts({ ordered: true, inVain: true }), { kind: "stop" }],
    ["it was deleted", facts({ status: undefined }), { kind: "skip" }],
    ["it expired", facts({ status: "EXPIRED" }), { kind: "skip" }],
    ["a client's was revoked", facts({ fate: "CLIENT_RENEWS", status: "REVOKED", revoked: true }), { kind: "done" }],
  ])("when %s", ([, given, step]) => {
    expect(nextItemStep(given, NOW)).toMatchObject(step);
  });

  const anyFacts: fc.Arbitrary<ItemFacts> = fc.record({
    fate: fc.constantFrom(...(Object.keys(FATES) as Fate[])),
    status: fc.constantFrom("ISSUED", "EXPIRED", "REVOKED", undefined) as fc.Arbitrary<ItemFacts["status"]>,
    replaced: fc.boolean(),
    ordered: fc.boolean(),
    inVain: fc.boolean(),
    unseen: fc.option(fc.constant("edge"), { nil: undefined }),
    unexported: fc.boolean(),
    revoked: fc.boolean(),
    trouble: fc.option(fc.constant("trouble"), { nil: undefined }),
    looks: fc.nat(200),
    deadline: fc.integer({ min: -10 * DAY, max: 10 * DAY }).map((length) => later(NOW, length)),
    revokeAtDeadline: fc.boolean(),
  });

  test("nothing is revoked before it was replaced and seen, unless the deadline says so; and a wait ends by it", () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const step = nextItemStep(given, NOW);
        const isDue = given.revokeAtDeadline && given.deadline <= NOW;
        if (step.kind === "revoke") {
          expect(given.revoked).toBe(false);
          expect(isDue || (given.replaced && given.unseen === undefined && !given.unexported)).toBe(true);
        }
        if (step.kind === "wait") {
          expect(step.again > NOW).toBe(true);
          if (given.revokeAtDeadline && !given.revoked) expect(step.again <= given.deadline).toBe(true);
        }
        if (step.kind === "order") expect(given.replaced || given.ordered).toBe(false);
        if (step.kind === "done") expect(given.revoked).toBe(true);
      }),
    );
  });
});

describe("a selection", () => {
  const version: Selectable = {
    account: "123456789012",
    region: "eu-west-1",
    status: "ISSUED",
    keyAlgorithm: "RSA_2048",
    signatureAlgorithm: "SHA256WITHRSA",
    keyFingerprint: "aa",
    issuedAt: 1_000,
    notAfter: 5_000,
    issuerId: "rsa1",
    certificateAuthorityArn: null,
    issuerNames: ["CN=Some CA", "Some CA"],
  };

  test.for<[selection: object, selected: boolean]>([
    [{}, true],
    [{ issuer: { kind: "built-in", ids: ["rsa1"] } }, true],
    [{ issuer: { kind: "built-in", ids: ["ec1"] } }, false],
    [{ issuer: { kind: "private-ca", arn: "arn:x" } }, false],
    [{ issuer: { kind: "named", name: "some ca" } }, true],
    [{ key: "aa" }, true],
    [{ key: "ab" }, false],
    [{ keyAlgorithms: ["RSA_2048", "RSA_1024"] }, true],
    [{ signatureAlgorithms: ["sha256withrsa"] }, true],
    [{ signatureAlgorithms: ["SHA1WITHRSA"] }, false],
    [{ issued: { from: 1_000 } }, true],
    [{ issued: { to: 1_000 } }, false],
    [{ expires: { from: 1_000, to: 5_001 } }, true],
    [{ statuses: ["EXPIRED"] }, false],
    [{ accounts: ["210987654321"] }, false],
    [{ regions: ["eu-west-1"], key: "ab" }, false],
  ])("%j: %s", ([selection, selected]) => {
    expect(isSelected(selection, version)).toBe(selected);
  });

  test("is against what is ISSUED unless it says otherwise", () => {
    expect(isSelected({}, { ...version, status: "REVOKED" })).toBe(false);
    expect(isSelected({ statuses: ["REVOKED"] }, { ...version, status: "REVOKED" })).toBe(true);
  });
});

test("counts that go from one state to the next are those that are counted at the end", () => {
  const counted: fc.Arbitrary<Counted> = fc.record({
    state: fc.constantFrom(...ITEM_STATES),
    replacedAt: fc.option(fc.nat()),
    revokedAt: fc.option(fc.nat()),
    problem: fc.option(fc.string()),
  });
  fc.assert(
    fc.property(fc.array(fc.tuple(counted, counted)), (moves) => {
      const changes = moves.map(([before, after]) => tallyChange(before, after));
      const tally = addTallies([tallyOf(moves.map(([before]) => before)), ...changes]);
      expect(tally).toEqual(tallyOf(moves.map(([, after]) => after)));
      expect(totalOf(tally)).toBe(moves.length);
      expect(openOf(tally)).toBeLessThanOrEqual(moves.length);
    }),
  );
});

test("a plan adds up: every certificate has one fate and one exposure", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(exposures, fc.boolean())), (certificates) => {
      const plan = certificates.reduce(
        (sum, [one, needsApproval]) =>
          addToPlan(sum, { fate: fateOf(one), exposure: exposureClass(one), uses: one.users, needsApproval }),
        NO_PLAN,
      );
      const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0);
      expect([plan.certificates, sum(plan.fates), sum(plan.exposures)]).toEqual(Array(3).fill(certificates.length));
      expect(toBegin(plan)).toBeLessThanOrEqual(plan.certificates);
    }),
  );
});

test("a campaign that is over stays over, and one that runs cannot be started", () => {
  const refused = (event: Parameters<typeof campaignAfter>[0], state: (typeof CAMPAIGN_STATES)[number]) =>
    expect(() => campaignAfter(event, { id: "1", state })).toThrow(/is .* and cannot be/);
  for (const state of ["ABORTED", "FINISHED"] as const)
    for (const event of ["started", "resumed", "aborted"] as const) refused(event, state);
  refused("started", "RUNNING");
  refused("started", "PLANNING");
  refused("resumed", "RUNNING");
  expect(campaignAfter("resumed", { id: "1", state: "PAUSED" })).toBe("RUNNING");
});

test("the BRs leave a day for keys that others have, and five days else", () => {
  expect([revocationTime("keyCompromise"), revocationTime("superseded")]).toEqual([DAY, 5 * DAY]);
});
