import { describe, expect, test } from "vitest";
import { changeRecordSets, listRecordSets } from "#dns/change-record-sets.ts";
import {
  createHostedZone,
  deleteHostedZone,
  hostedZone,
  listHostedZones,
  listHostedZonesByName,
} from "#dns/hosted-zones.ts";
import { lookUp } from "#dns/lookup.ts";
import { changeZoneTags, listZoneTags } from "#dns/zone-tags.ts";
import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import { RECORD_TYPES } from "#domain/zones/record-set.ts";
import { DATABASES } from "../support/databases.ts";
import { ALICE, BOB, change, name, type ZoneWorld, zoneWorld } from "../support/zone-world.ts";

const contents = async (zone: HostedZone, world: ZoneWorld): Promise<readonly string[]> =>
  (await listRecordSets({ account: zone.account, zoneId: zone.id }, undefined, 500, world)).map(
    ({ name: owner, type, content }) =>
      `${owner} ${type} ${content.kind === "values" ? content.values.join("|") : "alias"}`,
  );

const batch = (zone: HostedZone, ...changes: readonly (readonly ["CREATE" | "DELETE" | "UPSERT", string])[]) => ({
  account: zone.account,
  zoneId: zone.id,
  comment: undefined,
  changes: changes.map(([action, line]) => change(action, zone, line)),
});

for (const database of DATABASES) {
  describe(`zones on ${database.name}`, () => {
    test("list their record sets and themselves in one order on both databases", async () => {
      const world = await zoneWorld(() => database.open());
      const zone = await world.zone("example.com");
      const owners = ["b", "a", "*", "a-b", "a.b", "_x", "0", "z\\041", "a\\056b", "A2", "sp\\040ace"];
      await world.put(zone, ...owners.map((owner) => `${owner} A 60 192.0.2.1`), 'a TXT 60 "x"', "a AAAA 60 ::1");
      expect((await contents(zone, world)).slice(2).map((line) => line.split(" ", 2).join(" "))).toEqual([
        "\\052.example.com. A",
        "0.example.com. A",
        "_x.example.com. A",
        "a-b.example.com. A",
        "a.example.com. A",
        "a.example.com. AAAA",
        "a.example.com. TXT",
        "a2.example.com. A",
        "a\\056b.example.com. A",
        "b.example.com. A",
        "a.b.example.com. A",
        "sp\\040ace.example.com. A",
        "z\\041.example.com. A",
      ]);
      const from = { name: name("a.example.com"), type: "AAAA" };
      const page = await listRecordSets({ account: ALICE, zoneId: zone.id }, from, 2, world);
      expect(page.map(({ type }) => type)).toEqual(["AAAA", "TXT"]);

      for (const other of ["b.example", "a-b.example", "a.b.example", "*.example", "0.example"])
        await world.zone(other, BOB);
      const byName = await listHostedZonesByName(BOB, undefined, 10, world);
      expect(byName.map((each) => each.name)).toEqual([
        "\\052.example.",
        "0.example.",
        "a-b.example.",
        "b.example.",
        "a.b.example.",
      ]);
      const second = await listHostedZonesByName(BOB, { name: name("b.example"), id: "" }, 2, world);
      expect(second).toEqual(byName.slice(3));
      const byId = await listHostedZones(BOB, undefined, 10, world);
      expect(byId.map(({ id }) => id)).toEqual(byId.map(({ id }) => id).toSorted());
      expect(await listHostedZones(BOB, byId[2]!.id, 2, world)).toEqual(byId.slice(2, 4));
    });

    test("apply a batch wholly or not at all, and count what they hold", async () => {
      const world = await zoneWorld(() => database.open());
      const zone = await world.zone("example.com");
      await changeRecordSets(batch(zone, ["CREATE", "a A 60 192.0.2.1"], ["CREATE", "b A 60 192.0.2.1"]), world);
      const before = await contents(zone, world);
      const bad = batch(
        zone,
        ["DELETE", "a A 60 192.0.2.1"],
        ["CREATE", "c A 60 192.0.2.1"],
        ["CREATE", "b A 60 192.0.2.2"],
      );
      await expect(changeRecordSets(bad, world)).rejects.toMatchObject({ code: "change-batch-invalid" });
      expect(await contents(zone, world)).toEqual(before);
      await changeRecordSets(
        batch(
          zone,
          ["DELETE", "a A 60 192.0.2.1"],
          ["CREATE", "a CNAME 60 b.example.com"],
          ["UPSERT", "b A 9 192.0.2.3"],
        ),
        world,
      );
      expect((await contents(zone, world)).slice(2)).toEqual([
        "a.example.com. CNAME b.example.com",
        "b.example.com. A 192.0.2.3",
      ]);
      expect((await hostedZone(ALICE, zone.id, world)).recordSetCount).toBe(4);
    });

    test("take back everything when the listener of changed records fails", async () => {
      const world = await zoneWorld(() => database.open());
      const zone = await world.zone("example.com");
      const deaf = { ...world, onRecordsChanged: () => Promise.reject(new Error("deaf")) };
      await expect(changeRecordSets(batch(zone, ["CREATE", "a A 60 192.0.2.1"]), deaf)).rejects.toThrow("deaf");
      expect(await contents(zone, world)).toHaveLength(2);
    });

    test("let one of several batches win that contradict each other, whoever comes first", async () => {
      const world = await zoneWorld(() => database.open());
      const zone = await world.zone("example.com");
      const tries = await Promise.allSettled([
        ...Array.from({ length: 5 }, (_, at) =>
          changeRecordSets(batch(zone, ["CREATE", `x A 60 192.0.2.${at}`]), world),
        ),
        ...Array.from({ length: 5 }, (_, at) =>
          changeRecordSets(batch(zone, ["CREATE", `x CNAME 60 y${at}.example`]), world),
        ),
      ]);
      expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const attempt of tries) {
        if (attempt.status === "rejected") expect(attempt.reason).toMatchObject({ code: "change-batch-invalid" });
      }
      expect((await contents(zone, world)).filter((line) => line.startsWith("x."))).toHaveLength(1);
      expect((await hostedZone(ALICE, zone.id, world)).recordSetCount).toBe(3);
    });

    test("are not deleted while a batch fills them, nor filled after", async () => {
      const world = await zoneWorld(() => database.open());
      const zones = await Promise.all(Array.from({ length: 8 }, (_, at) => world.zone(`z${at}.example`)));
      await Promise.all(
        zones.map(async (zone) => {
          const [filled, deleted] = await Promise.allSettled([
            changeRecordSets(batch(zone, ["CREATE", "a A 60 192.0.2.1"]), world),
            deleteHostedZone(ALICE, zone.id, world),
          ]);
          expect([filled.status, deleted.status].toSorted()).toEqual(["fulfilled", "rejected"]);
          const left = await world.store
            .selectFrom("recordSets")
            .select("type")
            .where("zoneId", "=", zone.id)
            .execute();
          expect(left).toHaveLength(filled.status === "fulfilled" ? 3 : 0);
        }),
      );
    });

    test("are made once for a caller reference, however many ask at once", async () => {
      const world = await zoneWorld(() => database.open());
      const asked = { account: ALICE, name: "example.com", callerReference: "one", comment: "" };
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => createHostedZone(asked, world)));
      expect(tries.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await listHostedZones(ALICE, undefined, 10, world)).toHaveLength(1);
    });

    test("of one name have one that speaks, at every moment of making and deleting them", async () => {
      const world = await zoneWorld(() => database.open());
      const www = name("www.example.com");
      const speaks = async (): Promise<boolean> => (await lookUp(www, RECORD_TYPES.A, world)).kind !== "not-ours";
      const first = await world.zone("example.com");
      for (let round = 0; round < 5; round += 1) {
        const old = (await listHostedZones(ALICE, undefined, 100, world)).map(({ id }) => id);
        await Promise.all([
          ...Array.from({ length: 3 }, () => world.zone("example.com")),
          ...old.map((id) => deleteHostedZone(ALICE, id, world)),
        ]);
        expect(await speaks()).toBe(true);
      }
      const rest = await listHostedZones(ALICE, undefined, 100, world);
      expect(rest.map(({ id }) => id)).not.toContain(first.id);
      await Promise.all(rest.map(({ id }) => deleteHostedZone(ALICE, id, world)));
      expect(await speaks()).toBe(false);
      expect(await world.store.selectFrom("zoneNames").select("zoneId").execute()).toEqual([]);
    });

    test("keep their tags within bounds and lose them with themselves", async () => {
      const world = await zoneWorld(() => database.open());
      const zone = await world.zone("example.com");
      const tags = Array.from({ length: 50 }, (_, at) => ({ key: `k${at}`, value: "v" }));
      await changeZoneTags(ALICE, zone.id, { add: tags, remove: [] }, world);
      const more = { add: [{ key: "one more", value: "" }], remove: [] };
      await expect(changeZoneTags(ALICE, zone.id, more, world)).rejects.toMatchObject({ code: "zone-input-invalid" });
      expect((await listZoneTags(ALICE, [zone.id], world)).get(zone.id)).toHaveLength(50);
      await changeZoneTags(ALICE, zone.id, { ...more, remove: ["k0"] }, world);
      await deleteHostedZone(ALICE, zone.id, world);
      expect(await world.store.selectFrom("zoneTags").select("key").execute()).toEqual([]);
    });

    test("answer from a zone of ten thousand names by index", async () => {
      const world = await zoneWorld(() => database.open());
      const zone = await world.zone("example.com");
      for (let at = 0; at < 10_000; at += 500) {
        const lines = Array.from({ length: 500 }, (_, each) => `h${at + each} A 60 192.0.2.1`);
        await world.put(zone, ...lines);
      }
      expect((await lookUp(name("h7777.example.com"), RECORD_TYPES.A, world)).kind).toBe("found");
      expect((await lookUp(name("h7777x.example.com"), RECORD_TYPES.A, world)).kind).toBe("no-name");
      expect((await hostedZone(ALICE, zone.id, world)).recordSetCount).toBe(10_002);
    });
  });
}
