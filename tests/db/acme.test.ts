import { X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { advanceDomain } from "#acme/advance-domain.ts";
import { COMPLETE_ORDER, completeOrder } from "#acme/complete-order.ts";
import { finalizeOrder } from "#acme/finalize-order.ts";
import { readRequestedCertificate } from "#acme/requested-certificate.ts";
import { openNonces } from "#acme/server/nonces.ts";
import type { AcmeEndpointArn } from "#domain/acme/arns.ts";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { findAcmeEndpoint } from "#store/acme-endpoints.ts";
import { findAcmeOrder } from "#store/acme-orders.ts";
import type { Store, Tx } from "#store/store.ts";
import {
  type AcmeClient,
  type Answered,
  acmeClient,
  csr,
  csrDer,
  must,
  newKey,
  newSigner,
  signJws,
} from "../support/acme-client.ts";
import { type AcmeWorld, acmeWorld } from "../support/acme-world.ts";
import { DATABASES } from "../support/databases.ts";

const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

const orderId = (order: Answered): string => (order.headers["location"] ?? "").replace(/.*\//, "");

for (const database of DATABASES) {
  describe(`ACME on ${database.name}`, () => {
    const open = async (): Promise<{ acme: AcmeWorld; client: AcmeClient; store: Store }> => {
      const store = await database.open();
      const acme = await acmeWorld(store);
      await acme.prove("shop.example");
      return { acme, client: await acme.client(), store };
    };
    const count = async (
      store: Store,
      table: "certificates" | "certificateVersions" | "acmeOrders" | "acmeAccounts" | "jobs",
    ) =>
      Number(
        (
          await store
            .selectFrom(table)
            .select((row) => row.fn.countAll<number>().as("rows"))
            .executeTakeFirstOrThrow()
        ).rows,
      );
    const signed = async (store: Store): Promise<number> =>
      (await store.selectFrom("caIssuances").select("state").execute()).filter(({ state }) => state === "signed")
        .length;

    test("an account lives on while its client obtains, renews and revokes", async () => {
      const { acme, client, store } = await open();
      const first = await client.obtain(["www.shop.example"]);
      acme.world.clock.advance(30 * DAY);
      const second = await client.obtain(["www.shop.example"]);
      expect(await count(store, "certificates")).toBe(1);
      expect(await count(store, "certificateVersions")).toBe(1);
      const revoke = (der: Buffer) =>
        client.post(client.directory["revokeCert"] ?? "", { certificate: der.toString("base64url") });
      must(await revoke(first.der), 200);
      const {
        CertificateSummaryList: [summary],
      } = await acme.call("ListCertificates", {
        CertificateKeyPairOrigins: ["ACME"],
        Includes: { keyTypes: ["EC_prime256v1"] },
      });
      expect(summary.Status).toBe("ISSUED"); // it was the version before
      must(await revoke(second.der), 200);
      expect((await acme.world.describe(summary.CertificateArn)).Status).toBe("REVOKED");
      expect((await client.post(first.certificateUrl)).body).toBe(first.pem); // what was issued can be fetched for ever
      expect(acme.failures).toEqual([]);
    });

    test("orders that came to nothing are forgotten when they would have ended", async () => {
      const { acme, client, store } = await open();
      const order = await client.newOrder(["www.shop.example"]);
      must(await client.post(order.json.authorizations[0], { status: "deactivated" }), 200);
      await client.newOrder(["www.shop.example"]);
      await client.obtain(["www.shop.example"]);
      acme.world.clock.advance(DAY + MINUTE);
      expect(await count(store, "acmeOrders")).toBe(3);
      await client.newOrder(["www.shop.example"]);
      const states = await store.selectFrom("acmeOrders").select("status").orderBy("status").execute();
      expect(states.map(({ status }) => status)).toEqual(["ready", "valid"]);
    });

    test("of 16 finalizations of one order at once one issues, the others are orderNotReady", async () => {
      const { acme, client, store } = await open();
      const order = must(await client.newOrder(["shop.example"]), 201);
      const nodes = [acme.transport, acme.node()];
      const clients = await times(2, async (index) => ({ ...(await acme.client(newSigner(), nodes[index])) }));
      const by = { key: client.key, kid: client.kid };
      const answers = await times(16, (index) => {
        const payload = { csr: csr(newKey(), ["shop.example"]) };
        return (clients[index % 2] ?? client).post(order.json.finalize, payload, { by });
      });
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ json }) => json.type === "urn:ietf:params:acme:error:orderNotReady")).toHaveLength(15);
      expect([await count(store, "certificates"), await signed(store)]).toEqual([1, 1]);
      expect(acme.failures).toEqual([]);
    });

    test("32 orders of the same names at once are 32 certificates under one ARN", async () => {
      const { acme, client, store } = await open();
      const obtained = await times(32, () => client.obtain(["a.shop.example", "b.shop.example"]));
      expect(new Set(obtained.map(({ der }) => new X509Certificate(der).serialNumber)).size).toBe(32);
      expect(await count(store, "certificates")).toBe(1);
      const [row] = await store.selectFrom("certificates").select(["generation", "names"]).execute();
      expect(row).toEqual({ generation: 32, names: '["a.shop.example","b.shop.example"]' });
      expect(await signed(store)).toBe(32);
      expect(await count(store, "certificateVersions")).toBe(1);
      expect(acme.failures).toEqual([]);
    });

    test("16 registrations of one key at once are one account", async () => {
      const { acme, store } = await open();
      const key = newSigner();
      const before = await count(store, "acmeAccounts");
      const accounts = await times(16, async () => {
        const client = await acmeClient(acme.directoryUrl, acme.transport, key);
        return (await client.register(acme.credentials)).headers["location"];
      });
      expect(new Set(accounts).size).toBe(1);
      expect((await count(store, "acmeAccounts")) - before).toBe(1);
    });

    test("what was begun before its account was revoked, its endpoint deleted or its proof withdrawn issues nothing", async () => {
      for (const end of ["revoked", "deleted", "withdrawn"] as const) {
        const { acme, client, store } = await open();
        const { arn: AcmeDomainValidationArn } = await acme.prove("gone.example");
        const id = orderId(must(await client.newOrder(["gone.example"]), 201));
        const endpoint = await findAcmeEndpoint(store, acme.endpointArn as AcmeEndpointArn);
        const found = await findAcmeOrder(store, id);
        if (!endpoint || !found) throw new Error("no order");
        const AcmeEndpointArn = acme.endpointArn;
        if (end === "revoked") await acme.call("RevokeAcmeAccount", { AcmeEndpointArn, AccountUrl: client.kid });
        else if (end === "deleted") await acme.call("DeleteAcmeEndpoint", { AcmeEndpointArn });
        else await acme.call("DeleteAcmeDomainValidation", { AcmeDomainValidationArn });
        const requested = readRequestedCertificate(csrDer(newKey(), ["gone.example"]));
        expect(await finalizeOrder(found, requested, endpoint, acme.world.deps)).toBe(false);
        expect([await count(store, "certificates"), await signed(store)]).toEqual([0, 0]);
      }
    });

    test("of 8 accounts that change to one key at once one has it, the others are told who", async () => {
      const { acme } = await open();
      const clients = await times(8, () => acme.client());
      const fresh = newSigner("ES256");
      const url = clients[0]?.directory["keyChange"] ?? "";
      const answers = await Promise.all(
        clients.map((client) => {
          const wanted = { account: client.kid, oldKey: client.key.jwk };
          return client.post(url, signJws(fresh, { jwk: fresh.jwk, url }, JSON.stringify(wanted)));
        }),
      );
      const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other);
      expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
      expect(acme.failures).toEqual([]);
    });

    test("a process that dies when it has signed has a successor, and when it only seemed dead it comes too late", async () => {
      for (const fate of ["dies", "sleeps"] as const) {
        const { acme, client, store } = await open();
        const { deps } = acme.world;
        const order = must(await client.newOrder(["shop.example"]), 201);
        const id = orderId(order);
        const endpoint = await findAcmeEndpoint(store, acme.endpointArn as AcmeEndpointArn);
        const found = await findAcmeOrder(store, id);
        if (!endpoint || !found) throw new Error("no order");
        const requested = readRequestedCertificate(csrDer(newKey(), ["shop.example"]));
        const woken = Promise.withResolvers<void>();
        const stopped = { ...deps, store: stoppingBeforeTheRecord(store, fate, woken.promise) };
        const first = finalizeOrder(found, requested, endpoint, stopped).catch((error: unknown) => error);
        if (fate === "dies") expect(await first).toMatchObject({ message: "killed" });
        await until(async () => (await findAcmeOrder(store, id))?.status === "processing");
        const waiting = await client.post(order.headers["location"] ?? "");
        expect([waiting.json.status, waiting.headers["retry-after"]]).toEqual(["processing", "1"]);
        expect([await count(store, "certificates"), await signed(store)]).toEqual([0, 0]);

        acme.world.clock.advance(30 * SECOND); // the promised job is due, and whoever signs is taken for dead
        await Promise.allSettled(Array.from({ length: 4 }, () => completeOrder(id, deps)));
        await acme.world.work();
        const done = await client.post(order.headers["location"] ?? "");
        expect(done.json.status).toBe("valid");
        const { body } = must(await client.post(done.json.certificate), 200);
        woken.resolve();
        await first;
        expect([await count(store, "certificates"), await signed(store)]).toEqual([1, 1]);
        expect((await client.post(done.json.certificate)).body).toBe(body);
        expect(await store.selectFrom("jobs").select("task").execute()).not.toContainEqual({ task: COMPLETE_ORDER });
      }
    });

    test("an order that was begun comes to nothing when its names are not covered any more before it is signed", async () => {
      const { acme, client, store } = await open();
      const { deps } = acme.world;
      const order = must(await client.newOrder(["shop.example"]), 201);
      const endpoint = (await findAcmeEndpoint(store, acme.endpointArn as AcmeEndpointArn))!;
      const found = (await findAcmeOrder(store, orderId(order)))!;
      const requested = readRequestedCertificate(csrDer(newKey(), ["shop.example"]));
      const stopped = { ...deps, store: stoppingBeforeTheRecord(store, "dies", Promise.resolve()) };
      await expect(finalizeOrder(found, requested, endpoint, stopped)).rejects.toThrow("killed");
      const { AcmeDomainValidations } = await acme.call("ListAcmeDomainValidations", { AcmeEndpointArn: endpoint.arn });
      const { AcmeDomainValidationArn } = AcmeDomainValidations[0];
      await acme.call("DeleteAcmeDomainValidation", { AcmeDomainValidationArn });
      acme.world.clock.advance(30 * SECOND);
      await acme.world.work();
      expect((await client.post(order.headers["location"] ?? "")).json).toMatchObject({
        status: "invalid",
        error: { type: "urn:ietf:params:acme:error:unauthorized", detail: expect.stringContaining("shop.example") },
      });
      expect(await count(store, "certificates")).toBe(0);
    });

    test("nonces are taken by every node, once in all", async () => {
      const { acme, store } = await open();
      const [one, two] = [openNonces(acme.world.deps), openNonces(acme.world.deps)];
      const shared = database.name === "PostgreSQL";
      acme.world.clock.advance(SECOND);
      const nonce = await one.fresh();
      expect(await two.isGenuine(nonce)).toBe(true);
      const uses = await times(16, (index) => (shared && index % 2 === 1 ? two : one).use(nonce));
      expect(uses.filter(Boolean)).toHaveLength(1);
      if (shared) {
        acme.world.clock.advance(3 * HOUR);
        await one.use(await one.fresh());
        expect(await store.selectFrom("acmeUsedNonces").select("nonce").execute()).toHaveLength(1); // the old ones are forgotten
      } else {
        acme.world.clock.advance(SECOND);
        const restarted = openNonces(acme.world.deps);
        expect(await restarted.isGenuine(await one.fresh())).toBe(true);
        expect(await restarted.isGenuine(nonce)).toBe(false); // it cannot know whether it was used
      }
    });

    test("16 creations with one token are one endpoint, binding and domain validation; with other parameters a conflict", async () => {
      const { acme } = await open();
      const token = { IdempotencyToken: "same" };
      const same = async (operation: string, input: object, other: object): Promise<void> => {
        const all = await times(16, () => acme.call(operation, { ...input, ...token }));
        expect(new Set(all.map((body) => JSON.stringify(body))).size, operation).toBe(1);
        expect((await acme.world.call(operation, { ...input, ...token, ...other })).error).toBe("ConflictException");
        acme.world.clock.advance(HOUR);
        const { error } = await acme.world.call(operation, { ...input, ...token, ...other });
        expect([undefined, "ConflictException"]).toContain(error);
      };
      const authority = { PublicCertificateAuthority: {} };
      await same(
        "CreateAcmeEndpoint",
        { AuthorizationBehavior: "PRE_APPROVED", CertificateAuthority: authority },
        { Contact: "REQUIRED" },
      );
      const AcmeEndpointArn = acme.endpointArn;
      const role = (name: string) => ({ RoleArn: `arn:aws:iam::123456789012:role/${name}` });
      await same("CreateAcmeExternalAccountBinding", { AcmeEndpointArn, ...role("a") }, role("b"));
      const scope = (Wildcards: string) => ({
        PrevalidationOptions: { DnsPrevalidation: { DomainScope: { ExactDomain: "ENABLED", Wildcards } } },
      });
      await same(
        "CreateAcmeDomainValidation",
        { AcmeEndpointArn, DomainName: "token.example", ...scope("ENABLED") },
        scope("DISABLED"),
      );
    });

    test("an account has fifty endpoints in a region at most, however many are asked for at once", async () => {
      const { acme } = await open();
      const input = { AuthorizationBehavior: "PRE_APPROVED", CertificateAuthority: { PublicCertificateAuthority: {} } };
      const answers = await times(60, () => acme.world.call("CreateAcmeEndpoint", input));
      expect(answers.filter(({ error }) => error === undefined)).toHaveLength(49); // one was there
      expect(new Set(answers.map(({ error }) => error))).toEqual(new Set([undefined, "ServiceQuotaExceededException"]));
      expect(
        (await acme.world.call("CreateAcmeEndpoint", input, { region: "us-east-1" as never })).error,
      ).toBeUndefined();
    });

    test("a deleted endpoint takes accounts, orders, bindings, domain validations and tags along; certificates stay", async () => {
      const { acme, client, store } = await open();
      const { der } = await client.obtain(["shop.example"]);
      for (let index = 0; index < 3; index += 1) await acme.client();
      await acme.call("TagResource", { ResourceArn: acme.bindingArn, Tags: [{ Key: "a" }] });
      const zone = await acme.world.zone("written.example");
      const DnsPrevalidation = { DomainScope: { ExactDomain: "ENABLED" }, HostedZoneId: zone.id };
      const written = { AcmeEndpointArn: acme.endpointArn, DomainName: "written.example" };
      await acme.call("CreateAcmeDomainValidation", { ...written, PrevalidationOptions: { DnsPrevalidation } });
      await acme.world.work();
      const records = async (): Promise<number> =>
        (await store.selectFrom("recordSets").select("zoneId").execute()).filter(({ zoneId }) => zoneId === zone.id)
          .length;
      expect(await records()).toBe(3);
      await acme.call("DeleteAcmeEndpoint", { AcmeEndpointArn: acme.endpointArn });
      const { AcmeEndpoint } = await acme.call("DescribeAcmeEndpoint", { AcmeEndpointArn: acme.endpointArn });
      expect(AcmeEndpoint.Status).toBe("DELETING");
      expect((await client.post(client.kid ?? "")).status).toBe(404);
      await acme.world.work();
      for (const table of [
        "acmeEndpoints",
        "acmeAccounts",
        "acmeOrders",
        "acmeBindings",
        "acmeDomainValidations",
        "acmeTags",
        "acmeCertificates",
      ] as const) {
        expect(
          await store
            .selectFrom(table)
            .select((row) => row.lit(1).as("one"))
            .execute(),
          table,
        ).toEqual([]);
      }
      expect(await records()).toBe(2); // SOA and NS
      const [{ arn } = { arn: "" }] = await store.selectFrom("certificates").select("arn").execute();
      const { Serial, Status } = await acme.world.describe(arn);
      expect([Serial.replaceAll(":", ""), Status]).toEqual([
        new X509Certificate(der).serialNumber.toLowerCase(),
        "ISSUED",
      ]);
    });

    test("a proof is looked up again for as long as it is used, and one that is too old has to be given anew", async () => {
      const { acme } = await open();
      const { arn: AcmeDomainValidationArn, withdraw } = await acme.prove("lasting.example");
      const see = async (): Promise<string> =>
        (await acme.call("DescribeAcmeDomainValidation", { AcmeDomainValidationArn })).AcmeDomainValidation.Status;
      await acme.world.liveUntil(later(acme.world.clock.now(), 20 * DAY));
      await withdraw();
      await acme.world.liveUntil(later(acme.world.clock.now(), 50 * DAY));
      expect(await see()).toBe("VALID"); // its proof is young enough
      await acme.world.liveUntil(new Date("2027-03-17T12:00:00Z")); // BR 4.2.1: by then a hundred days are too many
      expect(await see()).toBe("VALIDATING");
      expect((await (await acme.client()).newOrder(["lasting.example"])).status).toBe(403);
    });

    test("domain validations that are advanced at once are proven once", async () => {
      const { acme } = await open();
      const { AcmeDomainValidationArn } = await acme.call("CreateAcmeDomainValidation", {
        AcmeEndpointArn: acme.endpointArn,
        DomainName: "race.example",
        PrevalidationOptions: { DnsPrevalidation: { DomainScope: { ExactDomain: "ENABLED" } } },
      });
      const described = await acme.call("DescribeAcmeDomainValidation", { AcmeDomainValidationArn });
      const { Name, Value } = described.AcmeDomainValidation.PrevalidationDetails.DnsPrevalidation.ResourceRecord;
      await (await acme.world.zone("race.example")).put(Name, Value);
      acme.world.clock.advance(MINUTE);
      await times(4, () => advanceDomain(AcmeDomainValidationArn, acme.world.deps));
      const { AcmeDomainValidation } = await acme.call("DescribeAcmeDomainValidation", { AcmeDomainValidationArn });
      expect(AcmeDomainValidation.Status).toBe("VALID");
    });
  });
}

/** A store whose second transaction, the one that keeps the certificate and ends the order, never begins, or late. */
function stoppingBeforeTheRecord(store: Store, fate: "dies" | "sleeps", woken: Promise<void>): Store {
  let transactions = 0;
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      const bound = value.bind(target) as (...args: unknown[]) => unknown;
      if (name !== "transaction" || ++transactions !== 2) return bound;
      if (fate === "dies") throw new Error("killed");
      const execute = async (work: (tx: Tx) => Promise<unknown>): Promise<unknown> => {
        await woken;
        return await target.transaction().execute(work);
      };
      return () => ({ execute });
    },
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
}
