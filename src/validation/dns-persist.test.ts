import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import { type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { lookUpPersist } from "./dns-persist.ts";

const ACCOUNT = "https://ca.example/acct/7";
const EXPECTED = `ca.example; accounturi=${ACCOUNT}`;

let world: ZoneWorld;
let zone: HostedZone;
beforeAll(async () => {
  world = await zoneWorld();
  zone = await world.zone("kiln.com");
});
afterAll(() => world[Symbol.asyncDispose]());

const look = (expected: string = EXPECTED) =>
  lookUpPersist("_validation-persist.kiln.com", expected, { ...world, resolvers: [] });

describe("a record that stays", () => {
  test("is missing where none stands, with what it must be", async () => {
    const { found, reason, lookups } = await look();
    expect(found).toBe(false);
    expect(reason).toBe(`There is no TXT record at _validation-persist.kiln.com. It must be: ${EXPECTED}`);
    expect(lookups).toEqual([
      { name: "_validation-persist.kiln.com", type: "TXT", server: "own zones", failure: expect.any(String) },
    ]);
  });

  test.for([
    ["v=spf1 -all", "the value is not of the form issuer; accounturi=…"],
    [";", "the value is not of the form issuer; accounturi=…"],
    [`other.example; accounturi=${ACCOUNT}`, "the record is for other.example, not for ca.example"],
    ["ca.example", "the record names another account"],
    ["ca.example; accounturi=https://ca.example/acct/8", "the record names another account"],
    [`${EXPECTED}; persistUntil=1`, "the record is no longer valid"],
    [`${EXPECTED}; persistUntil=soon`, "the record is no longer valid"],
  ] as const)("that is %j does not do: %s", async ([value, problem]) => {
    await world.put(zone, `_validation-persist TXT 60 "${value}"`);
    const { found, reason } = await look();
    expect(found).toBe(false);
    expect(reason).toContain(`${problem}. It must be: ${EXPECTED}`);
  });

  test("does among others, in any form that CAA values have", async () => {
    const right = `CA.example ;accounturi=${ACCOUNT}; policy=WildCard; persistUntil=4102444800`;
    await world.put(zone, `_validation-persist TXT 60 "v=spf1 -all" | "${right}"`);
    expect((await look()).found).toBe(true);
    expect((await look(`${EXPECTED}; policy=wildcard`)).found).toBe(true);
    await world.put(zone, `_validation-persist TXT 60 "${EXPECTED}"`);
    expect((await look(`${EXPECTED}; policy=wildcard`)).reason).toContain("the record does not permit wildcards");
  });
});
