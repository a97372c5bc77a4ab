import { expect, test } from "vitest";
import { runTimeMachine } from "#time-machine/run.ts";
import { tellTimeMachine } from "./tell-time-machine.ts";

test("a run is told with a line for each year, a chart of its weeks and the digest of its trace", () => {
  const report = runTimeMachine({ certificates: 50, years: 2, seed: 1 });
  const lines = tellTimeMachine(report, 2).split("\n");
  expect(lines[0]).toBe("50 certificates from 2026-04-01 to 2028-04-01, seed 1");
  expect(lines.filter((line) => /^202[678] /.test(line))).toHaveLength(3);
  expect(lines.filter((line) => /^ {2}202[678] [▁▂▃▄▅▆▇█ ]*$/.test(line))).toHaveLength(3);
  expect(lines.join("\n")).toContain(report.trace);
  expect(lines.at(-1)).toBe("Nothing happened that must never happen.");
});

test("what must never happen is told with the command that shows how it came to it", () => {
  const at = new Date("2027-01-01T00:00:00Z");
  const violations = [{ at, slot: 17, what: "arn was not renewed" }];
  const report = { ...runTimeMachine({ certificates: 20, years: 1, seed: 9 }), violations, violationCount: 3 };
  const text = tellTimeMachine(report, 1);
  expect(text).toContain("3 things happened that must never happen:\n  2027-01-01T00:00:00.000Z arn was not renewed");
  expect(text).toContain("sealkeeper time-machine --certificates 20 --years 1 --seed 9 --follow 17");
});
