import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { DAY } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { type CrossCertificateRow, listCrossCertificates } from "#store/hierarchies.ts";
import { findIssuer, type IssuerRow, listIssuers } from "#store/issuers.ts";
import { openStore } from "#store/store.ts";
import { CA_URL, type CaWorld, caNode, caWorld, issue, issuerPem, leafKey } from "../../tests/support/ca-world.ts";
import { openssl } from "../../tests/support/openssl.ts";
import { ensureHierarchy } from "./hierarchy.ts";
import { INTERMEDIATES, ROOTS } from "./profiles.ts";
import { responderOf } from "./responder.ts";
import { freshSerial } from "./serials.ts";
import { Signers } from "./signers.ts";

let world: CaWorld;
let issuers: readonly IssuerRow[];
let crosses: readonly CrossCertificateRow[];
beforeAll(async () => {
  world = await caWorld(await openStore("file::memory:"));
  issuers = await listIssuers(world.store);
  crosses = await listCrossCertificates(world.store, "shared");
  return () => world.store.destroy();
});

describe("the hierarchy", () => {
  test("has two roots, the current one cross-signed by the older, and an intermediate for each key family", () => {
    expect(issuers.map(({ id, parentId, family, state }) => [id, parentId, family, state])).toEqual([
      ["ec1", "r2", "EC", "active"],
      ["r1", "r1", "RSA", "retired"],
      ["r2", "r2", "EC", "active"],
      ["rsa1", "r2", "RSA", "active"],
    ]);
    expect(crosses.map(({ subjectId, signerId }) => [subjectId, signerId])).toEqual([["r2", "r1"]]);
  });

  test("is made once: a second start, and another node, change nothing", async () => {
    await ensureHierarchy(world);
    await ensureHierarchy(caNode(world.store, world.clock));
    expect(await listIssuers(world.store)).toEqual(issuers);
  });

  test("keeps no key in clear, and opens none for another purpose", async () => {
    for (const { id, sealedKey } of issuers) {
      const { key } = await world.signers.issuer(world.store, id);
      const { d = "" } = key.export({ format: "jwk" });
      expect(Buffer.from(sealedKey!).includes(Buffer.from(d, "base64url"))).toBe(false);
      expect(() => world.signers.openKey(sealedKey!, `ca:${id}x`)).toThrow("not what was sealed");
    }
  });

  test("tells of each key that is opened: an intermediate's once a process, a root's each time", async () => {
    const opened: string[] = [];
    const { root, caUrl } = world.signers;
    const signers = new Signers({ root, caUrl, onOpened: ({ resource }) => opened.push(resource) });
    for (const id of ["ec1", "ec1", "r2", "r2"]) await signers.issuer(world.store, id);
    await responderOf(await signers.issuer(world.store, "ec1"), { ...world, signers });
    expect(opened).toEqual(["ca:ec1", "ca:r2", "ca:r2", "ca:ec1/ocsp/1"]);
  });

  test("lives as long as its profile says and no one longer than who signed it", () => {
    const profiles = { r1: ROOTS.older, r2: ROOTS.current, ec1: INTERMEDIATES.EC, rsa1: INTERMEDIATES.RSA };
    for (const { id, notBefore, notAfter, certificate } of issuers) {
      expect(notAfter + 1000 - notBefore).toBe(profiles[id as keyof typeof profiles].validity);
      for (const der of [
        certificate,
        ...crosses.filter(({ subjectId }) => subjectId === id).map((one) => one.certificate),
      ]) {
        const { validToDate, issuer } = new X509Certificate(der);
        const signer = issuers.find((each) => new X509Certificate(each.certificate).subject === issuer)!;
        expect(validToDate.getTime()).toBeLessThanOrEqual(signer.notAfter);
      }
    }
    for (const { validity } of Object.values(ROOTS)) {
      const days = validity / DAY;
      expect(days >= 2922 && days <= 9132, "BR 7.1.2.1.1").toBe(true);
    }
  });

  test("has the extensions of the BRs, as OpenSSL reads them", async () => {
    const text = async (der: Uint8Array): Promise<string> =>
      await openssl("x509 -in c.pem -noout -text -certopt no_pubkey,no_sigdump", { "c.pem": pem("CERTIFICATE", der) });
    const root = await text((await findIssuer(world.store, "r2"))!.certificate);
    expect(root).toMatch(/Basic Constraints: critical\s+CA:TRUE\n/);
    expect(root).toMatch(/Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
    expect(root).not.toMatch(/CRL Distribution|Authority Information|Policies|Extended Key Usage|pathlen/);

    const intermediate = await text((await findIssuer(world.store, "rsa1"))!.certificate);
    expect(intermediate).toMatch(/CA:TRUE, pathlen:0/);
    expect(intermediate).toMatch(/Extended Key Usage: \s+TLS Web Server Authentication\n/);
    expect(intermediate).toContain("Policy: 2.23.140.1.2.1");
    expect(intermediate).toContain(`CA Issuers - URI:${CA_URL}/ca/r2.crt`);
    expect(intermediate).toContain(`URI:${CA_URL}/ca/r2.crl`);

    const cross = await text(crosses[0]!.certificate);
    expect(cross).toMatch(/CA:TRUE\n/);
    expect(cross).toContain("X509v3 Any Policy");
    expect(cross).toContain(`URI:${CA_URL}/ca/r1.crl`);
  });

  test.for([
    ["RSA_2048", "r1"],
    ["RSA_2048", "r2"],
    ["EC_prime256v1", "r1"],
    ["EC_prime256v1", "r2"],
    ["EC_secp384r1", "r1"],
    ["EC_secp384r1", "r2"],
  ] as const)("an %s leaf chains to root %s for OpenSSL, strictly", async ([type, root]) => {
    const leaf = await issue(world, { subjectPublicKeyInfo: leafKey(type).spki });
    const files = { "root.pem": await issuerPem(world, root), "chain.pem": leaf.chainPem, "leaf.pem": leaf.pem };
    const at = Math.floor(world.clock.now().getTime() / 1000);
    const verify = `verify -x509_strict -policy_check -explicit_policy -policy 2.23.140.1.2.1 -purpose sslserver -attime ${at}`;
    expect(
      await openssl(`${verify} -verify_hostname www.example.com -CAfile root.pem -untrusted chain.pem leaf.pem`, files),
    ).toBe("leaf.pem: OK\n");
    expect(
      await openssl(`${verify} -verify_hostname a.example.net -CAfile root.pem -untrusted chain.pem leaf.pem`, files),
    ).toContain("hostname mismatch");
  });
});

test.for([
  ["http://127.0.0.1:4566", "http://127.0.0.1:4566"],
  ["https://keeper.example:4566/", "http://keeper.example:4566"],
  ["https://keeper.example", "http://keeper.example:443"],
  ["http://[::1]:80", "http://[::1]"],
] as const)("where the front door is %s, certificates name pages under %s", ([publicUrl, caUrl]) => {
  expect(new Signers({ root: world.signers.root, caUrl: publicUrl }).caUrl).toBe(caUrl);
});

test("serial numbers are 16 bytes, positive and never the same", () => {
  const serials = Array.from({ length: 5000 }, () => freshSerial().toString("hex"));
  expect(new Set(serials).size).toBe(5000);
  expect(serials.every((serial) => /^[4-7][0-9a-f]{31}$/.test(serial))).toBe(true);
});
