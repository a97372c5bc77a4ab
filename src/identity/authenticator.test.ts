import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test } from "vitest";
import { keyFileRoot } from "#custody/root.ts";
import { openStore } from "#store/store.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { authenticator } from "./authenticator.ts";

async function parts() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  return { store, root: keyFileRoot(randomBytes(32)), clock: testClock("2026-11-22T06:00:00Z") };
}

test("the key test is let in for development, from this machine only", async () => {
  const credentials = authenticator({ ...(await parts()), dev: true });
  for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) {
    expect(await credentials("test", address)).toMatchObject({ account: "123456789012", kind: "root" });
  }
  for (const address of ["10.0.0.1", "1.127.0.0", "::ffff:10.0.0.1", "fe80::1", ""]) {
    expect(await credentials("test", address)).toBeUndefined();
  }
});

test("the key test is nobody's otherwise", async () => {
  expect(await authenticator(await parts())("test", "127.0.0.1")).toBeUndefined();
});

test("what is no access key's id is not looked for", async () => {
  const deps = await parts();
  await deps.store.destroy();
  expect(await authenticator(deps)("'; drop table", "127.0.0.1")).toBeUndefined();
  await expect(authenticator(deps)("AKIANOBODYNOBODYNOBO", "127.0.0.1")).rejects.toThrow();
});
