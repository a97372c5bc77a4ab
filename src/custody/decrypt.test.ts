import { expect, onTestFinished, test } from "vitest";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import { arnOf } from "#domain/keys/names.ts";
import { DAY } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import { caller, keyWorld, refusal } from "../../tests/support/key-world.ts";
import { createKey } from "./create-key.ts";
import type { Custody } from "./custody.ts";
import { decrypt } from "./decrypt.ts";
import { encrypt } from "./encrypt.ts";
import { destroyKey, disableKey, enableKey, scheduleKeyDeletion } from "./key-state.ts";

const OPTIONS = { context: { a: "1" }, grantTokens: [], dryRun: false };

async function world() {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  return keyWorld(store);
}

async function secret(deps: Custody) {
  const key = await createKey({ kind: SYMMETRIC, description: "", tags: [] }, caller(), deps);
  const { ciphertext } = await encrypt({ ...OPTIONS, keyId: key.id, plaintext: Buffer.from("secret") }, caller(), deps);
  const use = (by: Custody = deps) => decrypt({ ...OPTIONS, ciphertext, keyId: undefined }, caller(), by);
  return { key, use };
}

test("the record of a use is on the disk when its plaintext leaves", async () => {
  const deps = await world();
  const { key, use } = await secret(deps);
  using plaintext = (await use()).plaintext;
  expect(plaintext.bytes.toString()).toBe("secret");
  const acts = await auditRecordsOf(deps.store, arnOf(key), 10);
  expect(acts.map(({ eventName, errorCode }) => [eventName, errorCode])).toEqual([
    ["CreateKey", null],
    ["Encrypt", null],
    ["Decrypt", null],
  ]);
});

test("no plaintext leaves when the journal cannot be written, and it is wiped", async () => {
  const deps = await world();
  const { use } = await secret(deps);
  const wiped: Buffer[] = [];
  const dispose = PlaintextKey.prototype[Symbol.dispose];
  PlaintextKey.prototype[Symbol.dispose] = function watched(this: PlaintextKey) {
    if (this.bytes.toString() === "secret") wiped.push(this.bytes);
    dispose.call(this);
  };
  onTestFinished(() => {
    PlaintextKey.prototype[Symbol.dispose] = dispose;
  });
  const full = { ...deps.journal, record: () => Promise.reject(new Error("disk full")) };
  expect(await refusal(use({ ...deps, journal: full }))).toBe("Error: disk full");
  expect(wiped).toEqual([Buffer.alloc(6)]);
});

test("a key that another node disabled or destroyed is not used again, though its material was open here", async () => {
  const here = await world();
  const { key, use } = await secret(here);
  await use();
  const there = keyWorld(here.store);
  await disableKey(key.id, caller(), there);
  expect(await refusal(use())).toContain("is disabled.");
  await enableKey(key.id, caller(), there);
  await use();
  await scheduleKeyDeletion({ keyId: key.id, pendingDays: 7 }, caller(), there);
  there.clock.advance(7 * DAY);
  await destroyKey(key.id, there);
  expect(await refusal(use())).toContain("refers to a customer master key that does not exist");
});

test("more keys than stay open at once are all used, again and again", async () => {
  const deps = await world();
  const secrets = [];
  for (let i = 0; i < 70; i++) secrets.push(await secret(deps));
  for (const { use } of [...secrets, ...secrets]) expect((await use()).plaintext.bytes.toString()).toBe("secret");
});
