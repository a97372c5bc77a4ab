import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { parseNameSuffix } from "#domain/certificate/public-names.ts";
import { DAY, HOUR, later, MINUTE } from "#lib/duration.ts";
import { parseIpNetwork } from "#lib/ip-network.ts";
import { explainCertificate } from "#lifecycle/explain.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";
import { book, nameServer, type Says } from "../../../tests/support/internet-dns.ts";
import { servedToken } from "./http-token.ts";

const EC = { KeyAlgorithm: "EC_prime256v1" };

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

const explain = (arn: string) => explainCertificate(arn, world.caller(), { store });

describe("a name that gets no certificate", () => {
  test.for([
    ["10.0.0.10", "is an IP address"],
    ["www.shop.nosuchtld", "no top-level domain .nosuchtld"],
    ["printer.local", ".local is for names on one link"],
    ["co.uk", "is a public suffix"],
  ])("%s is FAILED with INVALID_PUBLIC_DOMAIN at once, before anything is asked", async ([domain, why]) => {
    const internet = await nameServer(() => undefined);
    Object.assign(world.deps, { resolvers: [internet] });
    const arn = await world.request("www.shop.example", { SubjectAlternativeNames: [domain] });
    await world.work();
    expect(await world.describe(arn)).toMatchObject({
      Status: "FAILED",
      FailureReason: "INVALID_PUBLIC_DOMAIN",
      DomainValidationOptions: [{ ValidationStatus: "FAILED" }, { ValidationStatus: "FAILED" }],
    });
    const { trouble, domains } = await explain(arn);
    expect(trouble).toContain(why);
    expect(domains[1]).toMatchObject({ domainName: domain, lookups: [] });
    expect(internet.asked).toEqual([]);
  });

  test("of high risk is FAILED with ADDITIONAL_VERIFICATION_REQUIRED, and keeps a renewal waiting with that reason", async () => {
    const arn = await world.request("www.bank.example", EC);
    await prove(world, arn);
    await world.work();
    await world.attach(arn);
    Object.assign(world.deps, { highRiskNames: [parseNameSuffix("bank.example")!] });
    const again = await world.request("login.bank.example");
    await world.work();
    expect(await world.describe(again)).toMatchObject({
      Status: "FAILED",
      FailureReason: "ADDITIONAL_VERIFICATION_REQUIRED",
    });
    await world.liveUntil(later(world.clock.now(), 160 * DAY));
    expect((await world.describe(arn)).RenewalSummary).toMatchObject({
      RenewalStatus: "PENDING_VALIDATION",
      RenewalStatusReason: "ADDITIONAL_VERIFICATION_REQUIRED",
    });
    Object.assign(world.deps, { highRiskNames: [] });
    await world.liveUntil(later(world.clock.now(), DAY));
    expect((await world.describe(arn)).RenewalSummary).toMatchObject({ RenewalStatus: "SUCCESS" });
  });
});

describe("CAA records", () => {
  const caa = (issuer: string): string =>
    `example.com CAA ${JSON.stringify({ flags: 0, tag: "issue", value: issuer })}`;

  /** A certificate for www.example.com, whose record stands out there; `more` is what else the Internet says. */
  async function requested(says: (name: string, type: string) => Says | undefined): Promise<string> {
    const arn = await world.request("www.example.com", EC);
    const [{ ResourceRecord }] = (await world.describe(arn)).DomainValidationOptions;
    const record = [ResourceRecord.Name, ResourceRecord.Value].map((text: string) => text.replace(/\.$/, ""));
    const proof = book(`${record[0]} CNAME ${record[1]}`);
    const internet = await nameServer((name, type) => (name.startsWith("_") ? proof(name, type) : says(name, type)));
    Object.assign(world.deps, { resolvers: [internet], patience: 300 });
    return arn;
  }

  test("that name another CA end a request as FAILED with CAA_ERROR, and the reason names record and place", async () => {
    const arn = await requested(book(caa("letsencrypt.org")));
    await world.work();
    expect(await world.describe(arn)).toMatchObject({
      Status: "FAILED",
      FailureReason: "CAA_ERROR",
      DomainValidationOptions: [{ ValidationStatus: "SUCCESS" }],
    });
    const { trouble, domains } = await explain(arn);
    expect(trouble).toBe(
      'CAA forbids a certificate for www.example.com: at example.com stand only 0 issue "letsencrypt.org" (for another CA). To permit it, add 0 issue "sealkeeper.internal" there.',
    );
    expect(domains[0]?.lookups?.map(({ type, name }) => `${type} ${name}`)).toEqual([
      expect.stringMatching(/^CNAME _/),
      "CAA www.example.com",
      "CAA example.com",
    ]);
    expect(await store.selectFrom("caIssuances").select("serial").execute()).toEqual([]);
  });

  test("that permit us let it be ISSUED, and what was asked is shown", async () => {
    const arn = await requested(book(caa("sealkeeper.internal; validationmethods=dns-01")));
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect((await explain(arn)).domains[0]?.lookups?.at(-1)).toMatchObject({
      type: "CAA",
      answer: '0 issue "sealkeeper.internal; validationmethods=dns-01"',
    });
  });

  test("that cannot be looked up keep it pending, with growing pauses, until they can", async () => {
    let isDown = true;
    let asked = 0;
    const arn = await requested((name, type) => {
      if (!isDown) return book(caa("amazon.com"), caa("sealkeeper.internal"))(name, type);
      if (name === "www.example.com") asked += 1;
      return { code: 2 };
    });
    await world.liveUntil(later(world.clock.now(), 2 * HOUR));
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
    expect((await explain(arn)).trouble).toContain("The CAA records of www.example.com could not be looked up");
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(80);
    isDown = false;
    await world.liveUntil(later(world.clock.now(), HOUR));
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect((await explain(arn)).trouble).toBeUndefined();
    expect(world.failures).toEqual([]);
  });

  test("that cannot be looked up for 72 hours end it as FAILED with CAA_ERROR", async () => {
    const arn = await requested(() => ({ code: 2 }));
    await world.liveUntil(later(world.clock.now(), 74 * HOUR));
    expect(await world.describe(arn)).toMatchObject({ Status: "FAILED", FailureReason: "CAA_ERROR" });
  });

  test("that forbid a renewal are its RenewalStatusReason CAA_ERROR, and it is done when they permit it again", async () => {
    let records = caa("sealkeeper.internal");
    const arn = await requested((name, type) => book(records)(name, type));
    await world.work();
    const { Serial } = await world.describe(arn);
    await world.attach(arn);
    records = caa("letsencrypt.org");
    await world.liveUntil(later(world.clock.now(), 155 * DAY));
    expect(await world.describe(arn)).toMatchObject({
      Status: "ISSUED",
      Serial,
      RenewalSummary: { RenewalStatus: "PENDING_AUTO_RENEWAL", RenewalStatusReason: "CAA_ERROR" },
    });
    expect((await explain(arn)).trouble).toContain("letsencrypt.org");
    records = caa("sealkeeper.internal");
    await world.liveUntil(later(world.clock.now(), 2 * HOUR));
    const renewed = await world.describe(arn);
    expect(renewed.RenewalSummary).toMatchObject({ RenewalStatus: "SUCCESS" });
    expect(renewed.RenewalSummary.RenewalStatusReason).toBeUndefined();
    expect(renewed.Serial).not.toBe(Serial);
    expect(world.failures).toEqual([]);
  });

  test("are not asked for private names", async () => {
    const internet = await nameServer(() => ({ code: 2 }));
    Object.assign(world.deps, { resolvers: [internet], patience: 300 });
    const arn = await world.request("db.shop.internal", EC);
    await prove(world, arn);
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect(internet.asked).toEqual([]);
  });
});

describe("HTTP validation", () => {
  const HTTP = { ...EC, ValidationMethod: "HTTP", ManagedBy: "CLOUDFRONT" };
  const redirectOf = async (arn: string): Promise<{ RedirectFrom: string; RedirectTo: string }> =>
    (await world.describe(arn)).DomainValidationOptions[0].HttpRedirect;

  /** A web server for www.shop.example; what it answers may change. */
  async function site() {
    const site: { redirect?: string; body?: string } = {};
    const server = createServer((_, response) => {
      if (site.redirect !== undefined) response.writeHead(302, { location: site.redirect });
      response.end(site.body ?? "nothing here");
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const internet = await nameServer(book("www.shop.example A 127.0.0.1"));
    const { port } = server.address() as AddressInfo;
    const webPorts = { http: port, https: port };
    const httpValidationNetworks = [parseIpNetwork("127.0.0.0/8")!];
    Object.assign(world.deps, { resolvers: [internet], webPorts, httpValidationNetworks });
    return site;
  }

  test("shows where the token belongs, the same for each request of an account", async () => {
    const arn = await world.request("www.shop.example", HTTP);
    const { RedirectFrom, RedirectTo } = await redirectOf(arn);
    expect(RedirectFrom).toMatch(/^http:\/\/www\.shop\.example\/\.well-known\/pki-validation\/[0-9a-f]{32}\.txt$/);
    expect(RedirectTo).toMatch(
      /^http:\/\/127\.0\.0\.1:4566\/[0-9a-f]{12}\/\.well-known\/pki-validation\/[0-9a-f]{32}\.txt$/,
    );
    const again = await world.request("www.shop.example", { ...HTTP, IdempotencyToken: "2" });
    expect(await redirectOf(again)).toEqual({ RedirectFrom, RedirectTo });
    const { body } = await world.call(
      "RequestCertificate",
      { ...HTTP, DomainName: "www.shop.example" },
      { account: "210987654321" as never },
    );
    const other = await world.call("DescribeCertificate", body, { account: "210987654321" as never });
    const theirs = other.body.Certificate.DomainValidationOptions[0].HttpRedirect;
    expect([theirs.RedirectFrom, theirs.RedirectTo]).not.toContain(RedirectFrom);
    expect(theirs.RedirectTo).not.toBe(RedirectTo);
  });

  test("issues where the site redirects to us, and renews from the same redirect", async () => {
    const shop = await site();
    const arn = await world.request("www.shop.example", HTTP);
    await world.work();
    expect((await explain(arn)).domains[0]?.problem).toMatch(/has other content \("nothing here"\)/);
    shop.redirect = (await redirectOf(arn)).RedirectTo;
    await world.liveUntil(later(world.clock.now(), MINUTE));
    expect(await world.describe(arn)).toMatchObject({ Status: "ISSUED", ManagedBy: "CLOUDFRONT" });
    await world.attach(arn);
    await world.liveUntil(later(world.clock.now(), 154 * DAY));
    expect((await world.describe(arn)).RenewalSummary).toMatchObject({
      RenewalStatus: "SUCCESS",
      DomainValidationOptions: [{ ValidationMethod: "HTTP", ValidationStatus: "SUCCESS" }],
    });
    expect(world.failures).toEqual([]);
  });

  test("issues where the site serves what we serve, and nothing is served that we did not give out", async () => {
    const shop = await site();
    const arn = await world.request("www.shop.example", HTTP);
    const { pathname } = new URL((await redirectOf(arn)).RedirectTo);
    const content = await servedToken(store, pathname, world.deps);
    expect(content).toMatch(/^[0-9a-f]{64}$/);
    for (const forged of [pathname.replace(/^\/./, "/0").replace(/^\/0/, "/1"), `${pathname}x`, `/x${pathname}`, "/"]) {
      if (forged !== pathname) expect(await servedToken(store, forged, world.deps)).toBeUndefined();
    }
    shop.body = `${content}\n`;
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("refuses wildcards, and certificates that CloudFront does not manage, with InvalidParameterException", async () => {
    const wild = await world.call("RequestCertificate", { ...HTTP, DomainName: "*.shop.example" });
    expect(wild.error).toBe("InvalidParameterException");
    const alone = await world.call("RequestCertificate", { DomainName: "shop.example", ValidationMethod: "HTTP" });
    expect(alone.error).toBe("InvalidParameterException");
  });
});
