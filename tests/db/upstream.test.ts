import { X509Certificate } from "node:crypto";
import { describe, expect, onTestFinished, test } from "vitest";
import { openUpstream } from "#ca/upstream/upstream.ts";
import type { CertificateArn } from "#domain/arn.ts";
import type { AccountId } from "#domain/names.ts";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { advanceCertificate } from "#lifecycle/advance.ts";
import { explainCertificate } from "#lifecycle/explain.ts";
import { promisePreparation } from "#lifecycle/upstream/prepare-upstream.ts";
import { findUpstreamAccount, forgetUpstreamAccountUrl } from "#store/upstream-accounts.ts";
import { ACCOUNT } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { type UpstreamWorld, upstreamCa, upstreamWorld } from "../support/upstream-world.ts";

describe.for(DATABASES)("public CAs on $name", (database) => {
  const open = async (...cas: Parameters<typeof upstreamWorld>[1] & object): Promise<UpstreamWorld> =>
    upstreamWorld(await database.open(), cas.length > 0 ? cas : [{}]);

  test("a name and its wildcard are proved by one record and issued by one order", async () => {
    const world = await open();
    const seen: number[] = [];
    const { validate } = world.stub;
    world.stub.validate = async (challenge) => {
      seen.push((await world.store.selectFrom("challengeAnswers").select("value").execute()).length);
      return validate(challenge);
    };
    const arn = await world.proven("kiln.com", { SubjectAlternativeNames: ["*.kiln.com", "clay.kiln.com"] });
    await soon(world);
    const certificate = await world.describe(arn);
    expect(certificate).toMatchObject({ Status: "ISSUED", Issuer: "Stub CA", KeyAlgorithm: "EC-prime256v1" });
    const { body } = await world.call("GetCertificate", { CertificateArn: arn });
    expect(new X509Certificate(body.Certificate).subjectAltName).toBe(
      "DNS:kiln.com, DNS:*.kiln.com, DNS:clay.kiln.com",
    );
    expect(new X509Certificate(body.CertificateChain).subject).toBe("CN=Stub Intermediate\nO=Stub CA");
    expect(seen).toEqual([2, 2]); // both answers stood at once
    expect(await world.store.selectFrom("challengeAnswers").select("name").execute()).toEqual([]);
    expect(["order", "finalize", "certificate"].map((one) => world.stub.count(one as "order"))).toEqual([1, 1, 1]);
    const finalize = await world.store
      .selectFrom("auditRecords")
      .select("eventName")
      .where("resource", "=", arn)
      .where("eventName", "=", "FinalizeOrder")
      .execute();
    expect(finalize).toHaveLength(1);
  });

  test("names that are private on purpose stay with the CA within", async () => {
    const world = await open();
    const arn = await world.proven("kiln.test");
    await soon(world);
    expect(await world.describe(arn)).toMatchObject({ Status: "ISSUED", Issuer: "Sealkeeper" });
    expect(world.stub.requests).toEqual([]);
  });

  test("what was proved by letter is answered by HTTP, because nobody was told of a record", async () => {
    const world = await open();
    const input = { DomainName: "kiln.com", ValidationMethod: "EMAIL", KeyAlgorithm: "EC_prime256v1" };
    const { body } = await world.call("RequestCertificate", input);
    await world.approve(body.CertificateArn);
    await soon(world);
    expect(await world.describe(body.CertificateArn)).toMatchObject({ Status: "ISSUED", Issuer: "Stub CA" });
    const asked = world.stub.requests.filter(({ resource }) => resource === "challenge");
    expect(asked.map(({ path }) => path.split(":").at(-1))).toEqual(["http-01"]);
  });

  test("a record that stays lets us prove the name for good, and names our account", async () => {
    const world = await open({ challenge: "dns-persist-01" });
    world.stub.meta = { caaIdentities: ["CA.kiln.com"] };
    world.stub.challenges = ["dns-01", "dns-persist-01"];
    await promisePreparation(world.store, ACCOUNT, world.deps.upstream!, world.clock.now());
    await world.work();
    const [account] = [...world.stub.accounts.keys()];
    const arn = await world.request("kiln.com", {
      SubjectAlternativeNames: ["*.kiln.com"],
      KeyAlgorithm: "EC_prime256v1",
    });
    const { DomainValidationOptions } = await world.describe(arn);
    const record = {
      Name: "_validation-persist.kiln.com.",
      Type: "TXT",
      Value: `ca.kiln.com; accounturi=${account}; policy=wildcard`,
    };
    expect(DomainValidationOptions.map(({ ResourceRecord }: { ResourceRecord: object }) => ResourceRecord)).toEqual([
      record,
      record,
    ]);
    const zone = await world.zone("kiln.com");
    await zone.putText(record.Name, record.Value.replace("; policy=wildcard", ""));
    await soon(world);
    const told = await explainCertificate(arn, world.caller(), world.deps);
    expect(told.domains[0]?.problem).toMatch(
      /the record does not permit wildcards\. It must be: ca\.kiln\.com; accounturi=/,
    );
    await zone.putText(
      record.Name,
      `${record.Value}; persistUntil=${Math.floor(world.clock.now().getTime() / 1000) + 3600}`,
    );
    await soon(world);
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    const asked = world.stub.requests.filter(({ resource }) => resource === "challenge");
    expect(asked.map(({ path }) => path.split(":").at(-1))).toEqual(["dns-persist-01"]);
    expect(world.stub.accounts.size).toBe(1);
  });

  test("what one account has proved helps no other: each is another account at the CA, with records of its own", async () => {
    const world = await open({ challenge: "dns-persist-01" });
    world.stub.meta = { caaIdentities: ["ca.kiln.com"] };
    world.stub.challenges = ["dns-persist-01"];
    const other = { account: "222222222222" as AccountId };
    for (const account of [ACCOUNT, other.account]) {
      await promisePreparation(world.store, account, world.deps.upstream!, world.clock.now());
    }
    await world.work();
    const arn = await world.request("kiln.com", { KeyAlgorithm: "EC_prime256v1" });
    const { DomainValidationOptions } = await world.describe(arn);
    const { Name, Value } = DomainValidationOptions[0].ResourceRecord;
    await (await world.zone("kiln.com")).putText(Name, Value);
    const input = { DomainName: "kiln.com", ValidationMethod: "DNS", KeyAlgorithm: "EC_prime256v1" };
    const { body } = await world.call("RequestCertificate", input, other);
    await soon(world);
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    const foreign = { CertificateArn: body.CertificateArn };
    const { Certificate } = (await world.call("DescribeCertificate", foreign, other)).body;
    expect(Certificate.Status).toBe("PENDING_VALIDATION");
    expect(Certificate.DomainValidationOptions[0].ResourceRecord.Value).not.toBe(Value);
    const told = await explainCertificate(body.CertificateArn, world.caller(other), world.deps);
    expect(told.domains[0]?.problem).toContain("the record names another account");
    expect(world.stub.accounts.size).toBe(2);
  });

  test("two nodes that are at one order finalize it once", async () => {
    const world = await open();
    const arn = await world.proven("kiln.com");
    await soon(world, 1);
    for (let round = 0; round < 60 && (await world.describe(arn)).Status !== "ISSUED"; round += 1) {
      await Promise.all([0, 1, 2].map(() => advanceCertificate(arn, world.deps)));
      world.clock.advance(SECOND);
    }
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect(world.stub.count("finalize")).toBe(1);
    expect((await world.orders(arn)).map(({ state }) => state)).toEqual(["finalized"]);
  });

  test("an order that the CA works at is asked for when the CA says", async () => {
    const world = await open();
    Object.assign(world.stub, { processing: 2, retryAfter: "7" });
    const arn = await world.proven("kiln.com");
    const start = world.clock.now();
    await world.liveUntil(later(start, 7 * SECOND));
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
    const reads = world.stub.count("order-status");
    await world.liveUntil(later(start, 30 * SECOND));
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect(world.stub.count("order-status") - reads).toBeLessThanOrEqual(3);
    expect(world.stub.count("finalize")).toBe(1);
  });

  test("a CA that is rate limited gives way to the next, and is left alone until it says", async () => {
    const world = await open({}, {});
    const [first, second] = world.stubs;
    first!.refuse = (resource) =>
      resource === "order"
        ? { type: "rateLimited", detail: "too many certificates", status: 429, headers: { "retry-after": "7200" } }
        : undefined;
    const arn = await world.proven("kiln.com");
    await soon(world);
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect(second!.count("finalize")).toBe(1);
    const [refused, done] = await world.orders(arn);
    expect(refused).toMatchObject({ ca: "ca0", state: "failed", problem: "too many certificates (rateLimited)" });
    expect(refused!.retryAt! - world.clock.now().getTime()).toBeGreaterThan(7200 * SECOND - 30 * SECOND);
    expect(done).toMatchObject({ ca: "ca1", state: "finalized" });
  });

  test("when every CA fails, each is tried again with growing pauses, never before it wants to be", async () => {
    const world = await open({}, {});
    const [first, second] = world.stubs;
    const asked: number[] = [];
    first!.refuse = (resource) => {
      if (resource !== "order") return undefined;
      asked.push(world.clock.now().getTime());
      return { type: "rateLimited", status: 429, headers: { "retry-after": "86400" } };
    };
    second!.validate = () => Promise.resolve({ type: "dns", detail: "SERVFAIL looking up TXT" });
    const arn = await world.proven("kiln.com");
    const start = world.clock.now();
    await world.liveUntil(later(start, DAY - MINUTE));
    expect(await world.describe(arn)).toMatchObject({ Status: "PENDING_VALIDATION" });
    expect(asked).toHaveLength(1);
    const tried = second!.count("order");
    expect(tried).toBeGreaterThan(5);
    expect(tried).toBeLessThan(14);
    const told = await explainCertificate(arn, world.caller(), world.deps);
    expect(told.orders.some(({ problem }) => problem === "kiln.com: SERVFAIL looking up TXT (dns)")).toBe(true);
    expect(told.orders.length).toBeLessThanOrEqual(10);
    second!.validate = () => Promise.resolve(undefined);
    await world.liveUntil(later(start, DAY + 7 * HOUR));
    expect(await world.describe(arn)).toMatchObject({ Status: "ISSUED" });
    expect(second!.count("finalize")).toBe(1);
  });

  test.for([
    ["caa", "CAA_ERROR"],
    ["rejectedIdentifier", "DOMAIN_NOT_ALLOWED"],
    ["badCSR", "OTHER"],
  ] as const)("what every CA refuses as %s fails with %s", async ([type, reason]) => {
    const world = await open({}, {});
    for (const stub of world.stubs) {
      stub.refuse = (resource) => (resource === (type === "badCSR" ? "finalize" : "order") ? { type } : undefined);
    }
    const arn = await world.proven("kiln.com");
    await soon(world);
    expect(await world.describe(arn)).toMatchObject({ Status: "FAILED", FailureReason: reason });
    expect(world.stubs.map((stub) => stub.count("finalize"))).toEqual([0, 0]);
    const told = await explainCertificate(arn, world.caller(), world.deps);
    expect(told.trouble).toBe(`ca0: ${type} (${type}); ca1: ${type} (${type})`);
  });

  test("what one CA refuses for good and another not yet is no failure", async () => {
    const world = await open({}, {});
    world.stubs[0]!.refuse = (resource) =>
      resource === "order"
        ? {
            type: "compound",
            subproblems: [
              { type: "urn:ietf:params:acme:error:caa", detail: "no", identifier: { type: "dns", value: "kiln.com" } },
            ],
          }
        : undefined;
    world.stubs[1]!.answer = (resource) => (resource === "directory" ? { status: 503 } : undefined);
    const arn = await world.proven("kiln.com");
    await world.liveUntil(later(world.clock.now(), 3 * MINUTE));
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
    world.stubs[1]!.answer = () => undefined;
    await world.liveUntil(later(world.clock.now(), 3 * HOUR));
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test.for(["key", "names"] as const)("a certificate for another %s is not taken", async (wrong) => {
    const world = await open({}, {});
    world.stubs[0]!.wrong = wrong;
    const arn = await world.proven("kiln.com");
    await soon(world);
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    const [first, second] = await world.orders(arn);
    expect(first!.problem).toMatch(/^the CA issued something else than it was asked for: the certificate is for /);
    expect(second).toMatchObject({ ca: "ca1", state: "finalized" });
  });

  test("the chain that was preferred is taken where it is offered", async () => {
    const world = await open({ preferredChain: "Other Root" });
    const arn = await world.proven("kiln.com");
    await soon(world);
    const { body } = await world.call("GetCertificate", { CertificateArn: arn });
    expect(new X509Certificate(body.CertificateChain).issuer).toBe("CN=Other Root");
  });

  test("profiles are asked for where the CA has them, and a CA without the profile is none", async () => {
    const world = await open({ profile: "shortlived" }, { profile: "shortlived" }, { profile: "shortlived" });
    const [none, has] = world.stubs;
    none!.meta = { profiles: { classic: "https://ca.example/classic" } };
    has!.meta = { profiles: { classic: "x", shortlived: "y" } };
    const arn = await world.proven("kiln.com");
    await soon(world);
    const [first] = await world.orders(arn);
    expect(first!.problem).toBe('ca0 offers no profile "shortlived"; it offers classic');
    const ordered = has!.requests.find(({ resource }) => resource === "order");
    expect(ordered?.payload?.["profile"]).toBe("shortlived");
  });

  test("terms of service, customers' keys and contacts: who we are is made once, and sealed", async () => {
    const macKey = Buffer.alloc(32, 9);
    const binding = { keyId: "kid-1", readKey: () => new PlaintextKey(Buffer.from(macKey)) };
    const world = await open({ termsAgreed: false }, { binding, contacts: ["mailto:ops@kiln.com"] });
    const [terms, customers] = world.stubs;
    terms!.meta = { termsOfService: "https://ca.example/terms" };
    customers!.meta = { externalAccountRequired: true };
    customers!.customers.set("kid-1", macKey.toString("base64url"));
    const arn = await world.proven("kiln.com");
    await soon(world);
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    const [first] = await world.orders(arn);
    expect(first!.problem).toMatch(
      /^ca0 wants its terms of service to be agreed to: read https:\/\/ca\.example\/terms/,
    );
    const [account] = [...customers!.accounts.values()];
    expect(account).toMatchObject({ eab: true, contact: ["mailto:ops@kiln.com"] });
    const kept = await findUpstreamAccount(world.store, { directory: customers!.directory, owner: ACCOUNT });
    expect(Buffer.from(kept!.sealedKey).toString("latin1").startsWith("SKR")).toBe(true);

    // Another node, or the next start, with other contacts: the same account, told of them.
    reconfigure(world, { binding, contacts: ["mailto:certs@kiln.com"] }, 1);
    await world.proven("glaze.com");
    await soon(world);
    expect(customers!.accounts.size).toBe(1);
    expect(customers!.count("account")).toBe(1);
    expect([...customers!.accounts.values()][0]?.contact).toEqual(["mailto:certs@kiln.com"]);
  });

  test("an account that the CA has forgotten or deactivated is made anew", async () => {
    const world = await open();
    await world.proven("kiln.com");
    await soon(world);
    world.stub.accounts.clear();
    const second = await world.proven("glaze.com");
    await soon(world);
    expect((await world.describe(second)).Status).toBe("ISSUED");
    const place = { directory: world.stub.directory, owner: ACCOUNT };
    const before = (await findUpstreamAccount(world.store, place))!.sealedKey;
    for (const account of world.stub.accounts.values()) account.status = "deactivated";
    for (const url of world.stub.accounts.keys()) await forgetUpstreamAccountUrl(world.store, place, url);
    const third = await world.proven("oven.com");
    await world.liveUntil(later(world.clock.now(), 5 * MINUTE));
    expect((await world.describe(third)).Status).toBe("ISSUED");
    expect(Buffer.from(before).equals((await findUpstreamAccount(world.store, place))!.sealedKey)).toBe(false);
  });

  describe("renewal", () => {
    test("comes when the CA wants it, names what it replaces, and begins a new window", async () => {
      const world = await open();
      const start = world.clock.now();
      world.stub.window = () => ({
        start: later(start, 10 * DAY),
        end: later(start, 11 * DAY),
        explanationURL: "https://ca.example/incident",
      });
      const arn = await world.proven("kiln.com");
      await soon(world);
      await world.attach(arn);
      const [order] = await world.orders(arn);
      expect(order!.renewAt).toBeGreaterThanOrEqual(start.getTime() + 10 * DAY);
      expect(order!.renewAt).toBeLessThan(start.getTime() + 11 * DAY);
      const told = await explainCertificate(arn, world.caller(), world.deps);
      expect(told.orders[0]?.renewal).toMatchObject({ explanation: "https://ca.example/incident" });
      await world.liveUntil(later(start, 10 * DAY - MINUTE));
      expect(world.stub.count("order")).toBe(1);
      // Asked every six hours, the time stays the one that was chosen.
      expect(world.stub.count("renewal-info")).toBe(40);
      expect((await world.orders(arn))[0]!.renewAt).toBe(order!.renewAt);
      world.stub.window = () => ({ start: later(start, 70 * DAY), end: later(start, 71 * DAY) });
      await world.liveUntil(later(start, 10 * DAY + 7 * HOUR)); // the CA has changed its mind: nothing is due
      expect(world.stub.count("order")).toBe(1);
      world.stub.window = () => ({ start: later(start, 12 * DAY), end: later(start, 12 * DAY + HOUR) });
      await world.liveUntil(later(start, 12 * DAY + 2 * HOUR));
      const renewed = world.stub.requests.filter(({ resource }) => resource === "order");
      expect(renewed).toHaveLength(2);
      expect(renewed[1]?.payload?.["replaces"]).toMatch(/^[\w-]{27}\.[\w-]{20,24}$/);
      const asked = world.stub.requests.filter(({ resource }) => resource === "renewal-info");
      expect(asked[0]?.path).toBe(`/renewal-info/${String(renewed[1]?.payload?.["replaces"])}`);
      expect((await world.describe(arn)).RenewalSummary.RenewalStatus).toBe("SUCCESS");
      // The window of the certificate before is not the one of its successor.
      const { renewAt } = await world.store.selectFrom("certificates").select("renewAt").executeTakeFirstOrThrow();
      expect((await world.orders(arn, 2)).at(-1)!.renewAt).toBe(renewAt);
    });

    test("is at once when the window has passed, but never without end", async () => {
      const world = await open();
      world.stub.window = () => ({ start: new Date(0), end: new Date(1000) });
      const arn = await world.proven("kiln.com");
      await soon(world);
      await world.attach(arn);
      await world.liveUntil(later(world.clock.now(), 2 * DAY));
      // The hundredth part of ninety days is 21.6 hours.
      expect(world.stub.count("order")).toBe(3);
    });

    test("is ordered without a word of the certificate before where the CA has replaced that already", async () => {
      const world = await open();
      world.stub.retryAfter = "86400";
      const arn = await world.proven("kiln.com");
      await soon(world);
      await world.attach(arn);
      const ordered: unknown[] = [];
      world.stub.refuse = (resource, { replaces }) => {
        if (resource === "order") ordered.push(replaces);
        return resource === "order" && replaces !== undefined ? { type: "alreadyReplaced", status: 409 } : undefined;
      };
      await world.liveUntil(later(world.clock.now(), 62 * DAY));
      expect((await world.describe(arn)).RenewalSummary.RenewalStatus).toBe("SUCCESS");
      expect(ordered).toEqual([expect.any(String), undefined]);
    });

    test("that is refused shows why, is tried again, and the certificate stays in force meanwhile", async () => {
      const world = await open();
      world.stub.retryAfter = "86400";
      const arn = await world.proven("kiln.com");
      await soon(world);
      await world.attach(arn);
      world.stub.refuse = (resource) => (resource === "order" ? { type: "caa", detail: "CAA forbids it" } : undefined);
      await world.liveUntil(later(world.clock.now(), 62 * DAY));
      const waiting = await world.describe(arn);
      expect(waiting.Status).toBe("ISSUED");
      expect(waiting.RenewalSummary).toMatchObject({ RenewalStatusReason: "CAA_ERROR" });
      world.stub.refuse = () => undefined;
      await world.liveUntil(later(world.clock.now(), DAY));
      expect((await world.describe(arn)).RenewalSummary.RenewalStatus).toBe("SUCCESS");
    });

    test("goes by our own policy at a CA without renewal information, and by none of its words at one out of order", async () => {
      const world = await open();
      world.stub.renewalInfo = false;
      const arn = await world.proven("kiln.com");
      await soon(world);
      await world.attach(arn);
      await world.liveUntil(later(world.clock.now(), 50 * DAY));
      expect(world.stub.count("order")).toBe(1);
      await world.liveUntil(later(world.clock.now(), 12 * DAY)); // a third before the end of ninety days
      expect(world.stub.count("order")).toBe(2);
      expect(
        world.stub.requests.findLast(({ resource }) => resource === "order")?.payload?.["replaces"],
      ).toBeUndefined();
    });
  });

  describe("revocation", () => {
    test("is done by the CA that issued, also after the certificate was deleted here", async () => {
      const world = await open();
      const arn = await world.proven("kiln.com", { Options: { Export: "ENABLED" } });
      await soon(world);
      const { body } = await world.call("GetCertificate", { CertificateArn: arn });
      await exported(world, arn);
      world.stub.answer = (resource) => (resource === "revoke" ? { status: 500 } : undefined);
      const asked = { CertificateArn: arn, RevocationReason: "AFFILIATION_CHANGED" };
      expect((await world.call("RevokeCertificate", asked)).error).toBeUndefined();
      await world.work();
      expect(world.stub.revoked).toEqual([]);
      expect((await world.call("DeleteCertificate", { CertificateArn: arn })).error).toBeUndefined();
      world.stub.answer = () => undefined;
      world.stub.refuse = (resource, { reason }) =>
        resource === "revoke" && reason !== undefined ? { type: "badRevocationReason" } : undefined;
      await world.liveUntil(later(world.clock.now(), MINUTE));
      const der = new X509Certificate(body.Certificate).raw.toString("base64url");
      expect(world.stub.revoked).toEqual([{ certificate: der, reason: undefined }]);
      const [row] = await world.store.selectFrom("upstreamRevocations").select("revokedAt").execute();
      expect(row!.revokedAt).not.toBeNull();
    });

    test("of what is revoked already is done", async () => {
      const world = await open();
      const arn = await world.proven("kiln.com", { Options: { Export: "ENABLED" } });
      await soon(world);
      await exported(world, arn);
      world.stub.refuse = (resource) => (resource === "revoke" ? { type: "alreadyRevoked" } : undefined);
      await world.call("RevokeCertificate", { CertificateArn: arn, RevocationReason: "SUPERSEDED" });
      await world.work();
      expect(world.failures).toEqual([]);
      const [row] = await world.store.selectFrom("upstreamRevocations").select(["revokedAt", "reason"]).execute();
      expect(row).toMatchObject({ reason: 4, revokedAt: world.clock.now().getTime() });
    });
  });

  test("a CA that is not configured any more gives way, and no CA at all is said", async () => {
    const world = await open();
    world.stub.answer = (resource) => (resource === "order" ? { status: 503 } : undefined);
    const arn = await world.proven("kiln.com");
    await soon(world, 1);
    world.stub.answer = () => undefined;
    reconfigure(world, {}, 0, "renamed");
    await world.liveUntil(later(world.clock.now(), 10 * MINUTE));
    expect((await world.orders(arn)).map(({ ca, state }) => `${ca} ${state}`)).toEqual([
      "ca0 failed",
      "renamed finalized",
    ]);
    const second = await world.proven("glaze.com");
    Object.assign(world.deps, { upstream: undefined });
    await expect(soon(world)).resolves.toBeUndefined();
    const told = await explainCertificate(second, world.caller(), world.deps);
    expect(told.trouble).toBe("no public CA is configured any more: see the setting upstream");
  });
});

/** Lets the jobs of the next seconds be done. */
async function soon(world: UpstreamWorld, seconds = 20): Promise<void> {
  await world.liveUntil(later(world.clock.now(), seconds * SECOND));
}

async function exported(world: UpstreamWorld, arn: CertificateArn): Promise<void> {
  const Passphrase = Buffer.from("passphrase").toString("base64");
  expect((await world.call("ExportCertificate", { CertificateArn: arn, Passphrase })).error).toBeUndefined();
}

/** From now on only one CA is configured, with these settings. */
function reconfigure(world: UpstreamWorld, more: Parameters<typeof upstreamCa>[2], at: number, name = `ca${at}`): void {
  const ca = upstreamCa(world.stubs[at]!.directory, name, more);
  const upstream = openUpstream([ca], "acme.sealkeeper.internal", world.deps);
  onTestFinished(() => upstream.close());
  Object.assign(world.deps, { upstream });
}
