import { describe, expect, it } from "vitest";
import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import { changeBalancerAttributes } from "#integrations/elbv2/attributes.ts";
import { createListener, type NewListener } from "#integrations/elbv2/create-listener.ts";
import { deleteListener } from "#integrations/elbv2/delete-listener.ts";
import { deleteLoadBalancer } from "#integrations/elbv2/delete-load-balancer.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { edgeBalancer } from "#integrations/elbv2/edge-balancer.ts";
import { findListeners } from "#integrations/elbv2/find-listeners.ts";
import { findLoadBalancers } from "#integrations/elbv2/find-load-balancers.ts";
import { findTargetGroups } from "#integrations/elbv2/find-target-groups.ts";
import { forgetDrainedTargets } from "#integrations/elbv2/forget-drained.ts";
import { hostAddresses } from "#integrations/elbv2/host-addresses.ts";
import {
  addCertificates,
  findListenerCertificates,
  removeCertificates,
} from "#integrations/elbv2/listener-certificates.ts";
import { modifyListener } from "#integrations/elbv2/modify-listener.ts";
import { deregisterTargets, registerTargets } from "#integrations/elbv2/register-targets.ts";
import { addTags, findTags } from "#integrations/elbv2/tags.ts";
import { createTargetGroup, deleteTargetGroup } from "#integrations/elbv2/target-groups.ts";
import { findTargetHealth } from "#integrations/elbv2/target-health.ts";
import { later, SECOND } from "#lib/duration.ts";
import { readEdgeCertificate } from "#lifecycle/edge-certificate.ts";
import { usersOf } from "#store/certificate-associations.ts";
import { edgeChangesSince } from "#store/edge-changes.ts";
import { putListenerReports } from "#store/edge-reports.ts";
import { putEdge } from "#store/edges.ts";
import { markBalancerActive } from "#store/load-balancers.ts";
import { balancerDeps, callerOf, issuedCertificate } from "../support/balancers.ts";
import { DATABASES } from "../support/databases.ts";
import { defaultNetwork, makeBalancer } from "../support/network.ts";

const ME = callerOf();
const FIXED = {
  action: { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "hello" },
  order: undefined,
} as const;
const GROUP = {
  name: "app",
  protocol: "HTTP",
  protocolVersion: "HTTP1",
  targetType: "ip",
  port: 8080,
  healthCheck: {},
  tags: [],
} as const;
const ALL = { marker: undefined, pageSize: undefined };

const listening = (loadBalancerArn: string, more: Partial<NewListener> = {}): NewListener => ({
  loadBalancerArn,
  port: 80,
  protocol: "HTTP",
  sslPolicy: undefined,
  alpnPolicy: undefined,
  certificateArn: undefined,
  mutualAuthentication: undefined,
  actions: [FIXED],
  tags: [],
  ...more,
});
const secure = (balancer: LoadBalancer, certificateArn: string, port = 443): NewListener =>
  listening(balancer.arn, { port, protocol: "HTTPS", certificateArn });
const unchanged = {
  port: undefined,
  protocol: undefined,
  sslPolicy: undefined,
  alpnPolicy: undefined,
  certificateArn: undefined,
  mutualAuthentication: undefined,
  actions: undefined,
};
const group = async (name: string, deps: BalancerDeps, protocol = "HTTP"): Promise<TargetGroup> => {
  const { vpcId } = await defaultNetwork(ME, deps);
  return await createTargetGroup({ ...GROUP, name, protocol, vpcId }, ME, deps);
};
const forwarding = (...groups: readonly TargetGroup[]) => [
  {
    action: { type: "forward", targetGroups: groups.map(({ arn }) => ({ arn, weight: 1 })) } as const,
    order: undefined,
  },
];

for (const database of DATABASES) {
  const open = async (block?: string): Promise<BalancerDeps> => balancerDeps(await database.open(), block);
  const announced = async ({ store }: BalancerDeps) =>
    (await edgeChangesSince(store, undefined, 1000)).map(({ subject }) => subject);

  describe(`load balancers on ${database.name}`, () => {
    it("get a DNS name and an address of their own and are provisioning until an edge carries them", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      expect(web.dnsName).toMatch(/^web-\d{10}\.eu-west-1\.elb\.sealkeeper\.internal$/);
      expect(web.state).toBe("provisioning");
      expect(await hostAddresses(deps.store, `dualstack.${web.dnsName.toUpperCase()}.`, deps)).toEqual([web.address]);
      expect(await hostAddresses(deps.store, `x${web.dnsName}`, deps)).toBeUndefined();
      expect(await markBalancerActive(deps.store, web.arn)).toBe(true);
      expect(await markBalancerActive(deps.store, web.arn)).toBe(false);
      const found = await findLoadBalancers({ arns: [web.arn], names: [], ...ALL }, ME, deps);
      expect(found.items).toEqual([{ ...web, state: "active", zoneAddresses: expect.any(Map) }]);
      expect(await announced(deps)).toEqual([{ kind: "balancer", loadBalancerArn: web.arn }]);
    });

    it("are the same when they are asked for again with the same settings, and else DuplicateLoadBalancerName", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const { subnets } = await defaultNetwork(ME, deps);
      expect(await makeBalancer({ subnets: subnets.slice(0, 2).toReversed() }, ME, deps)).toEqual(web);
      const other = makeBalancer({ scheme: "internal" }, ME, deps);
      await expect(other).rejects.toMatchObject({ code: "balancer-name-used" });
      const elsewhere = await makeBalancer({}, callerOf("123456789012", "us-east-1"), deps);
      expect(elsewhere.arn).not.toBe(web.arn);
    });

    it("are made once when ten ask for the same name at once", async () => {
      const deps = await open();
      const made = await Promise.all(Array.from({ length: 10 }, () => makeBalancer({}, ME, deps)));
      expect(new Set(made.map(({ arn }) => arn)).size).toBe(1);
    });

    it("never share an address, and are refused with TooManyLoadBalancers when every address is taken", async () => {
      const deps = await open("10.1.1.0/29");
      const names = ["a", "b", "c", "d", "e", "f"];
      const made = await Promise.all(names.map((name) => makeBalancer({ name }, ME, deps)));
      expect(made.map(({ address }) => address).toSorted()).toEqual(names.map((_, index) => `10.1.1.${index + 1}`));
      const seventh = makeBalancer({ name: "g" }, ME, deps);
      await expect(seventh).rejects.toMatchObject({ code: "balancers-too-many" });
      await deleteLoadBalancer(made[3]!.arn, ME, deps);
      expect((await makeBalancer({ name: "g" }, ME, deps)).address).toBe(made[3]!.address);
    });

    it("are listed by name in pages, and a foreign one is not found", async () => {
      const deps = await open();
      for (const name of ["c", "a", "B", "d", "e"]) await makeBalancer({ name }, ME, deps);
      const first = await findLoadBalancers({ arns: [], names: [], marker: undefined, pageSize: 2 }, ME, deps);
      const second = await findLoadBalancers({ arns: [], names: [], marker: first.nextMarker, pageSize: 2 }, ME, deps);
      const third = await findLoadBalancers({ arns: [], names: [], marker: second.nextMarker, pageSize: 2 }, ME, deps);
      const pages = [first, second, third].map(({ items }) => items.map(({ name }) => name).join(""));
      expect(pages).toEqual(["Ba", "cd", "e"]);
      expect(third.nextMarker).toBeUndefined();
      const { arn } = first.items[0]!;
      const foreign = findLoadBalancers({ arns: [arn], names: [], ...ALL }, callerOf("210987654321"), deps);
      await expect(foreign).rejects.toMatchObject({ code: "balancer-not-found" });
      const strange = findLoadBalancers({ arns: [], names: [], marker: "!", pageSize: 2 }, ME, deps);
      await expect(strange).rejects.toMatchObject({ code: "balancer-input-invalid" });
    });

    it("under deletion protection are not deleted: OperationNotPermitted", async () => {
      const deps = await open();
      const { arn } = await makeBalancer({}, ME, deps);
      const protect = (value: string) =>
        changeBalancerAttributes(arn, [["deletion_protection.enabled", value]], ME, deps);
      expect(await protect("true")).toMatchObject({
        "deletion_protection.enabled": "true",
        "routing.http2.enabled": "true",
      });
      await expect(deleteLoadBalancer(arn, ME, deps)).rejects.toMatchObject({ code: "balancer-operation-forbidden" });
      await protect("false");
      await deleteLoadBalancer(arn, ME, deps);
      await deleteLoadBalancer(arn, ME, deps);
      expect(await edgeBalancer(deps.store, arn)).toBeUndefined();
    });
  });

  describe(`certificates of listeners on ${database.name}`, () => {
    it("are attached in the transaction that makes the listener, and detached with it", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const certificate = await issuedCertificate("web.example.com", ME, deps);
      const listener = await createListener(secure(web, certificate), ME, deps);
      expect(listener.sslPolicy).toBe("ELBSecurityPolicy-2016-08");
      expect(await usersOf(deps.store, certificate)).toEqual([web.arn]);
      expect(await readEdgeCertificate(deps.store, web.arn, certificate)).toMatchObject({ names: ["web.example.com"] });
      expect((await edgeBalancer(deps.store, web.arn))?.listeners[0]?.certificates).toEqual([certificate]);
      const subject = { kind: "certificate", loadBalancerArn: web.arn, certificateArn: certificate };
      expect(await announced(deps)).toContainEqual(subject);
      await deleteListener(listener.arn, ME, deps);
      expect(await usersOf(deps.store, certificate)).toEqual([]);
      expect(await readEdgeCertificate(deps.store, web.arn, certificate)).toBeUndefined();
    });

    it("that cannot be used leave nothing behind: CertificateNotFound with the true reason", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const far = callerOf("123456789012", "us-east-1");
      const wrongRegion = await issuedCertificate("web.example.com", far, deps);
      const wrongAccount = await issuedCertificate("web.example.com", callerOf("210987654321"), deps);
      const missing = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";
      const before = await announced(deps);
      const refused: [string, string][] = [
        [wrongRegion, "certificate-wrong-region"],
        [wrongAccount, "certificate-wrong-account"],
        [missing, "certificate-not-found"],
        ["nonsense", "certificate-arn-invalid"],
      ];
      for (const [arn, code] of refused) {
        await expect(createListener(secure(web, arn), ME, deps)).rejects.toMatchObject({ code });
      }
      expect((await findListeners({ loadBalancerArn: web.arn, arns: [], ...ALL }, ME, deps)).items).toEqual([]);
      expect(await usersOf(deps.store, wrongRegion)).toEqual([]);
      expect(await announced(deps)).toEqual(before);
    });

    it("have one association for a load balancer, which ends with its last listener", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const [one, two] = [await issuedCertificate("one.test", ME, deps), await issuedCertificate("two.test", ME, deps)];
      const first = await createListener(secure(web, one, 443), ME, deps);
      const second = await createListener(secure(web, two, 8443), ME, deps);
      await addCertificates(second.arn, [one], ME, deps);
      await addCertificates(second.arn, [one], ME, deps);
      expect(await usersOf(deps.store, one)).toEqual([web.arn]);
      await deleteListener(first.arn, ME, deps);
      expect(await usersOf(deps.store, one)).toEqual([web.arn]);
      await removeCertificates(second.arn, [one], ME, deps);
      expect(await usersOf(deps.store, one)).toEqual([]);
      const standard = removeCertificates(second.arn, [two], ME, deps);
      await expect(standard).rejects.toMatchObject({ code: "balancer-operation-forbidden" });
      await deleteLoadBalancer(web.arn, ME, deps);
      expect(await usersOf(deps.store, two)).toEqual([]);
    });

    it("are shown with the default first, and twice when the default is in the list too", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const certificates = await Promise.all(["a.test", "b.test"].map((name) => issuedCertificate(name, ME, deps)));
      const [one = "", two = ""] = certificates.toSorted();
      const { arn } = await createListener(secure(web, two), ME, deps);
      await addCertificates(arn, certificates, ME, deps);
      const shown = async (marker: string | undefined): Promise<[string, string | undefined]> => {
        const { items, nextMarker } = await findListenerCertificates(arn, { marker, pageSize: 1 }, ME, deps);
        return [items.map((item) => `${item.certificateArn} ${item.isDefault}`).join(), nextMarker];
      };
      const [first, toSecond] = await shown(undefined);
      const [second, toThird] = await shown(toSecond);
      const [third, end] = await shown(toThird);
      expect([first, second, third, end]).toEqual([`${two} true`, `${one} false`, `${two} false`, undefined]);
      expect((await edgeBalancer(deps.store, web.arn))?.listeners[0]?.certificates).toEqual([two, one]);
    });

    it("are exchanged by ModifyListener, and all detached when the listener no longer ends TLS", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const [one, two, three] = [
        await issuedCertificate("one.test", ME, deps),
        await issuedCertificate("two.test", ME, deps),
        await issuedCertificate("three.test", ME, deps),
      ];
      const { arn } = await createListener(secure(web, one), ME, deps);
      await addCertificates(arn, [three], ME, deps);
      await modifyListener({ ...unchanged, listenerArn: arn, certificateArn: two }, ME, deps);
      expect([await usersOf(deps.store, one), await usersOf(deps.store, two)]).toEqual([[], [web.arn]]);
      const http = await modifyListener({ ...unchanged, listenerArn: arn, protocol: "HTTP" }, ME, deps);
      expect(http).toMatchObject({ protocol: "HTTP", sslPolicy: undefined, defaultCertificate: undefined });
      expect([await usersOf(deps.store, two), await usersOf(deps.store, three)]).toEqual([[], []]);
      const bare = modifyListener({ ...unchanged, listenerArn: arn, protocol: "HTTPS" }, ME, deps);
      await expect(bare).rejects.toMatchObject({ code: "balancer-input-invalid" });
    });

    it("stay consistent when listeners of one load balancer come and go at once", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const certificate = await issuedCertificate("web.test", ME, deps);
      const cycle = async (port: number): Promise<Listener> => {
        const { arn } = await createListener(secure(web, certificate, port), ME, deps);
        await deleteListener(arn, ME, deps);
        return await createListener(secure(web, certificate, port), ME, deps);
      };
      const listeners = await Promise.all([8001, 8002, 8003, 8004].map(cycle));
      expect(await usersOf(deps.store, certificate)).toEqual([web.arn]);
      await Promise.all(listeners.map(({ arn }) => deleteListener(arn, ME, deps)));
      expect(await usersOf(deps.store, certificate)).toEqual([]);
    });

    it("are at most 25 beside the default ones: TooManyCertificates, and nothing changed", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const arns: string[] = [];
      for (let count = 0; count < 26; count++) arns.push(await issuedCertificate(`n${count}.test`, ME, deps));
      const { arn } = await createListener(secure(web, arns[0]!), ME, deps);
      await addCertificates(arn, arns.slice(0, 25), ME, deps);
      const last = arns[25]!;
      await expect(addCertificates(arn, [last], ME, deps)).rejects.toMatchObject({ code: "certificate-too-many" });
      expect(await usersOf(deps.store, last as never)).toEqual([]);
    });
  });

  describe(`listeners on ${database.name}`, () => {
    it("have a port of their own: the same again is the same, another is DuplicateListener", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const listener = await createListener(listening(web.arn), ME, deps);
      expect(await createListener(listening(web.arn), ME, deps)).toEqual(listener);
      const other = { ...FIXED, action: { ...FIXED.action, statusCode: 503 } };
      const refused = { code: "listener-port-used" };
      await expect(createListener(listening(web.arn, { actions: [other] }), ME, deps)).rejects.toMatchObject(refused);
      const second = await createListener(listening(web.arn, { port: 81 }), ME, deps);
      const moved = modifyListener({ ...unchanged, listenerArn: second.arn, port: 80 }, ME, deps);
      await expect(moved).rejects.toMatchObject(refused);
    });

    it("take target groups of their load balancer alone, of a protocol that fits, and free them again", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const api = await makeBalancer({ name: "api" }, ME, deps);
      const [one, two, tcp] = [await group("one", deps), await group("two", deps), await group("tcp", deps, "TCP")];
      const listener = await createListener(listening(web.arn, { actions: forwarding(one, two) }), ME, deps);
      const of = async ({ arn }: LoadBalancer): Promise<string[]> =>
        (await findTargetGroups({ loadBalancerArn: arn, arns: [], names: [], ...ALL }, ME, deps)).items.map(
          (item) => item.name,
        );
      expect(await of(web)).toEqual(["one", "two"]);
      const refused = (actions: NewListener["actions"], code: string) =>
        expect(createListener(listening(api.arn, { actions }), ME, deps)).rejects.toMatchObject({ code });
      await refused(forwarding(one), "target-group-used-elsewhere");
      await refused(forwarding(tcp), "protocols-incompatible");
      await refused(forwarding({ ...one, arn: one.arn.replace("one", "eno") as never }), "target-group-not-found");
      await expect(deleteTargetGroup(one.arn, ME, deps)).rejects.toMatchObject({ code: "resource-in-use" });
      await modifyListener({ ...unchanged, listenerArn: listener.arn, actions: forwarding(two) }, ME, deps);
      expect(await of(web)).toEqual(["two"]);
      await deleteTargetGroup(one.arn, ME, deps);
      await deleteTargetGroup(one.arn, ME, deps);
      await deleteLoadBalancer(web.arn, ME, deps);
      await createListener(listening(api.arn, { actions: forwarding(two) }), ME, deps);
      expect(await of(api)).toEqual(["two"]);
    });

    it("that an edge could not bind to their own port are told of with the state of the load balancer", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const { arn: listenerArn } = await createListener(listening(web.arn), ME, deps);
      const { arn: other } = await createListener(listening(web.arn, { port: 81 }), ME, deps);
      const whose = { edge: "local", loadBalancerArn: web.arn, at: 1 };
      const reason = async () =>
        (await findLoadBalancers({ arns: [web.arn], names: [], ...ALL }, ME, deps)).items[0]?.stateReason;
      const fine = { listenerArn: other, address: web.address, port: 81 };
      const moved = { listenerArn, address: web.address, port: 8080, error: "EACCES" };
      await deps.store.transaction().execute((tx) => putListenerReports(tx, whose, [fine, moved]));
      expect(await reason()).toBe(`edge local listens for port 80 at ${web.address}:8080 (EACCES)`);
      await deps.store.transaction().execute((tx) => putListenerReports(tx, whose, [fine, { ...moved, port: 0 }]));
      expect(await reason()).toBe("edge local listens for port 80 nowhere (EACCES)");
      await deps.store.transaction().execute((tx) => putListenerReports(tx, whose, [fine]));
      expect(await reason()).toBeUndefined();
    });

    it("and their tags go with their load balancer", async () => {
      const deps = await open();
      const web = await makeBalancer({ tags: [{ key: "env", value: "test" }] }, ME, deps);
      const { arn, ruleArn } = await createListener(listening(web.arn), ME, deps);
      await addTags([arn, ruleArn], [{ key: "a", value: "b" }], ME, deps);
      const tags = await findTags([web.arn, arn, ruleArn], ME, deps);
      expect(tags.map((entry) => entry.tags.map(({ key }) => key))).toEqual([["env"], ["a"], ["a"]]);
      await deleteLoadBalancer(web.arn, ME, deps);
      await expect(findTags([arn], ME, deps)).rejects.toMatchObject({ code: "listener-not-found" });
      expect(await deps.store.selectFrom("balancerTags").select("key").execute()).toEqual([]);
    });
  });

  describe(`targets on ${database.name}`, () => {
    it("are initial until an edge says more, drain when they are deregistered, and are then forgotten", async () => {
      let now = new Date();
      const deps = { ...(await open()), clock: { now: () => now } };
      const web = await makeBalancer({}, ME, deps);
      const targets = await group("targets", deps);
      await registerTargets(targets.arn, [{ id: "127.0.0.9", port: undefined, zone: undefined }], ME, deps);
      const health = async () =>
        (await findTargetHealth(targets.arn, [], ME, deps)).targets.map(({ target, state, reason }) => [
          target.port,
          state,
          reason,
        ]);
      expect(await health()).toEqual([[8080, "unused", "Target.NotInUse"]]);
      await createListener(listening(web.arn, { actions: forwarding(targets) }), ME, deps);
      expect(await health()).toEqual([[8080, "initial", "Elb.RegistrationInProgress"]]);
      const seen = {
        edge: "e",
        loadBalancerArn: web.arn,
        targetGroupArn: targets.arn,
        address: "127.0.0.9",
        port: 8080,
      };
      const report = { ...seen, state: "healthy", reason: null, description: null, at: now.getTime() };
      const at = now.getTime();
      await putEdge(deps.store, { edge: "e", instance: "1", connectedAt: at, seenAt: at, revision: "" });
      await deps.store.insertInto("edgeTargets").values(report).execute();
      expect(await health()).toEqual([[8080, "healthy", undefined]]);
      now = later(now, 61 * SECOND);
      expect(await health()).toEqual([[8080, "unavailable", "Elb.InternalError"]]);
      await deregisterTargets(targets.arn, [{ id: "127.0.0.9", port: 8080, zone: undefined }], ME, deps);
      expect(await health()).toEqual([[8080, "draining", "Target.DeregistrationInProgress"]]);
      expect((await edgeBalancer(deps.store, web.arn))?.targetGroups[0]?.targets).toEqual([
        { id: "127.0.0.9", address: "127.0.0.9", port: 8080, draining: true },
      ]);
      expect(await forgetDrainedTargets(targets.arn, deps)).toEqual(later(now, 300 * SECOND));
      now = later(now, 300 * SECOND);
      expect(await forgetDrainedTargets(targets.arn, deps)).toBeUndefined();
      expect(await health()).toEqual([]);
      const named = await findTargetHealth(targets.arn, [{ id: "127.0.0.9", port: 8080, zone: undefined }], ME, deps);
      expect(named.targets).toMatchObject([{ state: "unused", reason: "Target.NotRegistered" }]);
    });

    it("that are registered while their target group is put into service reach the edge in any case", async () => {
      const deps = await open();
      const web = await makeBalancer({}, ME, deps);
      const targets = await group("targets", deps);
      await Promise.all([
        registerTargets(targets.arn, [{ id: "10.0.0.1", port: undefined, zone: undefined }], ME, deps),
        createListener(listening(web.arn, { actions: forwarding(targets) }), ME, deps),
      ]);
      const { targetGroups } = (await edgeBalancer(deps.store, web.arn))!;
      expect(targetGroups[0]?.targets).toEqual([{ id: "10.0.0.1", address: "10.0.0.1", port: 8080, draining: false }]);
    });
  });
}
