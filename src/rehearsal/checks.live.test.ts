import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import type { CheckName } from "#domain/rehearsal/rehearsal.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../tests/support/certificate-world.ts";
import { book, nameServer } from "../../tests/support/internet-dns.ts";
import { privateCaWorld } from "../../tests/support/private-ca-world.ts";
import { upstreamWorld } from "../../tests/support/upstream-world.ts";
import { type Rehearsal, rehearse } from "./rehearse.ts";

const EC = { KeyAlgorithm: "EC_prime256v1" };
let store: Store;
beforeEach(async () => {
  store = await openStore("file::memory:");
});
afterEach(() => store.destroy());

/** What a rehearsal finds: its verdict, and the outcomes and messages of one check. */
async function found(world: CertificateWorld, arn: CertificateArn, check: CheckName) {
  const rehearsal = (await rehearse(arn, { ...world.deps, ownerTag: "owner" })) as Rehearsal;
  const of = rehearsal.findings.filter((finding) => finding.check === check);
  return { verdict: rehearsal.verdict, outcomes: of.map(({ outcome }) => outcome), text: JSON.stringify(of) };
}

/** An issued certificate that is used. */
async function used(world: CertificateWorld, domain: string, more: object = {}): Promise<CertificateArn> {
  const arn = await world.request(domain, { ...EC, ...more });
  await prove(world, arn);
  await world.work();
  await world.attach(arn);
  await world.work();
  return arn;
}

/** A resolver of the fake Internet for a world; what it knows can be changed. */
async function internet(world: CertificateWorld, ...lines: readonly string[]) {
  const known = { lines: [...lines], servfail: false };
  const server = await nameServer((name, type) => (known.servfail ? { code: 2 } : book(...known.lines)(name, type)));
  (world.deps.resolvers as unknown[]).push(server);
  return known;
}

describe("a domain that is proved by e-mail", () => {
  test("needs somebody to approve again, and is told who will be asked", async () => {
    const world = await certificateWorld(store);
    const arn = await world.request("mail.test", { ...EC, ValidationMethod: "EMAIL" });
    await world.work();
    await world.approve(arn);
    await world.work();
    await world.attach(arn);
    const before = (await world.mail.server()).letters.length;
    expect(await found(world, arn, "VALIDATION")).toMatchObject({
      verdict: "WOULD_RENEW",
      outcomes: ["WARNING"],
      text: expect.stringContaining("hostmaster@mail.test"),
    });
    expect((await world.mail.server()).letters.length).toBe(before); // nothing is sent

    world.mail.silent.add("mail.test");
    expect(await found(world, arn, "VALIDATION")).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
    const postless = { ...world, deps: { ...world.deps, postman: undefined } };
    expect((await found(postless, arn, "VALIDATION")).text).toContain("no mail server is configured");
  });
});

describe("names of the public DNS", () => {
  test("a CAA record that forbids it, and one that could not be looked up, are found", async () => {
    const world = await certificateWorld(store);
    const known = await internet(world, "shop.com NS ns1.elsewhere.net");
    const arn = await used(world, "www.shop.com");
    expect(await found(world, arn, "CAA")).toMatchObject({ verdict: "WOULD_RENEW", outcomes: ["PASSED"] });
    known.lines.push('shop.com CAA {"flags":0,"tag":"issue","value":"ca.other.net"}');
    const forbidden = await found(world, arn, "CAA");
    expect(forbidden).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
    expect(forbidden.text).toContain("ca.other.net");
    known.servfail = true;
    const unknown = await found(world, arn, "CAA");
    expect(unknown).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
    expect(unknown.text).toContain("could not be looked up");
  });

  test("a zone that is kept here and delegated elsewhere is a warning: our CA believes our zones", async () => {
    const world = await certificateWorld(store);
    await internet(world, "www.shop.com NS ns1.elsewhere.net");
    const arn = await used(world, "www.shop.com");
    const told = await found(world, arn, "DELEGATION");
    expect(told).toMatchObject({ verdict: "WOULD_RENEW", outcomes: ["WARNING"] });
    expect(told.text).toContain("delegates it to ns1.elsewhere.net");
    expect(told.text).toMatch(/its name servers must be ns-1\.z/);
  });

  test("a name that became a high-risk one is found", async () => {
    const world = await certificateWorld(store);
    const arn = await used(world, "www.shop.test");
    const strict = { ...world, deps: { ...world.deps, highRiskNames: ["shop.test"] as never } };
    expect(await found(strict, arn, "NAMES")).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
  });
});

describe("another CA than our own", () => {
  test("a public one asks the world's name servers; where it cannot be reached or none is configured, that is found", async () => {
    const world = await upstreamWorld(store);
    const arn = await world.proven("www.shop.com", {});
    await world.work();
    await world.liveUntil(new Date(world.clock.now().getTime() + 60_000));
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    await world.attach(arn);
    expect(await found(world, arn, "AUTHORITY")).toMatchObject({ verdict: "WOULD_RENEW", outcomes: ["PASSED"] });
    expect(await found(world, arn, "DELEGATION")).toMatchObject({ outcomes: [] });
    await internet(world, "www.shop.com NS ns1.elsewhere.net");
    expect(await found(world, arn, "DELEGATION")).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
    const { clients, ...upstream } = world.deps.upstream!;
    const away = clients.map((client) => ({
      ca: client.ca,
      directory: () => Promise.reject(new Error("connection refused")),
    }));
    const alone = { ...world, deps: { ...world.deps, upstream: { ...upstream, clients: away as never } } };
    expect(await found(alone, arn, "AUTHORITY")).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
    const none = { ...world, deps: { ...world.deps, upstream: undefined } };
    expect((await found(none, arn, "AUTHORITY")).text).toContain("none is configured any more");
  });

  test("a private one must be ACTIVE and let ACM renew", async () => {
    const world = await privateCaWorld(store);
    const ca = await world.root();
    const { body } = await world.call("RequestCertificate", {
      DomainName: "inside.local",
      CertificateAuthorityArn: ca,
      ...EC,
    });
    const arn = body.CertificateArn as CertificateArn;
    await world.work();
    await world.attach(arn);
    const denied = await found(world, arn, "AUTHORITY");
    expect(denied).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
    expect(denied.text).toContain("CreatePermission");
    const actions = ["IssueCertificate", "GetCertificate", "ListPermissions"];
    await world.done("CreatePermission", {
      CertificateAuthorityArn: ca,
      Principal: "acm.amazonaws.com",
      Actions: actions,
    });
    expect(await found(world, arn, "AUTHORITY")).toMatchObject({ verdict: "WOULD_RENEW", outcomes: ["PASSED"] });
    await world.done("UpdateCertificateAuthority", { CertificateAuthorityArn: ca, Status: "DISABLED" });
    expect(await found(world, arn, "AUTHORITY")).toMatchObject({ verdict: "WOULD_NOT_RENEW", outcomes: ["FAILED"] });
  });
});
