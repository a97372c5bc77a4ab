import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import type { Decision } from "#domain/certificate/approval.ts";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { explainCertificate } from "#lifecycle/explain.ts";
import { NO_POSTMAN } from "#lifecycle/proof/prove-email.ts";
import type { ApprovalState } from "#mail/approval-page.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";
import type { ReceivedLetter } from "../../../tests/support/received-letter.ts";
import { answerApproval, readApproval } from "./answer-approval.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

const EMAIL = { ValidationMethod: "EMAIL", KeyAlgorithm: "EC_prime256v1" };
const FIVE = ["admin", "administrator", "hostmaster", "postmaster", "webmaster"];
const at = (domain: string): string[] => FIVE.map((mailbox) => `${mailbox}@${domain}`);
const tokenOf = ({ link }: ReceivedLetter): string => link.slice(link.lastIndexOf("/") + 1);
const read = (letter: ReceivedLetter): Promise<ApprovalState | undefined> => readApproval(tokenOf(letter), world.deps);
const answer = async (letter: ReceivedLetter | undefined, decision: Decision): Promise<string | undefined> =>
  (await answerApproval(tokenOf(letter!), decision, world.deps))?.standing;
const recipients = (letters: readonly ReceivedLetter[]): string[] => letters.map(({ to }) => to).sort();
const to = (letters: readonly ReceivedLetter[], address: string): ReceivedLetter | undefined =>
  letters.findLast((letter) => letter.to === address);
/** What is told once everything that happens now has been looked at. */
const problemsOf = async (arn: string): Promise<(string | undefined)[]> => {
  await world.liveUntil(later(world.clock.now(), SECOND));
  await world.work();
  return (await explainCertificate(arn, world.caller(), { store })).domains.map(({ problem }) => problem);
};
const resend = (CertificateArn: string, Domain: string, ValidationDomain: string) =>
  world.call("ResendValidationEmail", { CertificateArn, Domain, ValidationDomain });
const acts = async (arn: string): Promise<string[]> =>
  (await store.selectFrom("auditRecords").select(["eventName", "principal"]).where("resource", "=", arn).execute())
    .filter(({ eventName }) => eventName.startsWith("Domain"))
    .map(({ eventName, principal }) => `${eventName} by ${principal}`);

async function issued(domain = "shop.example", more: object = {}): Promise<CertificateArn> {
  const arn = await world.request(domain, { ...EMAIL, ...more });
  await world.approve(arn);
  await world.work();
  expect((await world.describe(arn)).Status).toBe("ISSUED");
  return arn;
}

describe("a request", () => {
  test("has letters sent to the five addresses once, and is ISSUED as soon as one of them approved", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const letters = await world.letters(arn);
    expect(recipients(letters)).toEqual(at("shop.example"));
    expect(new Set(letters.map(({ link }) => link)).size).toBe(5);
    await world.liveUntil(later(world.clock.now(), 10 * HOUR));
    expect(await world.letters(arn)).toHaveLength(5);
    const pending = await world.describe(arn);
    expect(pending.Status).toBe("PENDING_VALIDATION");
    expect(pending.DomainValidationOptions).toEqual([
      expect.objectContaining({
        DomainName: "shop.example",
        ValidationDomain: "shop.example",
        ValidationMethod: "EMAIL",
        ValidationStatus: "PENDING_VALIDATION",
        ValidationEmails: expect.arrayContaining(at("shop.example")),
      }),
    ]);
    expect(await answer(to(letters, "webmaster@shop.example"), "approve")).toBe("approved");
    await world.work(); // the clock has not moved
    const certificate = await world.describe(arn);
    expect(certificate).toMatchObject({
      Status: "ISSUED",
      DomainValidationOptions: [{ ValidationStatus: "SUCCESS" }],
    });
    expect(await acts(arn)).toEqual(["DomainApproved by mailto:webmaster@shop.example"]);
    expect(world.failures).toEqual([]);
  });

  test("that is refused FAILED with DOMAIN_VALIDATION_DENIED, and whoever else has a letter can read that", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const letters = await world.letters(arn);
    expect(await answer(to(letters, "admin@shop.example"), "refuse")).toBe("refused");
    expect(await answer(to(letters, "webmaster@shop.example"), "approve")).toBe("refused");
    await world.work();
    expect(await world.describe(arn)).toMatchObject({
      Status: "FAILED",
      FailureReason: "DOMAIN_VALIDATION_DENIED",
      DomainValidationOptions: [{ ValidationStatus: "FAILED" }],
    });
    const state = await read(to(letters, "webmaster@shop.example")!);
    expect(state).toMatchObject({ standing: "refused", decided: { by: "admin@shop.example" } });
    expect(await acts(arn)).toEqual(["DomainRefused by mailto:admin@shop.example"]);
  });

  test("asks for each name by itself, and is issued when all are approved", async () => {
    const arn = await world.request("example.com", {
      ...EMAIL,
      SubjectAlternativeNames: ["www.example.com", "*.example.com", "api.example.com"],
    });
    const letters = await world.letters(arn);
    expect(recipients(letters)).toEqual(
      [...at("example.com"), ...at("example.com"), ...at("example.com"), ...at("api.example.com")].sort(),
    );
    const questions = new Map<string, ReceivedLetter>();
    for (const letter of letters) questions.set((await read(letter))?.request.names.join() ?? "", letter);
    expect([...questions.keys()].sort()).toEqual([
      "*.example.com",
      "api.example.com",
      "example.com",
      "www.example.com",
    ]);
    for (const letter of questions.values()) {
      expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
      await answer(letter, "approve");
      await world.work();
    }
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("asks once for all names of one ValidationDomain", async () => {
    const names = ["shop.example", "www.shop.example", "a.shop.example", "*.b.shop.example"];
    const arn = await world.request("shop.example", {
      ...EMAIL,
      SubjectAlternativeNames: names.slice(1),
      DomainValidationOptions: names.map((DomainName) => ({ DomainName, ValidationDomain: "shop.example" })),
    });
    const letters = await world.letters(arn);
    expect(recipients(letters)).toEqual(at("shop.example"));
    expect((await read(letters[0]!))?.request).toMatchObject({ names, otherNames: [] });
    await answer(letters[0], "approve");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("of another region and account is shown with who asked for it, where and for whom", async () => {
    const { body } = await world.call("RequestCertificate", { DomainName: "shop.example", ...EMAIL }, {
      account: "999999999999",
      region: "us-east-1",
    } as object);
    const [letter] = await world.letters(body.CertificateArn);
    const state = await read(letter!);
    expect(state?.request).toMatchObject({
      account: "999999999999",
      region: "us-east-1",
      requestedBy: "arn:aws:iam::999999999999:root",
      certificateArn: body.CertificateArn,
      recipient: letter?.to,
    });
  });

  test("for a domain that takes no mail FAILED with NO_AVAILABLE_CONTACTS", async () => {
    world.mail.silent.add("shop.example");
    world.mail.gone.add("gone.example");
    await world.letters("none"); // the resolver is there now
    for (const domain of ["shop.example", "gone.example"]) {
      const arn = await world.request(domain, EMAIL);
      await world.work();
      expect(await world.describe(arn)).toMatchObject({ Status: "FAILED", FailureReason: "NO_AVAILABLE_CONTACTS" });
    }
    expect((await world.mail.server()).letters).toEqual([]);
  });

  test("waits while the DNS does not say whether a domain takes mail", async () => {
    const arn = await world.request("shop.example", EMAIL);
    await world.work();
    expect(await problemsOf(arn)).toEqual([
      "The mail servers of shop.example could not be looked up: the resolver is not configured.",
    ]);
    expect(await world.letters(arn)).toHaveLength(5);
  });

  test("without a mail server says what to set, and goes on when there is one", async () => {
    const { postman } = world.deps;
    Object.assign(world.deps, { postman: undefined });
    const arn = await world.request("shop.example", EMAIL);
    await world.work();
    expect(await problemsOf(arn)).toEqual([NO_POSTMAN]);
    expect((await resend(arn, "shop.example", "shop.example")).body.message).toBe(NO_POSTMAN);
    Object.assign(world.deps, { postman });
    expect(await world.letters(arn)).toHaveLength(5);
  });

  test("that nobody answers is VALIDATION_TIMED_OUT after 72 hours, and the links have expired", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const letters = await world.letters(arn);
    await world.liveUntil(later(world.clock.now(), 73 * HOUR));
    expect((await world.describe(arn)).Status).toBe("VALIDATION_TIMED_OUT");
    expect((await read(letters[0]!))?.standing).toBe("expired");
    expect(await answer(letters[0], "approve")).toBe("expired");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("VALIDATION_TIMED_OUT");
    expect(await world.letters(arn)).toHaveLength(5);
  });

  test("that was deleted takes its letters with it: nothing is behind their links, and none leaves any more", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const letters = await world.letters(arn);
    const second = await world.request("other.example", EMAIL);
    (await world.mail.server()).refusals.set("admin@other.example", "451 4.7.1 later");
    await world.letters(second);
    for (const CertificateArn of [arn, second]) await world.call("DeleteCertificate", { CertificateArn });
    expect(await read(letters[0]!)).toBeUndefined();
    expect(await answer(letters[0], "approve")).toBeUndefined();
    await world.liveUntil(later(world.clock.now(), DAY));
    expect(to((await world.mail.server()).letters, "admin@other.example")).toBeUndefined();
    expect(await store.selectFrom("letters").select("id").execute()).toEqual([]);
    expect(world.failures).toEqual([]);
  });
});

describe("a letter", () => {
  const explained = async (arn: string) => {
    const { domains } = await explainCertificate(arn, world.caller(), { store });
    return domains.flatMap(({ lookups = [] }) => lookups.map((line) => ({ ...line }))) as {
      name: string;
      type: string;
      answer?: string;
      failure?: string;
    }[];
  };

  test("that left is shown with the time and what the mail server answered", async () => {
    const arn = await world.request("shop.example", EMAIL);
    await world.letters(arn);
    const [problem] = await problemsOf(arn);
    const lines = await explained(arn);
    expect(lines[0]).toMatchObject({ name: "shop.example", type: "MX", answer: "10 mx.shop.example" });
    expect(lines.filter(({ type }) => type === "MAIL")).toHaveLength(5);
    expect(lines.at(-1)?.answer).toMatch(/^delivered 2026-11-22T00:\d\d:\d\d.000Z: 250 2.0.0 taken$/);
    expect(problem).toContain("Nobody has approved yet. Letters are at ");
    expect(problem).toContain("2026-11-25T00:00:01.000Z");
  });

  test("keeps its token nowhere once it has left", async () => {
    const arn = await world.request("shop.example", EMAIL);
    (await world.mail.server()).refusals.set("admin@shop.example", "451 4.7.1 later");
    const letters = await world.letters(arn);
    const rows = await store.selectFrom("letters").select(["recipient", "state", "sealedToken", "tokenHash"]).execute();
    const kept = rows.filter(({ sealedToken }) => sealedToken !== null);
    expect(kept.map(({ recipient, state }) => [recipient, state])).toEqual([["admin@shop.example", "QUEUED"]]);
    const everything = JSON.stringify(rows);
    for (const letter of letters) expect(everything).not.toContain(tokenOf(letter));
  });

  test("that bounces is shown, and the others count", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const server = await world.mail.server();
    server.refusals.set("admin@shop.example", "550 5.1.1 no such user");
    const letters = await world.letters(arn);
    expect(letters).toHaveLength(4);
    const [problem] = await problemsOf(arn);
    expect(problem).toContain("Undeliverable: admin@shop.example (550 5.1.1 no such user).");
    server.refusals.clear();
    await world.liveUntil(later(world.clock.now(), DAY));
    expect(await world.letters(arn)).toHaveLength(4); // what was refused for good is not tried again
    await answer(letters[0], "approve");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("of which none arrives leaves the request waiting, with what to do", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const { refusals } = await world.mail.server();
    for (const address of at("shop.example")) refusals.set(address, "550 5.1.1 no such user");
    expect(await world.letters(arn)).toEqual([]);
    expect((await problemsOf(arn))[0]).toMatch(/^None of the letters about shop.example could be delivered: .*Resend/);
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
  });

  test("that cannot be taken now is tried again, ever less often, and not beyond its link", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const server = await world.mail.server();
    server.refusals.set("admin@shop.example", "451 4.7.1 later");
    expect(await world.letters(arn)).toHaveLength(4);
    expect((await problemsOf(arn))[0]).toContain("on their way to admin@shop.example (451 4.7.1 later)");
    await world.liveUntil(later(world.clock.now(), HOUR));
    server.refusals.clear();
    await world.liveUntil(later(world.clock.now(), HOUR));
    expect(await world.letters(arn)).toHaveLength(5);
    const { tries } = await store
      .selectFrom("letters")
      .select("tries")
      .where("recipient", "=", "admin@shop.example")
      .executeTakeFirstOrThrow();
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(10);
  });

  test("that is never taken is given up when its link ends", async () => {
    const arn = await world.request("shop.example", EMAIL);
    (await world.mail.server()).refusals.set("admin@shop.example", "451 4.7.1 later");
    await world.letters(arn);
    await world.liveUntil(later(world.clock.now(), HOUR));
    world.clock.advance(70 * HOUR);
    await world.liveUntil(later(world.clock.now(), 2 * HOUR));
    const letter = await store
      .selectFrom("letters")
      .select(["state", "answer", "sealedToken"])
      .where("recipient", "=", "admin@shop.example")
      .executeTakeFirstOrThrow();
    expect(letter).toMatchObject({ state: "BOUNCED", answer: "given up: 451 4.7.1 later", sealedToken: null });
  });

  test("that nobody needs any more is withdrawn instead of sent", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const server = await world.mail.server();
    server.refusals.set("admin@shop.example", "451 4.7.1 later");
    await answer((await world.letters(arn))[0], "approve");
    server.refusals.clear();
    await world.liveUntil(later(world.clock.now(), HOUR));
    expect(to(server.letters, "admin@shop.example")).toBeUndefined();
  });
});

describe("a renewal", () => {
  const toRenewal = async (arn: string): Promise<void> => {
    const { NotAfter } = await world.describe(arn);
    await world.liveUntil(new Date(NotAfter * 1000 - 45 * DAY));
  };
  const renewalOf = async (arn: string) => (await world.describe(arn)).RenewalSummary;

  test("asks again from day 45, in words of its own, and renews once somebody approved", async () => {
    const arn = await issued();
    await world.attach(arn);
    const before = await world.describe(arn);
    await toRenewal(arn);
    const letters = await world.letters(arn);
    expect(letters).toHaveLength(10);
    const [letter] = letters.slice(5);
    expect(letter?.headers.get("subject")).toBe("Approve or refuse: renewal of the TLS certificate for shop.example");
    expect(await renewalOf(arn)).toMatchObject({
      RenewalStatus: "PENDING_VALIDATION",
      DomainValidationOptions: [{ ValidationStatus: "PENDING_VALIDATION" }],
    });
    expect(await answer(letter, "approve")).toBe("approved");
    await world.work();
    const after = await world.describe(arn);
    expect(after.RenewalSummary.RenewalStatus).toBe("SUCCESS");
    expect(after.Serial).not.toBe(before.Serial);
    expect(world.failures).toEqual([]);
  });

  test("that nobody answers asks anew every 72 hours; the link of an earlier attempt has expired", async () => {
    const arn = await issued();
    await world.attach(arn);
    await toRenewal(arn);
    const [first] = (await world.letters(arn)).slice(5);
    await world.liveUntil(later(world.clock.now(), 74 * HOUR));
    const letters = await world.letters(arn);
    expect(letters).toHaveLength(15);
    expect(await answer(first, "approve")).toMatch(/superseded|expired/);
    expect(await answer(letters[10], "approve")).toBe("approved");
    await world.work();
    expect((await renewalOf(arn)).RenewalStatus).toBe("SUCCESS");
  });

  test("that is refused says DOMAIN_VALIDATION_DENIED, is not asked again by itself, and can be by a resend", async () => {
    const arn = await issued();
    await world.attach(arn);
    await toRenewal(arn);
    const [letter] = (await world.letters(arn)).slice(5);
    expect(await answer(letter, "refuse")).toBe("refused");
    await world.work();
    expect(await world.describe(arn)).toMatchObject({
      Status: "ISSUED",
      RenewalSummary: {
        RenewalStatus: "PENDING_VALIDATION",
        RenewalStatusReason: "DOMAIN_VALIDATION_DENIED",
        DomainValidationOptions: [{ ValidationStatus: "FAILED" }],
      },
    });
    await world.liveUntil(later(world.clock.now(), 10 * DAY));
    expect(await world.letters(arn)).toHaveLength(10);
    expect(await renewalOf(arn)).toMatchObject({ RenewalStatusReason: "DOMAIN_VALIDATION_DENIED" });
    expect((await resend(arn, "shop.example", "shop.example")).error).toBeUndefined();
    const letters = await world.letters(arn);
    expect(letters).toHaveLength(15);
    await answer(letters.at(-1), "approve");
    await world.work();
    expect(await renewalOf(arn)).toMatchObject({ RenewalStatus: "SUCCESS" });
  });

  test("asks nobody twice who approved before the attempt ended", async () => {
    const arn = await issued("a.example", { SubjectAlternativeNames: ["b.example"] });
    await world.attach(arn);
    await toRenewal(arn);
    await answer(to(await world.letters(arn), "admin@a.example"), "approve");
    await world.liveUntil(later(world.clock.now(), 74 * HOUR));
    const letters = await world.letters(arn);
    expect(letters.filter((letter) => letter.to === "admin@a.example")).toHaveLength(2);
    expect(letters.filter((letter) => letter.to === "admin@b.example")).toHaveLength(3);
    await answer(to(letters, "admin@b.example"), "approve");
    await world.work();
    expect((await renewalOf(arn)).RenewalStatus).toBe("SUCCESS");
    expect(world.failures).toEqual([]);
  });

  test("that is not answered ends with the certificate, and forgets nothing that it must not", async () => {
    const arn = await issued();
    await world.attach(arn);
    const { NotAfter } = await world.describe(arn);
    await world.liveUntil(new Date(NotAfter * 1000 + 2 * DAY));
    expect(await world.describe(arn)).toMatchObject({ Status: "EXPIRED", RenewalSummary: { RenewalStatus: "FAILED" } });
    const letters = await world.letters(arn);
    expect(letters.length / 5).toBeGreaterThanOrEqual(15);
    expect(letters.length / 5).toBeLessThanOrEqual(17);
    expect(await answer(letters.at(-1), "approve")).toMatch(/expired|over/);
    expect(world.failures).toEqual([]);
  });
});

describe("ResendValidationEmail", () => {
  test("sends five more letters with new links; those of the earlier ones stay good", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const [earlier] = await world.letters(arn);
    await resend(arn, "shop.example", "shop.example");
    const letters = await world.letters(arn);
    expect(letters).toHaveLength(10);
    expect(new Set(letters.map(({ link }) => link)).size).toBe(10);
    expect(await answer(earlier, "approve")).toBe("approved");
    expect((await read(letters.at(-1)!))?.standing).toBe("approved");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("to a domain above moves the proof there: the earlier links are superseded", async () => {
    const arn = await world.request("www.a.shop.example", EMAIL);
    const [earlier] = await world.letters(arn);
    expect(earlier?.to).toMatch(/@a\.shop\.example$/);
    expect((await resend(arn, "www.a.shop.example", "shop.example")).error).toBeUndefined();
    expect((await world.describe(arn)).DomainValidationOptions[0]).toMatchObject({
      ValidationDomain: "shop.example",
      ValidationEmails: expect.arrayContaining(at("shop.example")),
    });
    const letters = await world.letters(arn);
    expect(recipients(letters.slice(5))).toEqual(at("shop.example"));
    expect(await answer(earlier, "approve")).toBe("superseded");
    expect(await answer(letters.at(-1), "approve")).toBe("approved");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("of one of several names leaves the question about the others open, and none is approved unseen", async () => {
    const names = ["shop.example", "a.shop.example"];
    const arn = await world.request("shop.example", {
      ...EMAIL,
      SubjectAlternativeNames: ["a.shop.example"],
      DomainValidationOptions: names.map((DomainName) => ({ DomainName, ValidationDomain: "shop.example" })),
    });
    const [both] = await world.letters(arn);
    await resend(arn, "a.shop.example", "a.shop.example");
    const letters = await world.letters(arn);
    expect(await answer(both, "approve")).toBe("approved");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
    // Back: what was approved for shop.example did not cover the name that was elsewhere at that moment.
    await resend(arn, "a.shop.example", "shop.example");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
    expect(await answer(to(letters, "admin@a.shop.example"), "approve")).toBe("superseded");
    await answer((await world.letters(arn)).at(-1), "approve");
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("replaces letters that have not left yet", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const server = await world.mail.server();
    server.refusals.set("admin@shop.example", "451 4.7.1 later");
    await world.letters(arn);
    await resend(arn, "shop.example", "shop.example");
    await resend(arn, "shop.example", "shop.example");
    server.refusals.clear();
    await world.liveUntil(later(world.clock.now(), HOUR));
    const letters = await world.letters(arn);
    expect(letters.filter((letter) => letter.to === "admin@shop.example")).toHaveLength(1);
  });

  test("is refused for what waits for no letter, and changes nothing", async () => {
    const dns = await world.request("dns.example", { KeyAlgorithm: "EC_prime256v1" });
    expect(await resend(dns, "dns.example", "dns.example")).toMatchObject({
      error: "InvalidStateException",
      body: { message: expect.stringContaining("is not validated by e-mail") },
    });
    const arn = await issued();
    expect(await resend(arn, "shop.example", "shop.example")).toMatchObject({
      error: "InvalidStateException",
      body: { message: expect.stringContaining("its renewal is NONE") },
    });
    const failed = await world.request("no.example", EMAIL);
    await world.approve(failed, "refuse");
    expect(await resend(failed, "no.example", "no.example")).toMatchObject({
      error: "InvalidStateException",
      body: { message: expect.stringContaining("it is FAILED") },
    });
    const two = await world.request("a.example", { ...EMAIL, SubjectAlternativeNames: ["b.example"] });
    await answer(to(await world.letters(two), "admin@a.example"), "approve");
    expect(await resend(two, "a.example", "a.example")).toMatchObject({
      error: "InvalidStateException",
      body: { message: expect.stringContaining("is approved already") },
    });
  });

  test.for([
    ["other.example", "other.example", "is none of the domain names"],
    ["a.shop.example", "other.example", 'must be "a.shop.example" itself or a domain above it'],
    ["a.shop.example", "b.a.shop.example", 'must be "a.shop.example" itself or a domain above it'],
    ["a.shop.example", "silent.shop.example", "must be"],
    ["x.silent.example", "silent.example", "silent.example takes no mail"],
    ["www.example.co.uk", "co.uk", "public suffix"],
  ] as const)(
    "for %s by %s is an InvalidDomainValidationOptionsException",
    async ([domain, validationDomain, message]) => {
      world.mail.silent.add("silent.example");
      const arn = await world.request("a.shop.example", {
        ...EMAIL,
        SubjectAlternativeNames: ["x.silent.example", "www.example.co.uk"],
      });
      await world.letters(arn);
      const before = await world.describe(arn);
      expect(await resend(arn, domain, validationDomain)).toMatchObject({
        error: "InvalidDomainValidationOptionsException",
        body: { message: expect.stringContaining(message) },
      });
      expect(await world.describe(arn)).toEqual(before);
    },
  );

  test("of a certificate that is not there, or another's, is a ResourceNotFoundException", async () => {
    const arn = await world.request("shop.example", EMAIL);
    const input = { CertificateArn: arn, Domain: "shop.example", ValidationDomain: "shop.example" };
    for (const owner of [{ account: "999999999999" }, { region: "us-east-1" }] as object[]) {
      expect(await world.call("ResendValidationEmail", input, owner)).toMatchObject({
        error: "ResourceNotFoundException",
      });
    }
    const gone = { ...input, CertificateArn: arn.replace(/.{12}$/, "000000000000") };
    expect((await world.call("ResendValidationEmail", gone)).error).toBe("ResourceNotFoundException");
  });

  test("fills nobody's mailbox: after twenty sets no more are sent", async () => {
    const arn = await world.request("shop.example", EMAIL);
    await world.letters(arn);
    for (let sets = 1; sets < 20; sets += 1) {
      expect((await resend(arn, "shop.example", "shop.example")).error).toBeUndefined();
      await world.work();
    }
    expect(await resend(arn, "shop.example", "shop.example")).toMatchObject({
      error: "InvalidStateException",
      body: { message: expect.stringContaining("100 letters") },
    });
    world.clock.advance(MINUTE);
    expect(await world.letters(arn)).toHaveLength(100);
  });
});

describe("a change to DNS validation", () => {
  test("ends what a renewal still asked by mail", async () => {
    const arn = await issued();
    await world.attach(arn);
    const { NotAfter } = await world.describe(arn);
    await world.liveUntil(new Date(NotAfter * 1000 - 45 * DAY));
    const [letter] = (await world.letters(arn)).slice(5);
    await world.call("UpdateCertificateOptions", { CertificateArn: arn, Options: { ValidationMethod: "DNS" } });
    const { body } = await world.call("ListCertificateDomainValidations", { CertificateArn: arn });
    const { Name, Value } =
      body.DomainValidationSummaryList[0].RequestedValidationConfiguration.ValidationChallenge.DnsValidationChallenge
        .ResourceRecord;
    const zone = await world.zone("shop.example");
    await zone.put(Name, Value);
    await world.work();
    const after = await world.describe(arn);
    expect(after).toMatchObject({
      DomainValidationOptions: [{ ValidationMethod: "DNS" }],
      RenewalSummary: { RenewalStatus: "SUCCESS" },
    });
    expect((await read(letter!))?.standing).toBe("over");
    expect(await answer(letter, "refuse")).toBe("over");
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect(world.failures).toEqual([]);
  });
});
