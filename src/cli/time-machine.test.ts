import { expect, test } from "vitest";
import { run } from "./run.ts";

test.for<[args: readonly string[]]>([
  [["--years", "0"]],
  [["--years", "51"]],
  [["--certificates", "many"]],
  [["--certificates", "1000000"]],
  [["--seed", "-1"]],
  [["--seed", "4294967296"]],
  [["--follow", "10000"]],
  [["--unknown"]],
  [["word"]],
])("time-machine %j is wrong usage: exit code 2", async ([args]) => {
  expect(await run(["time-machine", ...args])).toBe(2);
});
