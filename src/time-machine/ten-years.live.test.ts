import { expect, test } from "vitest";
import { runTimeMachine } from "./run.ts";

test("10,000 certificates live through ten bad years in less than a minute of processor time, and none is lost", () => {
  const began = process.cpuUsage();
  const report = runTimeMachine({ certificates: 10_000, years: 10, seed: 20_260_401 });
  const { user, system } = process.cpuUsage(began);
  expect(report.violations).toEqual([]);
  expect(report.byYear.reduce((total, { renewed }) => total + renewed, 0)).toBeGreaterThan(900_000);
  expect((user + system) / 1e6).toBeLessThan(60);
}, 300_000);
