import { describe, expect, it } from "vitest";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import type { TrustStore } from "#domain/balancers/trust-store.ts";
import { createListener } from "#integrations/elbv2/create-listener.ts";
import { deleteLoadBalancer } from "#integrations/elbv2/delete-load-balancer.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { edgeBalancer } from "#integrations/elbv2/edge-balancer.ts";
import { endSharedAssociation, findAssociations, findTrustStores } from "#integrations/elbv2/find-trust-stores.ts";
import { modifyListener } from "#integrations/elbv2/modify-listener.ts";
import type { GivenMutualAuthentication } from "#integrations/elbv2/mutual-authentication.ts";
import { addRevocations, findRevocations, removeRevocations } from "#integrations/elbv2/revocations.ts";
import { linkedContent, TRUST_STORE_PATH, trustStoreLink } from "#integrations/elbv2/trust-store-links.ts";
import {
  createTrustStore,
  deleteTrustStore,
  edgeTrustStore,
  modifyTrustStore,
} from "#integrations/elbv2/trust-stores.ts";
import { later, MINUTE } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { edgeChangesSince } from "#store/edge-changes.ts";
import { balancerDeps, callerOf, issuedCertificate } from "../support/balancers.ts";
import { DATABASES } from "../support/databases.ts";
import { makeBalancer } from "../support/network.ts";
import { testAuthority } from "../support/trust.ts";

const ME = callerOf();
const ALL = { marker: undefined, pageSize: undefined };
const one = await testAuthority("one");
const two = await testAuthority("two");

for (const database of DATABASES) {
  const open = async () => {
    const files = new Map<string, Buffer>([
      ["one.pem", Buffer.from(one.certificate)],
      ["both.pem", Buffer.from(one.certificate + two.certificate)],
      ["leaf.pem", Buffer.from(await one.leaf("client"))],
      ["one.crl", await one.crl(["01", "02"])],
      ["both.crl", Buffer.from(pem("X509 CRL", await one.crl(["03"])) + pem("X509 CRL", await two.crl(["04", "05"])))],
      ["two.crl", await two.crl(["06"])],
      ["text.crl", Buffer.from("hello")],
    ]);
    const deps: BalancerDeps = {
      ...balancerDeps(await database.open()),
      readObject: (_, key, most) => {
        const file = files.get(key);
        return Promise.resolve(file === undefined ? "missing" : file.length > most ? "too-large" : file);
      },
    };
    return deps;
  };
  const file = (key: string) => ({ bucket: "trust", key });
  const create = (deps: BalancerDeps, name = "clients", key = "both.pem"): Promise<TrustStore> =>
    createTrustStore({ name, bundle: file(key), tags: [] }, ME, deps);
  const listening = async (deps: BalancerDeps, mutualAuthentication: GivenMutualAuthentication, name = "web") => {
    const balancer = await makeBalancer({ name }, ME, deps);
    const listener = await createListener(
      {
        loadBalancerArn: balancer.arn,
        port: 443,
        protocol: "HTTPS",
        sslPolicy: undefined,
        alpnPolicy: undefined,
        certificateArn: await issuedCertificate("web.test", ME, deps),
        mutualAuthentication,
        actions: [
          {
            action: { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "" },
            order: undefined,
          },
        ],
        tags: [],
      },
      ME,
      deps,
    );
    return { balancer, listener };
  };
  const verify = ({ arn }: TrustStore): GivenMutualAuthentication => ({
    mode: "verify",
    trustStoreArn: arn,
    ignoreExpiry: true,
    advertiseCaNames: true,
  });
  const announced = async ({ store }: BalancerDeps) =>
    (await edgeChangesSince(store, undefined, 10_000)).map(({ subject }) => subject);
  const versions = async (deps: BalancerDeps, { arn }: LoadBalancer) =>
    (await edgeBalancer(deps.store, arn))?.trustStores;

  describe(`trust stores on ${database.name}`, () => {
    it("are read from files, and nothing but CA certificates in PEM is taken", async () => {
      const deps = await open();
      const made = await create(deps);
      expect(made).toMatchObject({ certificates: 2, revokedEntries: 0, version: 1 });
      await expect(create(deps)).rejects.toMatchObject({ code: "trust-store-name-used" });
      await expect(create(deps, "a", "none.pem")).rejects.toMatchObject({ code: "bundle-not-found" });
      await expect(create(deps, "a", "leaf.pem")).rejects.toMatchObject({ code: "bundle-invalid" });
      await expect(create(deps, "a--b")).rejects.toMatchObject({ code: "balancer-input-invalid" });
      await create(deps, "another");
      const found = await findTrustStores({ arns: [], names: [], ...ALL }, ME, deps);
      expect(found.items.map(({ name }) => name)).toEqual(["another", "clients"]);
      const foreign = findTrustStores({ arns: [made.arn], names: [], ...ALL }, callerOf("210987654321"), deps);
      await expect(foreign).rejects.toMatchObject({ code: "trust-store-not-found" });
      const few = { ...deps, balancerQuotas: { ...deps.balancerQuotas, trustStores: 2 } };
      await expect(create(few, "third")).rejects.toMatchObject({ code: "trust-stores-too-many" });
    });

    it("reach the edges with the load balancers that name them, in the version that these say", async () => {
      const deps = await open();
      const made = await create(deps);
      expect(await edgeTrustStore(deps.store, made.arn)).toBeUndefined(); // nobody needs it
      const { balancer, listener } = await listening(deps, verify(made));
      expect(await versions(deps, balancer)).toEqual([{ arn: made.arn, version: "1" }]);
      expect((await edgeBalancer(deps.store, balancer.arn))?.listeners[0]?.mutualAuthentication).toEqual(verify(made));
      await addRevocations(made.arn, [file("one.crl")], ME, deps);
      expect((await announced(deps)).slice(-2)).toEqual([
        { kind: "trust-store", trustStoreArn: made.arn },
        { kind: "balancer", loadBalancerArn: balancer.arn },
      ]);
      expect(await versions(deps, balancer)).toEqual([{ arn: made.arn, version: "2" }]);
      const carried = (await edgeTrustStore(deps.store, made.arn))!;
      expect([carried.version, carried.revocations.length]).toEqual(["2", 1]);
      expect(Buffer.from(carried.bundle).toString()).toBe((one.certificate + two.certificate).replaceAll(/\n+/g, "\n"));
      await modifyTrustStore(made.arn, file("one.pem"), ME, deps);
      expect(await versions(deps, balancer)).toEqual([{ arn: made.arn, version: "3" }]);

      const associations = await findAssociations(made.arn, ALL, ME, deps);
      expect(associations.items).toEqual([listener.arn]);
      await expect(deleteTrustStore(made.arn, ME, deps)).rejects.toMatchObject({ code: "trust-store-in-use" });
      const ended = endSharedAssociation(made.arn, listener.arn, ME, deps);
      await expect(ended).rejects.toMatchObject({ code: "trust-store-association-own" });
      const off = { port: undefined, protocol: undefined, sslPolicy: undefined, alpnPolicy: undefined };
      const change = { ...off, certificateArn: undefined, actions: undefined, listenerArn: listener.arn };
      await modifyListener({ ...change, mutualAuthentication: "off" }, ME, deps);
      expect((await announced(deps)).at(-1)).toEqual({ kind: "trust-store", trustStoreArn: made.arn });
      expect(await edgeTrustStore(deps.store, made.arn)).toBeUndefined();
      await deleteTrustStore(made.arn, ME, deps);
      const gone = modifyListener({ ...change, mutualAuthentication: verify(made) }, ME, deps);
      await expect(gone).rejects.toMatchObject({ code: "trust-store-not-found" });
      await deleteLoadBalancer(balancer.arn, ME, deps);
    });

    it("are deleted or taken by a listener when both are asked for at once, never both", async () => {
      const deps = await open();
      for (let turn = 0; turn < 3; turn++) {
        const made = await create(deps, `clients-${turn}`);
        const [listener, deletion] = await Promise.allSettled([
          listening(deps, verify(made), `web-${turn}`),
          deleteTrustStore(made.arn, ME, deps),
        ]);
        expect([listener.status, deletion.status].toSorted()).toEqual(["fulfilled", "rejected"]);
      }
    });

    it("count their revocation lists from 1, and never give an id twice", async () => {
      const deps = await open();
      const { arn } = await create(deps);
      expect(await addRevocations(arn, [file("one.crl"), file("both.crl")], ME, deps)).toEqual([
        { id: 1, entries: 2 },
        { id: 2, entries: 1 },
        { id: 3, entries: 2 },
      ]);
      const [described] = (await findTrustStores({ arns: [arn], names: [], ...ALL }, ME, deps)).items;
      expect(described?.revokedEntries).toBe(5);
      await removeRevocations(arn, [2, 3], ME, deps);
      await expect(removeRevocations(arn, [1, 2], ME, deps)).rejects.toMatchObject({ code: "revocation-not-found" });
      expect(await addRevocations(arn, [file("two.crl")], ME, deps)).toEqual([{ id: 4, entries: 1 }]);
      const first = await findRevocations(arn, [], { marker: undefined, pageSize: 1 }, ME, deps);
      expect(first.items).toMatchObject([{ id: 1, entries: 2 }]);
      const second = await findRevocations(arn, [], { marker: first.nextMarker, pageSize: 1 }, ME, deps);
      expect([second.items[0]?.id, second.nextMarker]).toEqual([4, undefined]);
      expect((await findTrustStores({ arns: [arn], names: [], ...ALL }, ME, deps)).items[0]?.revokedEntries).toBe(3);
      const refused: [string, string][] = [
        ["none.crl", "revocation-content-not-found"],
        ["text.crl", "revocation-content-invalid"],
        ["one.pem", "revocation-content-invalid"],
      ];
      for (const [key, code] of refused) {
        await expect(addRevocations(arn, [file(key)], ME, deps)).rejects.toMatchObject({ code });
      }
      const { arn: only } = await create(deps, "only", "one.pem");
      const unsigned = addRevocations(only, [file("one.crl"), file("two.crl")], ME, deps);
      await expect(unsigned).rejects.toMatchObject({ code: "revocation-content-invalid" });
      expect((await findRevocations(only, [], ALL, ME, deps)).items).toEqual([]);
      for (let list = 0; list < 15; list++) await addRevocations(only, [file("one.crl"), file("one.crl")], ME, deps);
      const many = addRevocations(only, [file("one.crl")], ME, deps);
      await expect(many).rejects.toMatchObject({ code: "revocations-too-many" });
    });

    it("are fetched by links that are ours and not older than ten minutes", async () => {
      const made = await open();
      let now = new Date();
      const deps = { ...made, clock: { now: () => now } };
      const { arn } = await create(deps);
      await addRevocations(arn, [file("one.crl")], ME, deps);
      const token = async (id: number | undefined): Promise<string> =>
        (await trustStoreLink(arn, id, ME, deps)).slice(`${deps.publicUrl}${TRUST_STORE_PATH}/`.length);
      const bundle = await token(undefined);
      expect((await linkedContent(bundle, deps))?.toString()).toContain("BEGIN CERTIFICATE");
      expect((await linkedContent(await token(1), deps))?.toString()).toContain("BEGIN X509 CRL");
      await expect(token(2)).rejects.toMatchObject({ code: "revocation-not-found" });
      for (const wrong of ["", "a.b", bundle.slice(0, -1), `${bundle}A`, `A${bundle}`, bundle.split(".")[0]!]) {
        expect(await linkedContent(wrong, deps)).toBeUndefined();
      }
      now = later(now, 11 * MINUTE);
      expect(await linkedContent(bundle, deps)).toBeUndefined();
    });
  });
}
