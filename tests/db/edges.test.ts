import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { fleetAuthority } from "#ca/fleet/authority.ts";
import { Signers } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import type { LoadBalancerArn } from "#domain/arn.ts";
import { balancerOfEdge } from "#fleet/edge-addresses.ts";
import { type JoinDeps, type JoinRequest, joinFleet, renewEdgeIdentity } from "#fleet/join.ts";
import { isRemoved, mayCallHere, removeEdge } from "#identity/edge-members.ts";
import { ensureFirstAccount, FIRST_ACCOUNT } from "#identity/first-account.ts";
import { createJoinToken, type EdgePlan } from "#identity/join-tokens.ts";
import { announceTarget } from "#integrations/elbv2/places.ts";
import { HOUR, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { writeCsr } from "#lib/x509-csr-writer.ts";
import { findEdgeAddress, listEdgePlaces, presentCarriedBy } from "#store/edge-carriage.ts";
import { findEdgeMember } from "#store/edge-members.ts";
import { insertLoadBalancer } from "#store/load-balancers.ts";
import { DATABASES } from "../support/databases.ts";
import { balancer, OWNER } from "../support/edge-config.ts";
import { testClock } from "../support/test-clock.ts";

const OPERATOR = { account: FIRST_ACCOUNT };
const NOTHING: EdgePlan = { edge: undefined, zone: undefined, addresses: undefined };
const removal = (deps: JoinDeps) => ({ ...deps, onAddressLost: announceTarget });
const csr = (): string => writeCsr("edge", generateKeyPairSync("ec", { namedCurve: "prime256v1" }));

for (const database of DATABASES) {
  const open = async () => {
    const store = await database.open();
    const clock = testClock("2026-11-22T12:00:00Z");
    const root = keyFileRoot(Buffer.alloc(32, 5));
    const deps: JoinDeps = {
      store,
      clock,
      ids: randomIds,
      root,
      signers: new Signers({ root, caUrl: "http://ca.test" }),
    };
    await ensureFirstAccount(deps);
    const token = (plan: Partial<EdgePlan> = {}, lifetime = HOUR) =>
      createJoinToken({ ...NOTHING, ...plan }, lifetime, OPERATOR, deps);
    const join = (request: Partial<JoinRequest> & Pick<JoinRequest, "token">) =>
      joinFleet({ ...NOTHING, request: csr(), ...request }, deps);
    const place = (arn: LoadBalancerArn, zones: readonly string[]) =>
      store.transaction().execute((tx) => {
        const { type, dnsName, address, cookieSecret } = balancer();
        const more = {
          name: arn,
          scheme: "internal",
          state: "active",
          vpcId: "vpc-1",
          zones,
          createdAt: new Date(0),
        } as const;
        const nothing = { subnets: zones, securityGroups: [], attributes: {} };
        const own = { arn, dnsName: `${arn}.${dnsName}`, address: `${address}${arn}` };
        return insertLoadBalancer(tx, { ...OWNER, type, cookieSecret, ...more, ...nothing, ...own });
      });
    return { ...deps, deps, clock, token, join, place };
  };

  describe(`edges on other machines, on ${database.name}`, () => {
    test("join with a token, and are then known by their certificate and their access key", async () => {
      const { deps, store, clock, token, join } = await open();
      const joined = await join({
        token: await token(),
        edge: "paris-1",
        zone: "eu-west-3a",
        addresses: "10.0.0.16/28",
      });
      expect(joined).toMatchObject({ edge: "paris-1", zone: "eu-west-3a", addresses: "10.0.0.16/28" });
      const certificate = new X509Certificate(joined.certificate);
      const authority = new X509Certificate(joined.authority);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.subjectAltName).toBe("DNS:paris-1.edge.fleet.sealkeeper.internal");
      expect(certificate.validToDate.getTime() - clock.now().getTime()).toBeLessThanOrEqual(7 * 24 * HOUR);
      expect(authority.raw.equals(new X509Certificate((await fleetAuthority(deps)).certificate).raw)).toBe(true);

      const caller = {
        kind: "edge",
        arn: `arn:aws:sealkeeper::${FIRST_ACCOUNT}:edge/paris-1`,
        accessKeyId: joined.accessKeyId,
      } as const;
      const name = "paris-1.edge.fleet.sealkeeper.internal";
      const may = (clientName: string | undefined, fleetPort = true, accessKeyId = joined.accessKeyId) =>
        mayCallHere({ ...caller, accessKeyId }, { fleetPort, clientName }, { store });
      expect(await may(name)).toBe(true);
      expect(await may(undefined)).toBe(false);
      expect(await may("other.edge.fleet.sealkeeper.internal")).toBe(false);
      expect(await may("control.fleet.sealkeeper.internal")).toBe(false);
      expect(await may(name, false)).toBe(false);
      expect(await may(name, true, "AKIAANOTHER")).toBe(false);
      expect(await mayCallHere({ ...caller, kind: "root" }, { fleetPort: true, clientName: name }, { store })).toBe(
        false,
      );
    });

    test("a token that is used by many at once admits one", async () => {
      const { token, join } = await open();
      const once = await token();
      const all = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => join({ token: once, edge: `edge-${i}` })),
      );
      expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      for (const one of all) {
        if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "edge-token-invalid" });
      }
    });

    test("who asks again with the same key, because the answer was lost, is answered again; nobody else is", async () => {
      const { token, join } = await open();
      const once = await token();
      const request = csr();
      const first = await join({ token: once, edge: "lost", request });
      const again = await join({ token: once, edge: "lost", request });
      expect(again.accessKeyId).toBe(first.accessKeyId);
      await expect(join({ token: once, edge: "lost" })).rejects.toMatchObject({ code: "edge-token-invalid" });
      await expect(join({ token: once, edge: "other", request })).rejects.toMatchObject({ code: "edge-token-invalid" });
    });

    test("a used token answers for the life in which it was used, not for a later edge of that name", async () => {
      const { deps, clock, token, join } = await open();
      const [once, request] = [await token(), csr()];
      await join({ token: once, edge: "again", request });
      await removeEdge("again", OPERATOR, removal(deps));
      clock.advance(SECOND);
      await join({ token: await token(), edge: "again" });
      await expect(join({ token: once, edge: "again", request })).rejects.toMatchObject({
        code: "edge-token-invalid",
      });
    });

    test("a wrong, an expired or a made-up token lets nobody in", async () => {
      const { clock, token, join } = await open();
      const short = await token({}, 60 * SECOND);
      await expect(join({ token: { ...short, secret: "A".repeat(43) }, edge: "one" })).rejects.toMatchObject({
        code: "edge-token-invalid",
      });
      await expect(join({ token: { id: "0".repeat(16), secret: short.secret }, edge: "one" })).rejects.toMatchObject({
        code: "edge-token-invalid",
      });
      clock.advance(61 * SECOND);
      await expect(join({ token: short, edge: "one" })).rejects.toMatchObject({ code: "edge-token-invalid" });
    });

    test("what a token says, the edge must be; a refused request does not use it up", async () => {
      const { token, join } = await open();
      const bound = await token({ edge: "bound", zone: "eu-west-1a", addresses: "10.1.0.0/24" });
      for (const wrong of [
        { edge: "other" },
        { zone: "eu-west-1b" },
        { addresses: "10.2.0.0/24" },
        { request: "no CSR" },
      ]) {
        await expect(join({ token: bound, ...wrong })).rejects.toMatchObject({ code: "edge-input-invalid" });
      }
      expect(await join({ token: bound })).toMatchObject({
        edge: "bound",
        zone: "eu-west-1a",
        addresses: "10.1.0.0/24",
      });
      await expect(join({ token: await token() })).rejects.toMatchObject({ code: "edge-input-invalid" });
      await expect(join({ token: await token(), edge: "local-1" })).rejects.toMatchObject({
        code: "edge-input-invalid",
      });
      await expect(join({ token: await token(), edge: "near", addresses: "10.1.0.128/25" })).rejects.toThrow(
        /overlaps/,
      );
    });

    test("a name is one edge's, unless a token says that it is replaced", async () => {
      const { store, token, join } = await open();
      const first = await join({ token: await token(), edge: "one" });
      await expect(join({ token: await token(), edge: "one" })).rejects.toMatchObject({ code: "edge-name-used" });
      const second = await join({ token: await token({ edge: "one" }) });
      expect(second.accessKeyId).not.toBe(first.accessKeyId);
      expect(await isRemoved(store, "one", first.accessKeyId)).toBe(true);
    });

    test("a removed edge is renewed no more, and its name is free", async () => {
      const { deps, store, token, join } = await open();
      const { accessKeyId } = await join({ token: await token(), edge: "gone" });
      expect(await renewEdgeIdentity("gone", csr(), deps)).toContain("BEGIN CERTIFICATE");
      await removeEdge("gone", OPERATOR, removal(deps));
      expect(await isRemoved(store, "gone", accessKeyId)).toBe(true);
      expect(await renewEdgeIdentity("gone", csr(), deps)).toBeUndefined();
      await expect(removeEdge("gone", OPERATOR, removal(deps))).rejects.toMatchObject({ code: "edge-not-found" });
      await join({ token: await token(), edge: "gone" });
    });

    test("two edges that bring one name at once: one is let in, and nothing of the other stays", async () => {
      const { store, token, join } = await open();
      const tokens = [await token(), await token()];
      const outcomes = await Promise.allSettled(tokens.map((one) => join({ token: one, edge: "twice" })));
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
      expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { code: "edge-name-used" },
      });
      const keys = await store
        .selectFrom("accessKeys")
        .select("id")
        .where("account", "=", FIRST_ACCOUNT)
        .where("edge", "=", "twice")
        .execute();
      expect(keys).toHaveLength(1);
    });

    test("only the first account says which edges there are", async () => {
      const { deps } = await open();
      const stranger = { account: "999999999999" as typeof FIRST_ACCOUNT };
      await expect(createJoinToken(NOTHING, HOUR, stranger, deps)).rejects.toMatchObject({ code: "edge-not-yours" });
      await expect(removeEdge("any", stranger, removal(deps))).rejects.toMatchObject({ code: "edge-not-yours" });
    });

    test("an edge in a zone carries what has a subnet there, and what is nowhere known; any other carries all", async () => {
      const { store, token, join, place } = await open();
      await join({ token: await token(), edge: "in-a", zone: "eu-west-1a" });
      await join({ token: await token(), edge: "anywhere" });
      const arns = ["a", "b", "ab", "nowhere"] as LoadBalancerArn[];
      const asked = [...arns, "made-up" as LoadBalancerArn];
      for (const [arn, zones] of [
        ["a", ["eu-west-1a"]],
        ["b", ["eu-west-1b"]],
        ["ab", ["eu-west-1a", "eu-west-1b"]],
        ["nowhere", []],
      ] as const) {
        await place(arn as LoadBalancerArn, zones);
      }
      expect([...(await presentCarriedBy(store, "in-a", asked))]).toEqual(["a", "ab", "nowhere"]);
      expect([...(await presentCarriedBy(store, "anywhere", asked))]).toEqual(arns);
      expect([...(await presentCarriedBy(store, "local-1", asked))]).toEqual(arns);
      expect([...(await presentCarriedBy(store, "removed", asked))]).toEqual([]);
    });

    test("load balancers get addresses of the edge, one each while there are enough, and give them back", async () => {
      const { store, deps, token, join, place } = await open();
      await join({ token: await token(), edge: "small", addresses: "10.9.0.4/31" });
      const edgeBalancer = async (_: unknown, arn: LoadBalancerArn) => ({ ...balancer(), arn });
      const arns = ["one", "two", "three"] as LoadBalancerArn[];
      const got: string[] = [];
      for (const arn of arns) {
        await place(arn, []);
        got.push((await balancerOfEdge("small", arn, { store, edgeBalancer }))?.address ?? "");
      }
      expect(got.slice(0, 2).toSorted()).toEqual(["10.9.0.4", "10.9.0.5"]);
      expect(["10.9.0.4", "10.9.0.5"]).toContain(got[2]);
      expect(await findEdgeAddress(store, "small", arns[0]!)).toBe(got[0]);
      expect(await listEdgePlaces(store, arns[0]!)).toMatchObject([
        { edge: "small", address: got[0], bound: 0, seenAt: null },
      ]);
      const lost: LoadBalancerArn[] = [];
      await removeEdge("small", OPERATOR, { ...deps, onAddressLost: async (_, arn) => void lost.push(arn) });
      expect(lost.toSorted()).toEqual(arns.toSorted());
      expect(await findEdgeMember(store, "small")).toBeUndefined();
      expect(await listEdgePlaces(store, arns[0]!)).toEqual([]);
      expect(await balancerOfEdge("small", arns[0]!, { store, edgeBalancer })).toBeUndefined();
    });
  });
}
