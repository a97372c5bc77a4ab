import { afterEach, beforeEach, expect, test } from "vitest";
import { HOUR, SECOND } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

const put = (IdempotencyToken: string, DaysBeforeExpiry: number) =>
  world.call("PutAccountConfiguration", { IdempotencyToken, ExpiryEvents: { DaysBeforeExpiry } });
const days = async (owner: object = {}) =>
  (await world.call("GetAccountConfiguration", {}, owner)).body.ExpiryEvents.DaysBeforeExpiry;

test("the account configuration is 45 days until another is put, each region's and account's own", async () => {
  expect(await days()).toBe(45);
  expect((await put("a", 10)).status).toBe(200);
  expect(await days()).toBe(10);
  expect(await days({ region: "us-east-1" })).toBe(45);
  expect(await days({ account: "999999999999" })).toBe(45);
  await put("b", 1);
  expect(await days()).toBe(1);
});

test("a token within its hour is ignored when it comes again, and refused with other values: ConflictException", async () => {
  await put("a", 10);
  await put("b", 20);
  world.clock.advance(HOUR - SECOND);
  expect((await put("a", 10)).status).toBe(200);
  expect(await days()).toBe(20);
  expect(await put("a", 11)).toMatchObject({ status: 400, error: "ConflictException" });
  expect(await days()).toBe(20);
  world.clock.advance(SECOND);
  expect((await put("a", 11)).status).toBe(200);
  expect(await days()).toBe(11);
  expect(await store.selectFrom("accountConfigurationTokens").select("token").execute()).toEqual([{ token: "a" }]);
});

test.for<[input: object, message: string]>([
  [{ IdempotencyToken: "a" }, "Configuration for events is empty."],
  [{ IdempotencyToken: "a", ExpiryEvents: {} }, "Configuration for events is empty."],
  [
    { ExpiryEvents: { DaysBeforeExpiry: 1 } },
    "1 validation error detected: Value null at 'idempotencyToken' failed to satisfy constraint: Member must not be null",
  ],
  [
    { IdempotencyToken: "a", ExpiryEvents: { DaysBeforeExpiry: 46 } },
    "1 validation error detected: Value '46' at 'expiryEvents.daysBeforeExpiry' failed to satisfy constraint: Member must have value less than or equal to 45",
  ],
  [
    { IdempotencyToken: "a", ExpiryEvents: { DaysBeforeExpiry: 0 } },
    "1 validation error detected: Value '0' at 'expiryEvents.daysBeforeExpiry' failed to satisfy constraint: Member must have value greater than or equal to 1",
  ],
  [
    { IdempotencyToken: "a b", ExpiryEvents: { DaysBeforeExpiry: 1 } },
    "1 validation error detected: Value 'a b' at 'idempotencyToken' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
  ],
])("refuses %j with ValidationException", async ([input, message]) => {
  const refused = await world.call("PutAccountConfiguration", input);
  expect(refused).toMatchObject({ status: 400, error: "ValidationException" });
  expect(refused.body.message.slice(0, message.length)).toBe(message);
  expect(await days()).toBe(45);
});
