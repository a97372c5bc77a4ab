import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { findSigned } from "#ca/issue.ts";
import { caPages } from "#ca/pages.ts";
import { currentCrl, publishCrls } from "#ca/publish-crl.ts";
import { type CertificateArn, certificateArn } from "#domain/arn.ts";
import { parseAccountId, parseRegion } from "#domain/names.ts";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { listIssuers } from "#store/issuers.ts";
import { openStore } from "#store/store.ts";
import {
  type CaWorld,
  caNode,
  caWorld,
  issue,
  issuerPem,
  leafKey,
  leafRequest,
} from "../../../tests/support/ca-world.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { chainOf, currentRoot, trustBundle } from "./chain.ts";
import { activateIssuer, distrustRoot, retireIssuer, revokeIssuer } from "./change.ts";
import { createHierarchy } from "./create.ts";
import { overview } from "./overview.ts";
import { addIntermediates, rotateIntermediates, rotateRoot } from "./rotate.ts";
import { settleHierarchy } from "./settle.ts";

let world: CaWorld;
beforeEach(async () => {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  world = await caWorld(store);
});

describe("a rollover of intermediates", () => {
  test("happens at its moment, before anybody wrote it down; what the old ones signed stays valid", async () => {
    const old = await issue(world);
    const at = later(world.clock.now(), HOUR);
    expect(await rotateIntermediates("shared", { at }, world)).toMatchObject({ successors: ["ec2", "rsa2"], at });
    expect((await issue(world)).issuerId).toBe("ec1");
    world.clock.advance(HOUR);
    const fresh = await issue(world);
    expect(fresh.issuerId).toBe("ec2");
    expect((await issue(world, { subjectPublicKeyInfo: leafKey("RSA_2048").spki })).issuerId).toBe("rsa2");
    for (const leaf of [old, fresh]) {
      for (const root of ["r1", "r2"]) expect(await verified(leaf.pem, leaf.chainPem, root)).toBe("leaf.pem: OK\n");
    }
    expect(await states()).toMatchObject({ ec1: "active", ec2: "standby" });
    expect(await settleHierarchy("shared", world)).toBeUndefined();
    expect(await states()).toMatchObject({
      ec1: "retired",
      rsa1: "retired",
      ec2: "active",
      rsa2: "active",
      r2: "active",
    });
    expect(await settleHierarchy("shared", world)).toBeUndefined();
    expect((await currentCrl({ issuerId: "ec1", shard: 1 }, world))?.number).toBe(1);
  });

  test("uses what was made ahead, and says when the next moment is", async () => {
    expect(await addIntermediates("shared", ["EC"], world)).toEqual(["ec2"]);
    const at = later(world.clock.now(), DAY);
    expect((await rotateIntermediates("shared", { families: ["EC"], at }, world)).successors).toEqual(["ec2"]);
    expect(await settleHierarchy("shared", world)).toEqual(at);
    await activateIssuer("ec2", world.clock.now(), world);
    expect(await states()).toMatchObject({ ec1: "retired", ec2: "active", rsa1: "active" });
  });

  test("of two that stand by with one moment after another, each has its time", async () => {
    await addIntermediates("shared", ["EC", "EC"], world);
    await activateIssuer("ec2", later(world.clock.now(), HOUR), world);
    await activateIssuer("ec3", later(world.clock.now(), 2 * HOUR), world);
    world.clock.advance(HOUR);
    expect((await issue(world)).issuerId).toBe("ec2");
    await settleHierarchy("shared", world);
    world.clock.advance(HOUR);
    expect((await issue(world)).issuerId).toBe("ec3");
    await settleHierarchy("shared", world);
    expect(await states()).toMatchObject({ ec1: "retired", ec2: "retired", ec3: "active" });
  });
});

describe("a rollover of the root", () => {
  test("old and new leafs verify for clients that know any one of the roots, strictly, for OpenSSL", async () => {
    const arn = leafRequest().certificateArn;
    const old = await issue(world, { certificateArn: arn });
    await rotateRoot("shared", { at: world.clock.now() }, world);
    const fresh = await issue(world);
    expect(fresh.issuerId).toBe("ec2");
    const again = await findSigned(world.store, arn, 1, world);
    for (const root of ["r1", "r2", "r3"]) {
      expect(await verified(fresh.pem, fresh.chainPem, root), `new leaf, ${root}`).toBe("leaf.pem: OK\n");
      expect(await verified(old.pem, again!.chainPem, root), `old leaf, ${root}`).toBe("leaf.pem: OK\n");
    }
    // Before its chain was refreshed, an old leaf leads to the roots that it knew.
    expect(await verified(old.pem, old.chainPem, "r3")).toContain("unable to get");
    expect(await states()).toMatchObject({ r1: "retired", r2: "retired", r3: "active" });
    expect(await currentRoot(world.store, "shared")).toBe(await issuerPem(world, "r3"));
    expect(certificates(await trustBundle(world.store, "shared"))).toHaveLength(3);
  });

  test("publishes the new root and every cross-certificate under the names that stand in certificates", async () => {
    await rotateRoot("shared", { at: later(world.clock.now(), DAY) }, world);
    const page = caPages(world);
    const body = async (path: string): Promise<Buffer | undefined> => (await page("GET", path, Buffer.alloc(0)))?.body;
    expect((await body("/ca/root.pem"))?.toString()).toBe(await issuerPem(world, "r2"));
    expect(certificates(String(await body("/ca/roots.pem")))).toHaveLength(3);
    const fresh = await chainOf(world.store, "ec2", world.clock.now());
    for (const one of certificates(fresh)) {
      const text = await openssl("x509 -in c.pem -noout -text", { "c.pem": one });
      const [, issuerPath = ""] = /CA Issuers - URI:http:\/\/[^/]+(\/ca\/\S+)/.exec(text) ?? [];
      const [, crlPath = ""] = /URI:http:\/\/[^/]+(\/ca\/\S+\.crl)/.exec(text) ?? [];
      const files = {
        "c.pem": one,
        "i.pem": pem("CERTIFICATE", (await body(issuerPath))!),
        "l.crl": (await body(crlPath))!,
      };
      expect(
        await openssl("verify -partial_chain -trusted i.pem -no-CApath -no-CAstore -attime 1795348800 c.pem", files),
      ).toBe("c.pem: OK\n");
      expect(await openssl("crl -inform DER -in l.crl -noout -CAfile i.pem", files)).toContain("verify OK");
    }
    for (const name of ["r3-by-r1", "r3-by-r2", "r2-by-r3", "r1-by-r3", "r2-by-r1", "r2-cross"]) {
      expect(await body(`/ca/${name}.crt`), name).toBeDefined();
    }
    expect((await page("GET", "/ca/r1-by-r2.crt", Buffer.alloc(0)))?.status).toBe(404);
  });

  test("a root is distrusted when nothing stands under it: it leaves the bundle and the chains", async () => {
    await rotateRoot("shared", { at: world.clock.now() }, world);
    await expect(distrustRoot("r3", world)).rejects.toThrow("r3 is active");
    await distrustRoot("r1", world);
    expect(certificates(await trustBundle(world.store, "shared"))).toHaveLength(2);
    expect(certificates(await chainOf(world.store, "ec2", world.clock.now()))).toHaveLength(2);
    await expect(distrustRoot("r1", world)).rejects.toThrow("r1 is distrusted");
  });

  test("no more than five roots are trusted at a time, and one rollover ends before the next begins", async () => {
    await rotateRoot("shared", { at: later(world.clock.now(), DAY) }, world);
    await expect(rotateRoot("shared", { at: world.clock.now() }, world)).rejects.toThrow("r3 stands by already");
    world.clock.advance(DAY);
    await settleHierarchy("shared", world);
    for (const _ of [4, 5]) await rotateRoot("shared", { at: world.clock.now() }, world);
    await expect(rotateRoot("shared", { at: world.clock.now() }, world)).rejects.toThrow("5 roots are trusted already");
    expect(certificates(await chainOf(world.store, "ec1", world.clock.now()))).toHaveLength(5);
    for (const root of ["r1", "r2", "r3", "r4", "r5"]) {
      const leaf = await issue(world);
      expect(await verified(leaf.pem, leaf.chainPem, root)).toBe("leaf.pem: OK\n");
    }
  });
});

describe("hierarchies of their own", () => {
  test("an account's leafs stand under its own root, and no other account's", async () => {
    await createHierarchy({ name: "payments", account: "111111111111", purpose: "", rootKey: "EC_secp384r1" }, world);
    const own = await issue(world, { certificateArn: arnOf("111111111111") });
    expect(own.issuerId).toBe("paymentsec1");
    expect(await verified(own.pem, own.chainPem, "paymentsr1")).toBe("leaf.pem: OK\n");
    expect(await verified(own.pem, own.chainPem, "r2")).toContain("unable to get");
    expect((await issue(world)).issuerId).toBe("ec1");
    const page = caPages(world);
    const root = await page("GET", "/ca/payments/root.pem", Buffer.alloc(0));
    expect(root?.body.toString()).toBe(await issuerPem(world, "paymentsr1"));
  });

  test("a purpose may have one, too: that of ACME clients leaves ACM's certificates where they were", async () => {
    await createHierarchy({ name: "devices", account: "", purpose: "acme", rootKey: "EC_secp384r1" }, world);
    expect((await issue(world, { purpose: "acme" })).issuerId).toBe("devicesec1");
    expect((await issue(world)).issuerId).toBe("ec1");
  });

  test("one whose root is still to come signs nothing: the shared one does", async () => {
    await createHierarchy({ name: "payments", account: "111111111111", purpose: "", rootKey: undefined }, world);
    expect((await issue(world, { certificateArn: arnOf("111111111111") })).issuerId).toBe("ec1");
    await expect(addIntermediates("payments", ["EC"], world)).rejects.toThrow("has no root in use yet");
  });

  test.for([
    [{ name: "Payments" }, "is no name for a hierarchy"],
    [{ name: "shared" }, "is no name for a hierarchy"],
    [{ account: "", purpose: "" }, "for which account or which purpose"],
    [{}, "there is a hierarchy payments already"],
    [{ name: "others" }, "for the same account and purpose"],
  ] as const)("%j is refused, and changes nothing", async ([different, message]) => {
    const first = { name: "payments", account: "111111111111", purpose: "acm", rootKey: undefined } as const;
    await createHierarchy(first, world);
    const before = await overview(world);
    await expect(createHierarchy({ ...first, ...different }, world)).rejects.toThrow(message);
    expect(await overview(world)).toEqual(before);
  });
});

describe("an intermediate is", () => {
  test("revoked with all it signed, once another one signs; its own CRL and OCSP go on", async () => {
    await expect(revokeIssuer("ec1", "keyCompromise", world)).rejects.toThrow("the only one that signs for EC keys");
    await expect(retireIssuer("ec1", world)).rejects.toThrow("the only one that signs for EC keys");
    const leaf = await issue(world);
    await rotateIntermediates("shared", { families: ["EC"], at: world.clock.now() }, world);
    expect(await revokeIssuer("ec1", "keyCompromise", world)).toMatchObject({ needsCeremony: false, rootId: "r2" });
    world.clock.advance(HOUR);
    await publishCrls(world);
    const crl = (await currentCrl({ issuerId: "r2", shard: 0 }, world))!;
    const own = (await currentCrl({ issuerId: "ec1", shard: 1 }, world))!;
    const files = {
      "root.pem": await issuerPem(world, "r2"),
      "chain.pem": leaf.chainPem,
      "leaf.pem": leaf.pem,
      "crls.pem": pem("X509 CRL", crl.der) + pem("X509 CRL", own.der),
    };
    const at = Math.floor(world.clock.now().getTime() / 1000);
    expect(
      await openssl(
        `verify -attime ${at} -crl_check_all -CRLfile crls.pem -CAfile root.pem -untrusted chain.pem leaf.pem`,
        files,
      ),
    ).toContain("certificate revoked");
    await expect(revokeIssuer("ec1", "keyCompromise", world)).rejects.toThrow("ec1 is revoked");
    await expect(revokeIssuer("r2", "keyCompromise", world)).rejects.toThrow("roots are not revoked");
    await expect(activateIssuer("ec1", world.clock.now(), world)).rejects.toThrow("ec1 is revoked");
    await expect(activateIssuer("r1", world.clock.now(), world)).rejects.toThrow("r1 is a root");
    await expect(activateIssuer("nobody", world.clock.now(), world)).rejects.toThrow("no issuer nobody");
  });

  test("never chosen twice by nodes that roll over at once: one of them is told", async () => {
    const other = caNode(world.store, world.clock);
    const results = await Promise.allSettled(
      [world, other].map((node) => rotateRoot("shared", { at: world.clock.now() }, node)),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(results.find(({ status }) => status === "rejected")).toMatchObject({ reason: { name: "HierarchyError" } });
    expect((await listIssuers(world.store)).map(({ id }) => id)).toEqual([
      "ec1",
      "ec2",
      "r1",
      "r2",
      "r3",
      "rsa1",
      "rsa2",
    ]);
  });
});

function arnOf(account: string): CertificateArn {
  return certificateArn({ account: parseAccountId(account)!, region: parseRegion("eu-west-1")! }, world.ids.uuid());
}

async function verified(leaf: string, chain: string, root: string): Promise<string> {
  const files = { "root.pem": await issuerPem(world, root), "chain.pem": chain, "leaf.pem": leaf };
  const at = Math.floor(world.clock.now().getTime() / 1000);
  return await openssl(
    `verify -x509_strict -no-CApath -no-CAstore -policy_check -explicit_policy -policy 2.23.140.1.2.1 -purpose sslserver -attime ${at} -CAfile root.pem -untrusted chain.pem leaf.pem`,
    files,
  );
}

async function states(): Promise<Record<string, string>> {
  return Object.fromEntries((await listIssuers(world.store)).map(({ id, state }) => [id, state]));
}

function certificates(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
}
