import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import {
  ancestry,
  isWithin,
  labelsOf,
  parentOf,
  parseRecordName,
  type RecordName,
  wildcardAt,
} from "#domain/zones/record-name.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { ALICE, BOB, name, type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { deleteHostedZone } from "./hosted-zones.ts";
import { lookUp } from "./lookup.ts";

const ZONE = name("example.com");

/** RFC 4592 by the letter, over the whole list of names: what the index reads must agree with. */
function byTheBook(asked: RecordName, owners: ReadonlySet<RecordName>): "found" | "no-data" | "no-name" {
  const exists = (at: RecordName): boolean => [...owners].some((owner) => isWithin(owner, at));
  if (owners.has(asked)) return "found";
  if (exists(asked)) return "no-data";
  let encloser = parentOf(asked);
  while (!exists(encloser)) encloser = parentOf(encloser);
  if (owners.has(wildcardAt(encloser))) return "found";
  return exists(wildcardAt(encloser)) ? "no-data" : "no-name";
}

describe("a lookup", () => {
  test("finds what RFC 4592 says, whatever the zone holds", async () => {
    const label = fc.constantFrom("a", "b", "*", "a-b", "\\041", "0");
    const below = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
    await using world = await zoneWorld();
    const zone = await world.zone("example.com");
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(below, { maxLength: 8 }),
        fc.array(below, { minLength: 5 }),
        async (held, asked) => {
          await sql`delete from record_sets where type = 'TXT'`.execute(world.store);
          if (held.length > 0) await world.put(zone, ...held.map((owner) => `${owner} TXT 60 "x"`));
          const owners = new Set([ZONE, ...held.map((owner) => name(`${owner}.example.com`))]);
          for (const question of asked) {
            const full = name(`${question}.example.com`);
            const { kind } = await lookUp(full, RECORD_TYPES.TXT, world);
            expect([full, kind]).toEqual([full, byTheBook(full, owners)]);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  test("asks the store a few questions, however deep the name and however many the zones", async () => {
    await using world = await zoneWorld();
    const zone = await world.zone("example.com");
    await world.put(zone, "a.b.c.d.e.f.g.h A 60 192.0.2.1");
    const questions = async (): Promise<number> => {
      let count = 0;
      const counting = world.store.withPlugin({
        transformQuery: ({ node }) => {
          count += 1;
          return node;
        },
        transformResult: ({ result }) => Promise.resolve(result),
      });
      await lookUp(name("x.y.z.a.b.c.d.e.f.g.h.example.com"), RECORD_TYPES.A, { ...world, store: counting });
      return count;
    };
    const before = await questions();
    for (let at = 0; at < 50; at += 1) await world.zone(`zone${at}.example`, BOB);
    expect(await questions()).toBe(before);
    expect(before).toBeLessThanOrEqual(8);
  });
});

describe("the right to speak", () => {
  const speaks = async (world: ZoneWorld, asked: string): Promise<string> => {
    const found = await lookUp(name(asked), RECORD_TYPES.SOA, world);
    return found.kind === "found" || found.kind === "no-data" || found.kind === "no-name"
      ? found.kind === "found"
        ? found.records[0]!.name
        : found.soa.name
      : found.kind;
  };

  test("passes to the next oldest zone of a name when the oldest is deleted", async () => {
    await using world = await zoneWorld();
    const first = await world.zone("example.com", ALICE);
    const second = await world.zone("example.com", BOB);
    await world.put(second, "www A 60 192.0.2.2");
    const www = name("www.example.com");
    expect((await lookUp(www, RECORD_TYPES.A, world)).kind).toBe("no-name");
    await deleteHostedZone(ALICE, first.id, world);
    expect((await lookUp(www, RECORD_TYPES.A, world)).kind).toBe("found");
    await world.put(second, "www A 60 192.0.2.3");
  });

  test("stays with a zone when a later one of another account is made above it", async () => {
    await using world = await zoneWorld();
    await world.zone("www.example.com", ALICE);
    await world.zone("example.com", BOB);
    expect(await speaks(world, "www.example.com")).toBe("www.example.com.");
    expect(await speaks(world, "other.example.com")).toBe("example.com.");
  });

  test("ends at a delegation to a zone that was deleted: the asker is referred, not answered", async () => {
    await using world = await zoneWorld();
    const parent = await world.zone("example.com", ALICE);
    const child = await world.zone("sub.example.com", BOB);
    await world.put(parent, `sub NS 60 ns-1.${child.id.toLowerCase()}.dns.sealkeeper.internal`);
    expect(await speaks(world, "sub.example.com")).toBe("sub.example.com.");
    await deleteHostedZone(BOB, child.id, world);
    expect(await speaks(world, "sub.example.com")).toBe("referral");
  });

  test("is never anybody's in the product's own zone", async () => {
    await using world = await zoneWorld();
    for (const inside of ["sealkeeper.internal", "elb.sealkeeper.internal"]) {
      await expect(world.zone(inside, BOB)).rejects.toMatchObject({ code: "zone-name-invalid" });
    }
    await world.zone("internal", BOB);
    expect(await speaks(world, "x.elb.sealkeeper.internal")).toBe("sealkeeper.internal.");
  });

  test.for([
    ["elb", "no-data"],
    ["eu-west-1.elb", "no-data"],
    ["dns", "no-data"],
    ["z0123456789.dns", "no-data"],
    ["ns-1.z0123456789.dns", "found"],
    ["other", "no-name"],
    ["x.dns", "no-name"],
    ["x.eu-west-1.elb", "no-name"],
  ] as const)("of the product's own zone: %s is %s", async ([below, kind]) => {
    await using world = await zoneWorld();
    const name = parseRecordName(`${below}.sealkeeper.internal`)!;
    expect((await lookUp(name, RECORD_TYPES.A, world)).kind).toBe(kind);
  });

  test("reads names of the greatest length", async () => {
    await using world = await zoneWorld();
    const long = parseRecordName(`${"a.".repeat(121)}example.com`)!;
    await world.zone("example.com");
    expect(labelsOf(long)).toHaveLength(123);
    expect(ancestry(long)).toHaveLength(123);
    expect((await lookUp(long, RECORD_TYPES.A, world)).kind).toBe("no-name");
  });
});
