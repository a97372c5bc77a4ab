import { describe, expect, test } from "vitest";
import { parseNameSuffix } from "#domain/certificate/public-names.ts";
import { DAY, later } from "#lib/duration.ts";
import { explainCertificate } from "#lifecycle/explain.ts";
import { readValidations } from "#store/domain-validations.ts";
import { certificateWorld } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { book, nameServer } from "../support/internet-dns.ts";

const EC = { KeyAlgorithm: "EC_prime256v1" };
const OTHER = 'CAA {"flags":0,"tag":"issue","value":"letsencrypt.org"}';

for (const database of DATABASES) {
  describe(`proofs on ${database.name}`, () => {
    test("what CAA records said stands beside what proved the name, and a renewal shows CAA_ERROR", async () => {
      const world = await certificateWorld(await database.open());
      const records: string[] = [];
      const internet = await nameServer((name, type) => book("cdn.example.net A 192.0.2.1", ...records)(name, type));
      Object.assign(world.deps, { resolvers: [internet], patience: 300 });
      const zone = await world.zone("example.com");
      await zone.put("www.example.com", "cdn.example.net");
      const arn = await world.request("www.example.com", { ...EC, SubjectAlternativeNames: ["db.shop.internal"] });
      const shop = await world.zone("shop.internal");
      const [outer, inner] = (await world.describe(arn)).DomainValidationOptions;
      await zone.put(outer.ResourceRecord.Name, outer.ResourceRecord.Value);
      await shop.put(inner.ResourceRecord.Name, inner.ResourceRecord.Value);
      await world.work();
      expect((await world.describe(arn)).Status).toBe("ISSUED");
      await world.attach(arn);

      records.push(`cdn.example.net ${OTHER}`);
      await world.liveUntil(later(world.clock.now(), 155 * DAY));
      expect((await world.describe(arn)).RenewalSummary).toMatchObject({
        RenewalStatus: "PENDING_AUTO_RENEWAL",
        RenewalStatusReason: "CAA_ERROR",
      });
      const { trouble, domains } = await explainCertificate(arn, world.caller(), world);
      expect(trouble).toContain("at cdn.example.net, where www.example.com leads by a CNAME,");
      const renewal = domains.filter(({ purpose }) => purpose === "RENEWAL");
      expect(renewal.map(({ domainName, lookups = [] }) => [domainName, lookups.map(({ type }) => type)])).toEqual([
        ["www.example.com", ["CNAME", "CAA"]],
        ["db.shop.internal", ["CNAME"]],
      ]);
      expect(await readValidations(world.store, arn, "RENEWAL")).toMatchObject([
        { status: "SUCCESS" },
        { status: "SUCCESS" },
      ]);

      records.length = 0;
      await world.liveUntil(later(world.clock.now(), DAY));
      expect((await world.describe(arn)).RenewalSummary).toMatchObject({ RenewalStatus: "SUCCESS" });
      expect((await explainCertificate(arn, world.caller(), world)).trouble).toBeUndefined();
      expect(world.failures).toEqual([]);
    });

    test("a request for a name that is not public is FAILED once, however many nodes look at it", async () => {
      const world = await certificateWorld(await database.open());
      Object.assign(world.deps, { privateNames: [parseNameSuffix("internal")!] });
      const arns = await Promise.all(
        Array.from({ length: 8 }, (_, index) => world.request("a.example", { IdempotencyToken: `t${index}` })),
      );
      await Promise.all([world.work(), world.work(), world.work()]);
      for (const arn of arns) {
        expect(await world.describe(arn)).toMatchObject({ Status: "FAILED", FailureReason: "INVALID_PUBLIC_DOMAIN" });
      }
      expect(world.failures).toEqual([]);
    });
  });
}
