import { expect, test } from "vitest";
import { type MigrationStatus, migrationAfter } from "./migration.ts";

test("a change of method is asked for, proven or given up, and asked for again after it was given up", () => {
  const story: (MigrationStatus | null)[] = [null];
  for (const event of ["asked", "gave-up", "asked", "proven"] as const) {
    story.push(migrationAfter(event, story.at(-1) ?? null) ?? null);
  }
  expect(story).toEqual([null, "PENDING_DOMAIN_VALIDATION", "FAILED", "PENDING_DOMAIN_VALIDATION", "SUCCESS"]);
});

test("a change that runs cannot be asked for again, one that succeeded is over", () => {
  expect(migrationAfter("asked", "PENDING_DOMAIN_VALIDATION")).toBeUndefined();
  for (const event of ["asked", "proven", "gave-up"] as const) expect(migrationAfter(event, "SUCCESS")).toBeUndefined();
  for (const event of ["proven", "gave-up"] as const) expect(migrationAfter(event, null)).toBeUndefined();
});
