import { randomBytes, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { answerOcsp } from "#ca/ocsp.ts";
import { privateCaPages } from "#ca/private/pages.ts";
import { signIssued } from "#ca/private/sign.ts";
import { Signers } from "#ca/signers.ts";
import { encode, sequence, tagged, taggedAscii } from "#lib/der.ts";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { findIssued, pageIssued, takeIssued } from "#store/private-ca-certificates.ts";
import { BALANCER } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { ocspQuestion } from "../support/ocsp-question.ts";
import { openssl } from "../support/openssl.ts";
import { csrFor, template } from "../support/private-ca.ts";
import { authority, base64, issuing, type PrivateCaWorld, privateCaWorld } from "../support/private-ca-world.ts";

const OTHER = { account: "210987654321" } as { account: never };
const CRL = { CrlConfiguration: { Enabled: true, ExpirationInDays: 7, S3BucketName: "crls" } };
const ids = (arn: string): { CertificateAuthorityArn: string } => ({ CertificateAuthorityArn: arn });
const idOf = (arn: string): string => arn.split("/").at(-1)!;
const serialOf = ({ x509 }: { readonly x509: X509Certificate }): string => x509.serialNumber.toLowerCase();

describe.for(DATABASES)("private CAs on $name", (database) => {
  const open = async (): Promise<PrivateCaWorld> => privateCaWorld(await database.open());

  test("a CA is CREATING, then PENDING_CERTIFICATE, then ACTIVE; its request waits with RequestInProgressException", async () => {
    const world = await open();
    const { CertificateAuthorityArn: arn } = await world.done("CreateCertificateAuthority", authority("ROOT"));
    expect(await statusOf(world, arn)).toBe("CREATING");
    expect((await world.pca("GetCertificateAuthorityCsr", ids(arn))).error).toBe("RequestInProgressException");
    await world.work();
    expect(await statusOf(world, arn)).toBe("PENDING_CERTIFICATE");
    const early = await world.pca("GetCertificateAuthorityCertificate", ids(arn));
    expect(early).toMatchObject({ error: "InvalidStateException" });
    expect(early.body.message).toContain("is not in the correct state to have a certificate signing request.");
    const { error, body } = await world.pca("IssueCertificate", issuing(arn));
    expect(error).toBe("InvalidStateException");
    expect(body.message).toContain("The certificate authority is not in a valid state for issuing certificates");
    const root = await world.root();
    expect(await statusOf(world, root)).toBe("ACTIVE");
    expect(world.failures).toEqual([]);
  });

  test("one token makes one CA and one certificate for five minutes, however many ask at once", async () => {
    const world = await open();
    const twins = await Promise.all(
      Array.from({ length: 16 }, () =>
        world.done("CreateCertificateAuthority", { ...authority("ROOT"), IdempotencyToken: "twin" }),
      ),
    );
    expect(new Set(twins.map((one) => one.CertificateAuthorityArn)).size).toBe(1);
    const other = { ...authority("SUBORDINATE"), IdempotencyToken: "twin" };
    expect((await world.done("CreateCertificateAuthority", other)).CertificateAuthorityArn).not.toBe(
      twins[0].CertificateAuthorityArn,
    );
    const ca = await world.root();
    const asked = { ...issuing(ca), IdempotencyToken: "leaf" };
    const leafs = await Promise.all(Array.from({ length: 16 }, () => world.done("IssueCertificate", asked)));
    expect(new Set(leafs.map((one) => one.CertificateArn)).size).toBe(1);
    world.clock.advance(5 * MINUTE);
    expect((await world.done("IssueCertificate", asked)).CertificateArn).not.toBe(leafs[0].CertificateArn);
  });

  test("a certificate is there when its job has run, and not before: RequestInProgressException", async () => {
    const world = await open();
    const ca = await world.root();
    const { CertificateArn } = await world.done("IssueCertificate", issuing(ca));
    const waiting = await world.pca("GetCertificate", { ...ids(ca), CertificateArn });
    expect(waiting.error).toBe("RequestInProgressException");
    expect(waiting.body.message).toBe(
      `The request to issue certificate ${CertificateArn} is still in progress. Try again later.`,
    );
    await world.work();
    const { Certificate, CertificateChain } = await world.done("GetCertificate", { ...ids(ca), CertificateArn });
    const [leaf, root] = [new X509Certificate(Certificate), new X509Certificate(CertificateChain)];
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(CertificateArn.endsWith(leaf.serialNumber.toLowerCase())).toBe(true);
  });

  test("a node that dies while it signs leaves a serial number that is never used, and the ARN finds another", async () => {
    const world = await open();
    const ca = await world.root();
    const { CertificateArn } = await world.done("IssueCertificate", issuing(ca));
    const left = idOf(CertificateArn);
    const taken = await takeIssued(world.store, idOf(ca), left, world.clock.now().getTime());
    expect(taken?.tbs).not.toBeNull();
    await world.work(); // somebody is at it
    expect((await world.pca("GetCertificate", { ...ids(ca), CertificateArn })).error).toBe(
      "RequestInProgressException",
    );
    world.clock.advance(6 * SECOND);
    await world.work();
    const { Certificate } = await world.done("GetCertificate", { ...ids(ca), CertificateArn });
    const x509 = new X509Certificate(Certificate);
    expect(serialOf({ x509 })).not.toBe(left);
    expect(x509.subject).toBe("CN=device.example");
    const { root } = { root: await caCertificate(world, ca) };
    expect(x509.verify(root.publicKey)).toBe(true);
    const revocation = { ...ids(ca), RevocationReason: "SUPERSEDED" };
    expect((await world.pca("RevokeCertificate", { ...revocation, CertificateSerial: left })).error).toBe(
      "ResourceNotFoundException",
    );
    await world.done("RevokeCertificate", { ...revocation, CertificateSerial: serialOf({ x509 }) });
  });

  test("what cannot be read back when it is signed fails for good: RequestFailedException, and no other serial number", async () => {
    const world = await open();
    const ca = await world.root();
    const { CertificateArn } = await world.done("IssueCertificate", issuing(ca));
    const [caId, serial] = [idOf(ca), idOf(CertificateArn)];
    const tbs = (await findIssued(world.store, caId, serial))!.tbs!;
    const [readable, visible] = [Buffer.from(tbs).toString("hex"), Buffer.from("device.example").toString("hex")];
    const unreadable = readable.replace(`0c0e${visible}`, `1a0e${visible}`); // OpenSSL knows no VisibleString in a Name
    expect(unreadable).not.toBe(readable);
    await world.store
      .updateTable("privateCaCertificates")
      .set({ tbs: Buffer.from(unreadable, "hex") })
      .where("caId", "=", caId)
      .where("serial", "=", serial)
      .execute();
    await world.work();
    for (let round = 0; round < 3; round++) {
      world.clock.advance(MINUTE);
      await world.work();
    }
    const { error, body } = await world.pca("GetCertificate", { ...ids(ca), CertificateArn });
    expect(error).toBe("RequestFailedException");
    expect(body.message).toBe(`The request to issue certificate ${CertificateArn} has failed.`);
    expect((await pageIssued(world.store, caId, "", 10)).filter(({ arnId }) => arnId === serial)).toHaveLength(1);
    expect(world.failures).toHaveLength(1);
  });

  test("of many that sign one request at once, one does", async () => {
    const world = await open();
    const ca = await world.root();
    const { CertificateArn } = await world.done("IssueCertificate", issuing(ca));
    const all = await Promise.all(
      Array.from({ length: 8 }, () => signIssued(idOf(ca), idOf(CertificateArn), world.deps)),
    );
    const signed = all.flatMap((one) => (one === undefined || one instanceof Date ? [] : [one.certificate!]));
    expect(new Set(signed.map((der) => Buffer.from(der).toString("hex"))).size).toBe(1);
  });

  test("a revoked certificate is in the CRL at once, once, with its reason; a second time is RequestAlreadyProcessedException", async () => {
    const world = await open();
    const ca = await world.root({ RevocationConfiguration: CRL });
    const [leaf, other] = [await world.issue(ca), await world.issue(ca)];
    const path = `/crl/${idOf(ca)}.crl`;
    expect(leaf.x509.infoAccess).toBeUndefined();
    const before = await world.page(path);
    expect(before!.includes(Buffer.from(serialOf(leaf), "hex"))).toBe(false);
    const colons = leaf.x509.serialNumber.replaceAll(/..(?!$)/g, "$&:");
    const revocation = { ...ids(ca), CertificateSerial: colons, RevocationReason: "KEY_COMPROMISE" };
    await world.done("RevokeCertificate", revocation);
    expect((await world.pca("RevokeCertificate", revocation)).error).toBe("RequestAlreadyProcessedException");
    const files = { "crl.der": (await world.page(path))!, "ca.pem": (await caCertificate(world, ca)).toString() };
    const text = await openssl("crl -inform DER -in crl.der -CAfile ca.pem -text -noout", files);
    expect(text).toContain("verify OK");
    expect(text).toContain("Key Compromise");
    expect(text.match(/Serial Number/g)).toHaveLength(1);
    expect(files["crl.der"].includes(Buffer.from(serialOf(other), "hex"))).toBe(false);
    for (const serial of ["zz", "", "0x12", "1:2"]) {
      const { error } = await world.pca("RevokeCertificate", { ...revocation, CertificateSerial: serial });
      expect(["InvalidRequestException", "ResourceNotFoundException"]).toContain(error);
    }
    const own = { ...revocation, CertificateSerial: (await caCertificate(world, ca)).serialNumber };
    expect((await world.pca("RevokeCertificate", own)).error).toBe("InvalidRequestException");
  });

  test("a partitioned CRL has sixteen parts; each certificate names its own", async () => {
    const world = await open();
    const partitioned = { CrlConfiguration: { ...CRL.CrlConfiguration, CrlType: "PARTITIONED" } };
    const ca = await world.root({ RevocationConfiguration: partitioned });
    const leaf = await world.issue(ca);
    const part = serialOf(leaf).at(-1)!;
    const url = `http://127.0.0.1:4566/crl/${idOf(ca)}/${part}.crl`;
    expect(leaf.x509.raw.includes(Buffer.from(url))).toBe(true);
    await world.done("RevokeCertificate", {
      ...ids(ca),
      CertificateSerial: serialOf(leaf),
      RevocationReason: "UNSPECIFIED",
    });
    const own = await world.page(`/crl/${idOf(ca)}/${part}.crl`);
    const next = await world.page(`/crl/${idOf(ca)}/${part === "0" ? "1" : "0"}.crl`);
    expect([own, next].map((crl) => crl?.includes(Buffer.from(serialOf(leaf), "hex")))).toEqual([true, false]);
    expect(own!.includes(Buffer.from(url))).toBe(true); // issuingDistributionPoint
  });

  test("CRLs are served where they are enabled, at their own path, and nowhere else", async () => {
    const world = await open();
    const silent = await world.root();
    expect(await world.page(`/crl/${idOf(silent)}.crl`)).toBeUndefined();
    const moved = { CrlConfiguration: { ...CRL.CrlConfiguration, CustomPath: "pki/crls", CustomCname: "pki.example" } };
    const ca = await world.root({ RevocationConfiguration: moved });
    expect(await world.page(`/crl/${idOf(ca)}.crl`)).toBeUndefined();
    expect(await world.page(`/pki/crls/${idOf(ca)}.crl`)).toBeDefined();
    expect(await world.page(`/pki/crls/${idOf(ca)}/0.crl`)).toBeUndefined();
    const { x509 } = await world.issue(ca);
    expect(x509.raw.includes(Buffer.from(`http://pki.example/pki/crls/${idOf(ca)}.crl`))).toBe(true);
  });

  test("a CA is disabled, deleted, restored and at last destroyed with all that it issued", async () => {
    const world = await open();
    const ca = await world.root();
    await world.issue(ca);
    const refused = await world.pca("DeleteCertificateAuthority", ids(ca));
    expect(refused.error).toBe("InvalidStateException");
    expect(refused.body.message).toContain("The certificate authority is not in a valid state for deletion.");
    await world.done("UpdateCertificateAuthority", { ...ids(ca), Status: "DISABLED" });
    expect((await world.pca("IssueCertificate", issuing(ca))).error).toBe("InvalidStateException");
    await world.done("DeleteCertificateAuthority", { ...ids(ca), PermanentDeletionTimeInDays: 7 });
    const deleted = await describeCa(world, ca);
    expect(deleted.Status).toBe("DELETED");
    expect(deleted.RestorableUntil * 1000).toBeGreaterThanOrEqual(later(world.clock.now(), 7 * DAY - MINUTE).getTime());
    expect((await world.pca("DeleteCertificateAuthority", ids(ca))).error).toBe("InvalidStateException");
    world.clock.advance(6 * DAY);
    await world.work();
    await world.done("RestoreCertificateAuthority", ids(ca));
    expect((await describeCa(world, ca)).Status).toBe("DISABLED");
    expect((await world.pca("RestoreCertificateAuthority", ids(ca))).error).toBe("InvalidStateException");
    await world.liveUntil(later(world.clock.now(), 3 * DAY));
    expect((await describeCa(world, ca)).Status).toBe("DISABLED");
    await world.done("DeleteCertificateAuthority", { ...ids(ca), PermanentDeletionTimeInDays: 7 });
    await world.liveUntil(later(world.clock.now(), 8 * DAY));
    expect((await world.pca("DescribeCertificateAuthority", ids(ca))).error).toBe("ResourceNotFoundException");
    for (const table of ["privateCas", "privateCaCertificates", "privateCaHashes"] as const) {
      const rows = await world.store.selectFrom(table).selectAll().execute();
      expect(rows).toEqual([]);
    }
    const pending = await world.create("SUBORDINATE");
    await world.done("DeleteCertificateAuthority", ids(pending));
    expect((await describeCa(world, pending)).Status).toBe("DELETED");
  });

  test("OCSP answers until the CA ends and while it is not deleted; nodes forget the keys of one that is", async () => {
    const world = await open();
    const ca = await world.root(
      { RevocationConfiguration: { OcspConfiguration: { Enabled: true } } },
      { Validity: { Type: "DAYS", Value: 100 } },
    );
    const leaf = await world.issue(ca);
    const { signers } = world.deps;
    const other = { ...world.deps, signers: new Signers({ root: signers.root, caUrl: signers.caUrl }) };
    const nodes = [world.deps, other];
    const question = ocspQuestion(new X509Certificate(leaf.chain!).raw, serialOf(leaf));
    const answered = async (node: (typeof nodes)[number]) => {
      const { der } = await answerOcsp(question, node);
      return der.toString("hex") !== "30030a0106";
    };
    const holds = ({ signers: { privateAuthorities, responders } }: (typeof nodes)[number]) => [
      [...privateAuthorities.values()].some(({ id }) => id === idOf(ca)),
      responders.has(idOf(ca)),
    ];
    for (const node of nodes) expect([await answered(node), ...holds(node)]).toEqual([true, true, true]);
    const deleteIt = () => world.done("DeleteCertificateAuthority", { ...ids(ca), PermanentDeletionTimeInDays: 7 });
    await world.done("UpdateCertificateAuthority", { ...ids(ca), Status: "DISABLED" });
    await deleteIt();
    expect([await answered(other), ...holds(other)]).toEqual([false, false, false]);
    await world.done("RestoreCertificateAuthority", ids(ca));
    world.clock.advance(7 * HOUR); // no answer that was kept is given again
    expect([await answered(other), ...holds(other)]).toEqual([true, true, true]);

    const responders = () => world.store.selectFrom("privateCaResponders").select(["issuerId", "number"]).execute();
    const before = await responders();
    const start = world.clock.now();
    world.clock.advance(101 * DAY);
    for (const node of nodes) expect(await answered(node)).toBe(false);
    expect(await responders()).toEqual(before);
    world.clock.set(start);

    await deleteIt();
    await world.liveUntil(later(world.clock.now(), 8 * DAY));
    expect(holds(world.deps)).toEqual([false, false]);
    expect(holds(other)).toEqual([true, true]);
    expect(await privateCaPages(other)("GET", `/crl/${idOf(ca)}.crl`)).toBeUndefined();
    expect(holds(other)).toEqual([false, false]);
  });

  test("a CA whose certificate has ended is EXPIRED until the next one is installed", async () => {
    const world = await open();
    const ca = await world.root({}, { Validity: { Type: "DAYS", Value: 2 } });
    world.clock.advance(3 * DAY);
    expect((await describeCa(world, ca)).Status).toBe("EXPIRED");
    expect((await world.pca("IssueCertificate", issuing(ca))).error).toBe("InvalidStateException");
    expect((await world.pca("UpdateCertificateAuthority", { ...ids(ca), Status: "DISABLED" })).error).toBe(
      "InvalidStateException",
    );
    const { Csr } = await world.done("GetCertificateAuthorityCsr", ids(ca));
    const next = await world.issue(ca, {
      Csr: base64(Csr),
      TemplateArn: template("RootCACertificate/V1"),
      Validity: { Type: "YEARS", Value: 5 },
    });
    await world.done("ImportCertificateAuthorityCertificate", { ...ids(ca), Certificate: base64(next.pem) });
    expect((await describeCa(world, ca)).Status).toBe("ACTIVE");
    await world.issue(ca);
  });

  test("what waits to be signed when a CA is disabled is not signed before it is enabled again", async () => {
    const world = await open();
    const ca = await world.root();
    const { CertificateArn } = await world.done("IssueCertificate", issuing(ca));
    await world.done("UpdateCertificateAuthority", { ...ids(ca), Status: "DISABLED" });
    await world.work();
    const get = async () => (await world.pca("GetCertificate", { ...ids(ca), CertificateArn })).error;
    expect(await get()).toBe("RequestInProgressException");
    world.clock.advance(MINUTE);
    await world.work();
    expect(await get()).toBe("RequestInProgressException");
    await world.done("UpdateCertificateAuthority", { ...ids(ca), Status: "ACTIVE" });
    world.clock.advance(MINUTE);
    await world.work();
    expect(await get()).toBeUndefined();
    expect(world.failures).toEqual([]);
  });

  test("a subject that others read up to a NUL only is refused with MalformedCSRException, and nothing is kept", async () => {
    const world = await open();
    const ca = await world.root();
    const { csr } = csrFor("www.example.com\0.evil.org");
    const { error, body } = await world.pca("IssueCertificate", { ...issuing(ca), Csr: base64(csr) });
    expect(error).toBe("MalformedCSRException");
    expect(body.message).toContain("its subject is malformed, or holds what is no character");
  });

  test("what the CAs above forbid holds from when the chain with it is installed, though the CA's own certificate stays", async () => {
    const world = await open();
    const root = await world.root();
    const parent = await world.subordinate(root, {}, { TemplateArn: template("SubordinateCACertificate_PathLen1/V1") });
    const ca = await world.subordinate(parent);
    await world.issue(ca);
    const { Csr } = await world.done("GetCertificateAuthorityCsr", ids(parent));
    const narrower = await world.issue(root, {
      Csr: base64(Csr),
      ...constraining("SubordinateCACertificate_PathLen1_APIPassthrough/V1"),
      Validity: { Type: "YEARS", Value: 5 },
    });
    const own = await world.done("GetCertificateAuthorityCertificate", ids(ca));
    await world.done("ImportCertificateAuthorityCertificate", {
      ...ids(ca),
      Certificate: base64(own.Certificate),
      CertificateChain: base64(`${narrower.pem}\n${narrower.chain}`),
    });
    const { error, body } = await world.pca("IssueCertificate", issuing(ca));
    expect(error).toBe("InvalidArgsException");
    expect(body.message).toContain("name constraints");
  });

  test("a leaf that could sign certificates is refused with InvalidArgsException (RFC 5280 section 4.2.1.3)", async () => {
    const world = await open();
    const ca = await world.root();
    const { error, body } = await world.pca("IssueCertificate", {
      ...issuing(ca),
      TemplateArn: template("BlankEndEntityCertificate_APIPassthrough/V1"),
      ApiPassthrough: { Extensions: { KeyUsage: { KeyCertSign: true } } },
    });
    expect(error).toBe("InvalidArgsException");
    expect(body.message).toContain("onlyAuthoritiesSignCertificates");
  });

  test("nobody reaches the CA of another account or region, but where its policy lets them", async () => {
    const world = await open();
    const ca = await world.root();
    const leaf = await world.issue(ca);
    const calls: readonly (readonly [string, object])[] = [
      ["DescribeCertificateAuthority", ids(ca)],
      ["GetCertificateAuthorityCsr", ids(ca)],
      ["GetCertificateAuthorityCertificate", ids(ca)],
      ["GetCertificate", { ...ids(ca), CertificateArn: leaf.arn }],
      ["IssueCertificate", issuing(ca)],
      ["ImportCertificateAuthorityCertificate", { ...ids(ca), Certificate: base64(leaf.pem) }],
      ["RevokeCertificate", { ...ids(ca), CertificateSerial: serialOf(leaf), RevocationReason: "UNSPECIFIED" }],
      ["UpdateCertificateAuthority", { ...ids(ca), Status: "DISABLED" }],
      ["DeleteCertificateAuthority", ids(ca)],
      ["RestoreCertificateAuthority", ids(ca)],
      ["ListTags", ids(ca)],
      ["TagCertificateAuthority", { ...ids(ca), Tags: [{ Key: "a", Value: "b" }] }],
      ["UntagCertificateAuthority", { ...ids(ca), Tags: [{ Key: "a" }] }],
      ["CreatePermission", { ...ids(ca), Principal: "acm.amazonaws.com", Actions: ["IssueCertificate"] }],
      ["DeletePermission", { ...ids(ca), Principal: "acm.amazonaws.com" }],
      ["ListPermissions", ids(ca)],
      ["PutPolicy", { ResourceArn: ca, Policy: "{}" }],
      ["GetPolicy", { ResourceArn: ca }],
      ["DeletePolicy", { ResourceArn: ca }],
      ["CreateCertificateAuthorityAuditReport", { ...ids(ca), S3BucketName: "b-1", AuditReportResponseFormat: "CSV" }],
      [
        "DescribeCertificateAuthorityAuditReport",
        { ...ids(ca), AuditReportId: "0".repeat(8) + "-0000-0000-0000-000000000000" },
      ],
    ];
    for (const [operation, input] of calls) {
      const foreign = await world.pca(operation, input, OTHER);
      expect([operation, foreign.error]).toEqual([operation, "ResourceNotFoundException"]);
      const elsewhere = await world.pca(operation, input, { region: "us-east-1" as never });
      expect([operation, elsewhere.error]).toEqual([operation, "ResourceNotFoundException"]);
    }
    expect(await statusOf(world, ca)).toBe("ACTIVE");

    const shared = (actions: readonly string[], more: object = {}): object => ({
      Effect: "Allow",
      Principal: { AWS: OTHER.account },
      Action: actions.map((action) => `acm-pca:${action}`),
      Resource: ca,
      ...more,
    });
    const only = { StringEquals: { "acm-pca:TemplateArn": template("EndEntityCertificate/V1") } };
    const read = ["DescribeCertificateAuthority", "GetCertificate", "GetCertificateAuthorityCertificate"];
    const policy = {
      Version: "2012-10-17",
      Statement: [shared(read), shared(["IssueCertificate"], { Condition: only })],
    };
    await world.done("PutPolicy", { ResourceArn: ca, Policy: JSON.stringify(policy) });
    expect(JSON.parse((await world.done("GetPolicy", { ResourceArn: ca })).Policy)).toEqual(policy);
    const { CertificateArn } = await world.done("IssueCertificate", issuing(ca), OTHER);
    await world.work();
    await world.done("GetCertificate", { ...ids(ca), CertificateArn }, OTHER);
    const listed = await world.done("ListCertificateAuthorities", { ResourceOwner: "OTHER_ACCOUNTS" }, OTHER);
    expect(listed.CertificateAuthorities.map(({ Arn }: { Arn: string }) => Arn)).toEqual([ca]);
    const subordinate = { ...issuing(ca), TemplateArn: template("SubordinateCACertificate_PathLen0/V1") };
    expect((await world.pca("IssueCertificate", subordinate, OTHER)).error).toBe("ResourceNotFoundException");
    await world.done("DeletePolicy", { ResourceArn: ca });
    expect((await world.pca("IssueCertificate", issuing(ca), OTHER)).error).toBe("ResourceNotFoundException");
    expect((await world.pca("GetPolicy", { ResourceArn: ca })).error).toBe("ResourceNotFoundException");
  });

  test("an audit report lists everything that was issued and revoked, as JSON and as CSV", async () => {
    const world = await open();
    const ca = await world.root();
    const [kept, revoked] = [
      await world.issue(ca),
      await world.issue(ca, { Csr: base64(csrFor('a "quoted", name').csr) }),
    ];
    await world.done("RevokeCertificate", {
      ...ids(ca),
      CertificateSerial: serialOf(revoked),
      RevocationReason: "CESSATION_OF_OPERATION",
    });
    const report = async (format: string): Promise<string> => {
      const made = { ...ids(ca), S3BucketName: "reports", AuditReportResponseFormat: format };
      const { AuditReportId, S3Key } = await world.done("CreateCertificateAuthorityAuditReport", made);
      const which = { ...ids(ca), AuditReportId };
      expect((await world.done("DescribeCertificateAuthorityAuditReport", which)).AuditReportStatus).toBe("CREATING");
      await world.work();
      const described = await world.done("DescribeCertificateAuthorityAuditReport", which);
      expect(described).toMatchObject({ AuditReportStatus: "SUCCESS", S3BucketName: "reports", S3Key });
      expect(S3Key).toBe(`audit-report/${idOf(ca)}/${AuditReportId}.${format.toLowerCase()}`);
      return world.objects.get(`reports/${S3Key}`)!;
    };
    const entries = JSON.parse(await report("JSON")) as readonly Record<string, string>[];
    expect(entries).toHaveLength(3);
    expect(entries.find(({ certificateArn }) => certificateArn === revoked.arn)).toMatchObject({
      awsAccountId: "123456789012",
      revocationReason: "CESSATION_OF_OPERATION",
      templateArn: template("EndEntityCertificate/V1"),
      notAfter: expect.stringMatching(/^2026-12-22T00:00:01\+0000$/),
    });
    expect(entries.find(({ certificateArn }) => certificateArn === kept.arn)).not.toHaveProperty("revokedAt");
    const csv = await report("CSV");
    expect(csv.split("\n")[0]).toBe(
      "awsAccountId,requestedByServicePrincipal,certificateArn,serial,subject,notBefore,notAfter,issuedAt,revokedAt,revocationReason,templateArn",
    );
    expect(csv).toContain(String.raw`"CN=a \""quoted\""\, name"`);
    for (const bucket of ["../x", "UPPER", "a..b"]) {
      const made = { ...ids(ca), S3BucketName: bucket, AuditReportResponseFormat: "CSV" };
      expect((await world.pca("CreateCertificateAuthorityAuditReport", made)).error).toBe("InvalidArgsException");
    }
  });

  test("CAs are listed page by page, oldest first, and a token fits its own list only", async () => {
    const world = await open();
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      made.push((await world.done("CreateCertificateAuthority", authority("ROOT"))).CertificateAuthorityArn);
      world.clock.advance(SECOND);
    }
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await world.done("ListCertificateAuthorities", { MaxResults: 2, NextToken });
      seen.push(...page.CertificateAuthorities.map(({ Arn }: { Arn: string }) => Arn));
      NextToken = page.NextToken;
      if (NextToken === undefined) break;
      expect((await world.pca("ListCertificateAuthorities", { NextToken }, OTHER)).error).toBe(
        "InvalidNextTokenException",
      );
    } while (seen.length < 20);
    expect(seen).toEqual(made);
    expect((await world.pca("ListCertificateAuthorities", { NextToken: "junk" })).error).toBe(
      "InvalidNextTokenException",
    );
  });

  test("tags and permissions are added, listed and removed", async () => {
    const world = await open();
    const ca = await world.create("SUBORDINATE", { Tags: [{ Key: "team", Value: "pki" }] });
    await world.done("TagCertificateAuthority", {
      ...ids(ca),
      Tags: [{ Key: "stage", Value: "test" }, { Key: "bare" }],
    });
    await world.done("UntagCertificateAuthority", {
      ...ids(ca),
      Tags: [{ Key: "team", Value: "other" }, { Key: "stage" }],
    });
    expect((await world.done("ListTags", ids(ca))).Tags).toEqual([{ Key: "team", Value: "pki" }, { Key: "bare" }]);
    const first = await world.done("ListTags", { ...ids(ca), MaxResults: 1 });
    expect(first.Tags).toHaveLength(1);
    const rest = await world.done("ListTags", { ...ids(ca), NextToken: first.NextToken });
    expect(rest.Tags).toEqual([{ Key: "bare" }]);
    const aws = await world.pca("TagCertificateAuthority", { ...ids(ca), Tags: [{ Key: "aws:x", Value: "y" }] });
    expect(aws.error).toBe("InvalidTagException");
    const many = Array.from({ length: 49 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
    expect((await world.pca("TagCertificateAuthority", { ...ids(ca), Tags: many })).error).toBe("TooManyTagsException");

    const permission = { ...ids(ca), Principal: "acm.amazonaws.com" };
    const actions = { Actions: ["IssueCertificate", "GetCertificate", "ListPermissions"] };
    await world.done("CreatePermission", { ...permission, ...actions });
    expect((await world.pca("CreatePermission", { ...permission, ...actions })).error).toBe(
      "PermissionAlreadyExistsException",
    );
    const { Permissions } = await world.done("ListPermissions", ids(ca));
    expect(Permissions).toMatchObject([{ ...permission, ...actions, SourceAccount: "123456789012" }]);
    await world.done("DeletePermission", permission);
    expect((await world.pca("DeletePermission", permission)).error).toBe("ResourceNotFoundException");
    const stranger = { ...permission, ...actions, Principal: "s3.amazonaws.com" };
    expect((await world.pca("CreatePermission", stranger)).error).toBe("ValidationException");
  });

  test("RequestCertificate with a private CA is issued by it, served, exported, renewed with its permission and revoked", async () => {
    const world = await open();
    const root = await world.root();
    const ca = await world.subordinate(root, { RevocationConfiguration: CRL });
    const asked = { DomainName: "app.corp", SubjectAlternativeNames: ["*.app.corp"], CertificateAuthorityArn: ca };
    const { CertificateArn } = (await world.call("RequestCertificate", asked)).body;
    await world.work();
    expect(world.failures).toEqual([]);
    const issued = await world.describe(CertificateArn);
    expect(issued).toMatchObject({ Status: "ISSUED", Type: "PRIVATE", CertificateAuthorityArn: ca, Issuer: "Example" });
    expect((issued.NotAfter - issued.NotBefore) / 86_400).toBeCloseTo(395 + 1 / 24, 2);
    const { Certificate, CertificateChain } = (await world.call("GetCertificate", { CertificateArn })).body;
    const path = `${Certificate}\n${CertificateChain}`.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g)!;
    expect(path).toHaveLength(3);
    const certificates = path.map((pem) => new X509Certificate(pem));
    expect(certificates.every((one, at) => one.verify((certificates[at + 1] ?? one).publicKey))).toBe(true);
    expect(certificates[0]!.subjectAltName).toBe("DNS:app.corp, DNS:*.app.corp");

    await world.attach(CertificateArn, BALANCER);
    await world.liveUntil(later(world.clock.now(), (395 - 61) * DAY));
    expect((await world.describe(CertificateArn)).RenewalSummary).toBeUndefined();
    await world.liveUntil(later(world.clock.now(), 2 * DAY));
    const stuck = (await world.describe(CertificateArn)).RenewalSummary;
    expect(stuck).toMatchObject({ RenewalStatus: "PENDING_AUTO_RENEWAL", RenewalStatusReason: "PCA_ACCESS_DENIED" });
    await world.done("CreatePermission", {
      ...ids(ca),
      Principal: "acm.amazonaws.com",
      Actions: ["IssueCertificate", "GetCertificate", "ListPermissions"],
    });
    await world.liveUntil(later(world.clock.now(), 2 * DAY));
    const renewed = await world.describe(CertificateArn);
    expect(renewed.RenewalSummary.RenewalStatus).toBe("SUCCESS");
    expect(renewed.Serial).not.toBe(issued.Serial);
    await world.detach(CertificateArn, BALANCER);

    const Passphrase = base64(randomBytes(8).toString("hex"));
    expect((await world.call("ExportCertificate", { CertificateArn, Passphrase })).body.PrivateKey).toContain(
      "ENCRYPTED",
    );
    const revoked = await world.call("RevokeCertificate", { CertificateArn, RevocationReason: "KEY_COMPROMISE" });
    expect(revoked.error).toBeUndefined();
    const crl = await world.page(`/crl/${idOf(ca)}.crl`);
    expect(crl!.includes(Buffer.from(renewed.Serial.replaceAll(":", ""), "hex"))).toBe(true);
  });

  test.for<[reason: string, prepare: (world: PrivateCaWorld) => Promise<string>, name?: string]>([
    ["PCA_RESOURCE_NOT_FOUND", () => Promise.resolve(arnOfNobody)],
    ["PCA_INVALID_ARN", async (world) => (await world.root()).replace("eu-west-1", "us-east-1")],
    ["PCA_INVALID_STATE", (world) => world.create("SUBORDINATE")],
    ["PCA_ACCESS_DENIED", async (world) => (await foreignRoot(world)).arn],
    [
      "PCA_INVALID_DURATION",
      (world) =>
        world.root(
          {},
          { Validity: { Type: "ABSOLUTE", Value: Math.floor(later(world.clock.now(), 12 * HOUR).getTime() / SECOND) } },
        ),
    ],
    ["PCA_INVALID_DURATION", (world) => world.root({ UsageMode: "SHORT_LIVED_CERTIFICATE" })],
    ["PCA_NAME_CONSTRAINTS_VALIDATION", async (world) => constrained(world, await world.root())],
  ])("ACM's request fails with %s", async ([reason, prepare]) => {
    const world = await open();
    const ca = await prepare(world);
    const asked = { DomainName: "app.corp", CertificateAuthorityArn: ca };
    const { CertificateArn } = (await world.call("RequestCertificate", asked)).body;
    await world.work();
    expect(world.failures).toEqual([]);
    expect(await world.describe(CertificateArn)).toMatchObject({ Status: "FAILED", FailureReason: reason });
  });
});

const arnOfNobody = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000000";

async function statusOf(world: PrivateCaWorld, arn: string): Promise<string> {
  return (await describeCa(world, arn)).Status;
}

async function describeCa(world: PrivateCaWorld, arn: string): Promise<{ Status: string; RestorableUntil: number }> {
  return (await world.done("DescribeCertificateAuthority", ids(arn))).CertificateAuthority;
}

async function caCertificate(world: PrivateCaWorld, arn: string): Promise<X509Certificate> {
  return new X509Certificate((await world.done("GetCertificateAuthorityCertificate", ids(arn))).Certificate);
}

async function foreignRoot(world: PrivateCaWorld): Promise<{ arn: string }> {
  const { CertificateAuthorityArn } = await world.done("CreateCertificateAuthority", authority("ROOT"), OTHER);
  await world.work();
  return { arn: CertificateAuthorityArn };
}

/** A subordinate CA that may only name hosts below example.org. */
function constrained(world: PrivateCaWorld, parent: string): Promise<string> {
  return world.subordinate(parent, {}, constraining("SubordinateCACertificate_PathLen0_APIPassthrough/V1"));
}

/** For IssueCertificate: only hosts below example.org. */
function constraining(name: string): object {
  const constraints = encode(sequence(tagged(0, sequence(taggedAscii(2, "example.org")))));
  const extension = { ObjectIdentifier: OID.nameConstraints, Value: base64(constraints), Critical: true };
  return { TemplateArn: template(name), ApiPassthrough: { Extensions: { CustomExtensions: [extension] } } };
}
