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

const from = (remoteAddress: string, headers: Record<string, string> = { host: "127.0.0.1:4566" }) => ({
  remoteAddress,
  headers,
});

test("the key test is let in for development, from this machine only", async () => {
  const credentials = authenticator({ ...(await parts()), dev: true });
  for (const address of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"]) {
    expect(await credentials("test", from(address))).toMatchObject({ account: "123456789012", kind: "root" });
  }
  for (const address of ["10.0.0.1", "1.127.0.0", "::ffff:10.0.0.1", "fe80::1", ""]) {
    expect(await credentials("test", from(address))).toBeUndefined();
  }
});

test.for([
  ["a program", { host: "localhost:4566" }, true],
  ["a program that names the service", { host: "kms.eu-west-1.localhost" }, true],
  ["a program over IPv6", { host: "[::1]:4566" }, true],
  ["a browser's address bar", { host: "localhost:4566", "sec-fetch-site": "none" }, true],
  ["a web page's image", { host: "127.0.0.1:4566", "sec-fetch-site": "cross-site" }, false],
  ["a web page's form", { host: "127.0.0.1:4566", origin: "https://evil.test" }, false],
  ["a web page without an origin", { host: "127.0.0.1:4566", origin: "null" }, false],
  ["a web page whose name was pointed here", { host: "evil.test:4566" }, false],
  ["a web page that looks local", { host: "localhost.evil.test" }, false],
  ["nobody's host", {}, false],
] as const)("the key test of %s, %j: %s", async ([, headers, known]) => {
  const credentials = authenticator({ ...(await parts()), dev: true });
  expect((await credentials("test", from("127.0.0.1", headers))) !== undefined).toBe(known);
});

test("the key test is nobody's otherwise", async () => {
  expect(await authenticator(await parts())("test", from("127.0.0.1"))).toBeUndefined();
});

test("what is no access key's id is not looked for", async () => {
  const deps = await parts();
  await deps.store.destroy();
  expect(await authenticator(deps)("'; drop table", from("127.0.0.1"))).toBeUndefined();
  await expect(authenticator(deps)("AKIANOBODYNOBODYNOBO", from("127.0.0.1"))).rejects.toThrow();
});
