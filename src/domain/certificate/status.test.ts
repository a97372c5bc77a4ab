import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { isEligibleForRenewal } from "./certificate.ts";
import { recheckAfter } from "./recheck.ts";
import { isRenewing, type RenewalStatus, renewalAfter } from "./renewal.ts";
import { CERTIFICATE_STATUSES, type CertificateEvent, statusAfter } from "./status.ts";

test("a pending certificate is issued, fails, or times out", () => {
  expect(statusAfter("issued", "PENDING_VALIDATION")).toBe("ISSUED");
  expect(statusAfter("issuance-failed", "PENDING_VALIDATION")).toBe("FAILED");
  expect(statusAfter("validation-timed-out", "PENDING_VALIDATION")).toBe("VALIDATION_TIMED_OUT");
});

test("an imported certificate that expired is ISSUED again after a reimport", () => {
  expect(statusAfter("reimported", statusAfter("expired", "ISSUED"))).toBe("ISSUED");
});

test("an expired certificate cannot be renewed", () => {
  expect(() => statusAfter("renewed", "EXPIRED")).toThrow(
    new Refusal("state-forbids", "A certificate that is EXPIRED cannot be renewed."),
  );
});

test.for(["VALIDATION_TIMED_OUT", "REVOKED", "FAILED", "INACTIVE"] as const)("%s is final", (status) => {
  const events: readonly CertificateEvent[] = ["issued", "renewed", "reimported", "expired", "revoked"];
  for (const event of events) expect(() => statusAfter(event, status)).toThrow(Refusal);
  expect(CERTIFICATE_STATUSES).toContain(status);
});

describe("a renewal", () => {
  test("succeeds with or without waiting for validation, and starts again at the next due time", () => {
    const story: RenewalStatus[] = ["NONE"];
    for (const event of ["started", "renewed", "started", "domains-unproven", "restarted", "renewed"] as const) {
      story.push(renewalAfter(event, story.at(-1) ?? "NONE") ?? "NONE");
    }
    expect(story).toEqual([
      "NONE",
      "PENDING_AUTO_RENEWAL",
      "SUCCESS",
      "PENDING_AUTO_RENEWAL",
      "PENDING_VALIDATION",
      "PENDING_AUTO_RENEWAL",
      "SUCCESS",
    ]);
  });

  test("that does not run can neither succeed nor fail", () => {
    for (const status of ["NONE", "SUCCESS", "FAILED"] as const) {
      expect(isRenewing(status)).toBe(false);
      expect(renewalAfter("gave-up", status)).toBeUndefined();
    }
  });
});

test("only what is issued here and used, or exported, is eligible for renewal", () => {
  const facts = { keyPairOrigin: "AWS_MANAGED", status: "ISSUED", inUse: true, exported: false } as const;
  expect(isEligibleForRenewal(facts)).toBe(true);
  expect(isEligibleForRenewal({ ...facts, inUse: false })).toBe(false);
  expect(isEligibleForRenewal({ ...facts, inUse: false, exported: true })).toBe(true);
  expect(isEligibleForRenewal({ ...facts, keyPairOrigin: "CUSTOMER_PROVIDED" })).toBe(false);
  expect(isEligibleForRenewal({ ...facts, keyPairOrigin: "ACME" })).toBe(false);
  expect(isEligibleForRenewal({ ...facts, status: "EXPIRED" })).toBe(false);
});

test("look-ups start every second and slow down to ten minutes, at a renewal to an hour", () => {
  const seconds = (purpose: "ISSUE" | "RENEWAL") =>
    [0, 1, 2, 3, 4, 11, 12, 1000].map((attempts) => recheckAfter(attempts, purpose) / 1000);
  expect(seconds("ISSUE")).toEqual([1, 1, 2, 5, 10, 300, 300, 600]);
  expect(seconds("RENEWAL")).toEqual([1, 1, 2, 5, 10, 300, 600, 3600]);
});
