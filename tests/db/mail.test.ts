import { describe, expect, test } from "vitest";
import type { Decision } from "#domain/certificate/approval.ts";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { advanceCertificate } from "#lifecycle/advance.ts";
import { answerApproval, readApproval } from "#lifecycle/approval/answer-approval.ts";
import { sendApprovalLetter } from "#lifecycle/approval/approval-letters.ts";
import { type CertificateWorld, certificateWorld } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import type { ReceivedLetter } from "../support/received-letter.ts";

const EMAIL = { ValidationMethod: "EMAIL", KeyAlgorithm: "EC_prime256v1" };
const tokenOf = ({ link }: ReceivedLetter): string => link.slice(link.lastIndexOf("/") + 1);

for (const database of DATABASES) {
  describe(`letters on ${database.name}`, () => {
    const open = async (): Promise<CertificateWorld> => {
      const world = await certificateWorld(await database.open());
      await world.letters("none"); // every domain takes mail
      return world;
    };
    const answer = async (world: CertificateWorld, letter: ReceivedLetter, decision: Decision) =>
      (await answerApproval(tokenOf(letter), decision, world.deps))?.standing;
    const actsOf = async (world: CertificateWorld, arn: string): Promise<string[]> =>
      (await world.store.selectFrom("auditRecords").select("eventName").where("resource", "=", arn).execute())
        .map(({ eventName }) => eventName)
        .filter((name) => name.startsWith("Domain"));

    test("a certificate is proved by mail, renewed by mail, and its letters go with it", async () => {
      const world = await open();
      const arn = await world.request("shop.example", { ...EMAIL, SubjectAlternativeNames: ["*.shop.example"] });
      await world.approve(arn);
      await world.work();
      expect((await world.describe(arn)).Status).toBe("ISSUED");
      await world.attach(arn);
      await world.liveUntil(later(world.clock.now(), 156 * DAY));
      await world.approve(arn);
      await world.work();
      expect((await world.describe(arn)).RenewalSummary.RenewalStatus).toBe("SUCCESS");
      await world.detach(arn);
      await world.call("DeleteCertificate", { CertificateArn: arn });
      expect(await world.store.selectFrom("letters").select("id").execute()).toEqual([]);
      expect(await world.store.selectFrom("approvals").select("id").execute()).toEqual([]);
      expect(world.failures).toEqual([]);
    });

    test("looks that race ask once: one question, five letters", async () => {
      const world = await open();
      const names = ["a.shop.example", "b.shop.example", "c.shop.example"];
      for (let round = 0; round < 5; round += 1) {
        const arn = await world.request(`r${round}.shop.example`, {
          ...EMAIL,
          SubjectAlternativeNames: names,
          DomainValidationOptions: [`r${round}.shop.example`, ...names].map((DomainName) => ({
            DomainName,
            ValidationDomain: "shop.example",
          })),
        });
        await Promise.all(Array.from({ length: 6 }, () => advanceCertificate(arn, world.deps)));
        const letters = await world.letters(arn);
        expect(letters.map(({ to }) => to)).toHaveLength(5);
        expect((await readApproval(tokenOf(letters[0]!), world.deps))?.request.names).toHaveLength(4);
      }
      expect(world.failures).toEqual([]);
    });

    test("five that approve at once are one approval", async () => {
      const world = await open();
      for (let round = 0; round < 5; round += 1) {
        const arn = await world.request(`r${round}.example`, EMAIL);
        const letters = await world.letters(arn);
        const standings = await Promise.all(letters.map((letter) => answer(world, letter, "approve")));
        expect(new Set(standings)).toEqual(new Set(["approved"]));
        await world.work();
        expect((await world.describe(arn)).Status).toBe("ISSUED");
        expect(await actsOf(world, arn)).toEqual(["DomainApproved"]);
      }
    });

    test("of an approval and a refusal at once, one counts, for everybody", async () => {
      const world = await open();
      for (let round = 0; round < 8; round += 1) {
        const arn = await world.request(`r${round}.example`, EMAIL);
        const [first, second, third, fourth] = await world.letters(arn);
        const standings = await Promise.all([
          answer(world, first!, round % 2 === 0 ? "approve" : "refuse"),
          answer(world, second!, round % 2 === 0 ? "refuse" : "approve"),
          answer(world, third!, "approve"),
          answer(world, fourth!, "refuse"),
        ]);
        expect(new Set(standings).size).toBe(1);
        await world.work();
        const [standing] = standings;
        expect((await world.describe(arn)).Status).toBe(standing === "approved" ? "ISSUED" : "FAILED");
        expect(await actsOf(world, arn)).toEqual([standing === "approved" ? "DomainApproved" : "DomainRefused"]);
      }
    });

    test("answers about several domains at once do not wait for one another for ever", async () => {
      const world = await open();
      const names = ["b", "c", "d", "e", "f"].map((letter) => `${letter}.example`);
      const arn = await world.request("a.example", { ...EMAIL, SubjectAlternativeNames: names });
      const letters = await world.letters(arn);
      // Looks that race with one another for the last step fail, and are tried again; answers never do.
      const looks = Promise.allSettled(Array.from({ length: 4 }, () => advanceCertificate(arn, world.deps)));
      await Promise.all(letters.map((letter) => answer(world, letter, "approve")));
      await looks;
      await world.work();
      expect((await world.describe(arn)).Status).toBe("ISSUED");
      expect(await actsOf(world, arn)).toHaveLength(6);
    });

    test("a resend and an answer at once leave either an approved name or one that waits for new letters", async () => {
      const world = await open();
      for (let round = 0; round < 6; round += 1) {
        const domain = `www.r${round}.shop.example`;
        const arn = await world.request(domain, EMAIL);
        const [letter] = await world.letters(arn);
        const move = { CertificateArn: arn, Domain: domain, ValidationDomain: `shop.example` };
        const [resent, standing] = await Promise.all([
          world.call("ResendValidationEmail", move),
          answer(world, letter!, "approve"),
        ]);
        await world.work();
        const { Status } = await world.describe(arn);
        if (standing === "approved") expect([resent.error, Status]).toEqual(["InvalidStateException", "ISSUED"]);
        else expect([resent.error, standing, Status]).toEqual([undefined, "superseded", "PENDING_VALIDATION"]);
      }
      expect(world.failures).toEqual([]);
    });

    test("a letter whose sender died after the server took it goes out once more, under the same name", async () => {
      const world = await open();
      const arn = await world.request("shop.example", EMAIL);
      await advanceCertificate(arn, world.deps);
      const queued = await world.store.selectFrom("letters").select("id").execute();
      expect(queued).toHaveLength(5);
      // Two workers have it: the lease of the first ended while it was at work, as when it had died.
      await Promise.all(queued.flatMap(({ id }) => [id, id]).map((id) => sendApprovalLetter(id, world.deps)));
      await world.work();
      const { letters } = await world.mail.server();
      const ids = letters.map(({ headers }) => headers.get("message-id"));
      expect(new Set(ids).size).toBe(5);
      expect(ids.length).toBeLessThanOrEqual(10);
      const links = new Map(letters.map(({ to, link }) => [to, link]));
      for (const { to, link } of letters) expect(link).toBe(links.get(to));
      const rows = await world.store.selectFrom("letters").select(["state", "tries"]).execute();
      expect(rows).toEqual(Array.from({ length: 5 }, () => ({ state: "SENT", tries: 1 })));
      expect(world.failures).toEqual([]);
    });

    test("a question is closed for good at the moment when its link ends", async () => {
      const world = await open();
      const arn = await world.request("shop.example", EMAIL);
      const requestedAt = world.clock.now();
      const [letter] = await world.letters(arn);
      world.clock.set(later(requestedAt, 72 * HOUR));
      expect(await answer(world, letter!, "approve")).toBe("expired");
      world.clock.set(later(requestedAt, 72 * HOUR - 1));
      expect(await answer(world, letter!, "approve")).toBe("approved");
    });
  });
}
