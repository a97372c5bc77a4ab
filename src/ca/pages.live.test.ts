import { createHash, X509Certificate } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { BasicOCSPResponse, OCSPResponse } from "@peculiar/asn1-ocsp";
import { AsnConvert } from "@peculiar/asn1-schema";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { encode, integer, octetString, oid, sequence, TRUE, tagged } from "#lib/der.ts";
import { DAY, HOUR } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem } from "#lib/pem.ts";
import { publicKeyBits, readCertificate } from "#lib/x509-certificate.ts";
import { findIssuer } from "#store/issuers.ts";
import { openStore } from "#store/store.ts";
import { type CaWorld, caNode, caWorld, issue, issuerPem, leafKey } from "../../tests/support/ca-world.ts";
import { openssl } from "../../tests/support/openssl.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { buildCrl } from "./crl.ts";
import { addIntermediates } from "./hierarchies/rotate.ts";
import type { SignedLeaf } from "./issue.ts";
import { answerOcsp } from "./ocsp.ts";
import { OcspAnswers } from "./ocsp-answers.ts";
import { type OcspQuestion, readOcspRequest } from "./ocsp-request.ts";
import { caPages, type Page } from "./pages.ts";
import { currentCrl, publishCrls } from "./publish-crl.ts";
import { revokeSerial } from "./revocation.ts";

let world: CaWorld;
let page: (method: string, path: string, body?: Buffer) => Promise<Page | undefined>;
let url: string;
let leaf: SignedLeaf;
let revoked: SignedLeaf;

beforeAll(async () => {
  // OpenSSL compares OCSP answers with its own clock.
  const clock = testClock(new Date());
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      void page(request.method ?? "", request.url ?? "", Buffer.concat(parts)).then((found) =>
        response.writeHead(found?.status ?? 404, found?.headers).end(found?.body),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  world = await caWorld(await openStore("file::memory:"), clock, url);
  const pages = caPages(world);
  page = (method, path, body = Buffer.alloc(0)) => pages(method, path, body);
  leaf = await issue(world, { subjectPublicKeyInfo: leafKey("RSA_2048").spki });
  revoked = await issue(world, { subjectPublicKeyInfo: leafKey("RSA_2048").spki });
  await revoke(revoked);
  return async () => {
    server.closeAllConnections();
    server.close();
    await world.store.destroy();
  };
});

describe("pages", () => {
  test("root.pem is the current root, roots.pem both", async () => {
    const [root, roots] = [await page("GET", "/ca/root.pem"), await page("GET", "/ca/roots.pem")];
    expect(root?.headers["content-type"]).toBe("application/x-pem-file");
    expect(root?.body.toString()).toBe(await issuerPem(world, "r2"));
    expect(roots?.body.toString()).toBe((await issuerPem(world, "r2")) + (await issuerPem(world, "r1")));
  });

  test("every URL in a leaf and above it leads to what it promises", async () => {
    let certificate = new X509Certificate(leaf.der);
    for (let level = 0; level < 2; level++) {
      const issuerUrl = /CA Issuers - URI:(\S+)/.exec(certificate.infoAccess ?? "")![1]!;
      const response = await fetch(issuerUrl);
      expect(response.headers.get("content-type")).toBe("application/pkix-cert");
      const issuer = new X509Certificate(Buffer.from(await response.arrayBuffer()));
      expect(certificate.verify(issuer.publicKey)).toBe(true);
      const crl = await fetch(issuerUrl.replace(".crt", level === 0 ? "/1.crl" : ".crl"));
      expect(crl.headers.get("content-type")).toBe("application/pkix-crl");
      expect(crl.headers.get("cache-control")).toContain("max-age");
      certificate = issuer;
    }
    expect(certificate.subject).toBe(certificate.issuer);
    const cross = await page("GET", "/ca/r2-cross.crt");
    expect(new X509Certificate(cross!.body).issuer).toContain("Root R1");
  });

  test("other paths and methods are refused plainly", async () => {
    expect(await page("GET", "/console")).toBeUndefined();
    expect(await page("GET", "/ca")).toBeUndefined();
    for (const path of [
      "/ca/",
      "/ca/none.crt",
      "/ca/none.crl",
      "/ca/none/1.crl",
      "/ca/rsa1/0.crl",
      "/ca/rsa1/2.crl",
      "/ca/rsa1/999999999.crl",
      "/ca/none.crls.json",
      "/ca/ec1-cross.crt",
      "/ca/../ca/r1.crt",
      "/ca/toString",
    ]) {
      expect((await page("GET", path))?.status).toBe(404);
    }
    expect(await page("DELETE", "/ca/root.pem")).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    expect(await page("GET", "/ca/ocsp")).toMatchObject({ status: 404 });
    expect((await page("HEAD", "/ca/root.pem"))?.status).toBe(200);
  });
});

describe("CRLs", () => {
  test("OpenSSL verifies the whole chain by them: a good leaf passes, a revoked one does not", async () => {
    const crls = await Promise.all(
      ["rsa1/1", "r2", "r1"].map(async (id) => pem("X509 CRL", (await page("GET", `/ca/${id}.crl`))!.body)),
    );
    const files = {
      "crls.pem": crls.join(""),
      "root.pem": await issuerPem(world, "r1"),
      "chain.pem": leaf.chainPem,
      "leaf.pem": leaf.pem,
      "revoked.pem": revoked.pem,
    };
    const verify =
      "verify -x509_strict -crl_check_all -extended_crl -CRLfile crls.pem -CAfile root.pem -untrusted chain.pem";
    expect(await openssl(`${verify} leaf.pem`, files)).toBe("leaf.pem: OK\n");
    expect(await openssl(`${verify} revoked.pem`, files)).toContain("certificate revoked");
  });

  test("one is what RFC 5280 wants it to be, as OpenSSL reads it", async () => {
    const files = { "c.crl": (await page("GET", "/ca/rsa1/1.crl"))!.body, "ca.pem": await issuerPem(world, "rsa1") };
    const text = await openssl("crl -inform der -in c.crl -noout -text -CAfile ca.pem", files);
    expect(text).toContain("verify OK");
    expect(text).toContain("Version 2");
    expect(text).toMatch(/X509v3 CRL Number: \s+\d+/);
    expect(text).toMatch(/X509v3 Authority Key Identifier: \s+[0-9A-F:]{59}\n/);
    expect(text.match(/Serial Number: (\S+)/g)).toEqual([`Serial Number: ${revoked.serial.toUpperCase()}`]);
    expect(text).toMatch(/CRL Reason Code: \s+Superseded/);
  });

  test("lasts seven days, is served unchanged for half of them, and is then made anew", async () => {
    const shard = { issuerId: "rsa1", shard: 1 };
    const before = (await currentCrl(shard, world))!;
    expect(before.nextUpdate.getTime() - world.clock.now().getTime()).toBeLessThanOrEqual(7 * DAY);
    world.clock.advance(3 * DAY);
    await publishCrls(world);
    expect(await currentCrl(shard, world)).toEqual(before);
    world.clock.advance(12 * HOUR);
    await publishCrls(world);
    expect((await currentCrl(shard, world))!.number).toBe(before.number + 1);
    world.clock.advance(-3.5 * DAY);
  });

  test("a reason that is unspecified is not written, and one that we may not give is an error", async () => {
    const issuer = await world.signers.issuer(world.store, "ec1");
    const crl = (reason: number): Buffer =>
      buildCrl(
        {
          number: 1,
          thisUpdate: new Date(0),
          nextUpdate: new Date(DAY),
          entries: [{ serial: "80ff", revokedAt: 0, reason }],
        },
        issuer,
      );
    const text = await openssl("crl -inform der -in c.crl -noout -text", { "c.crl": crl(0) });
    expect(text).toContain("Serial Number: 80FF\n");
    expect(text).not.toContain("Reason");
    for (const reason of [6, 7, 8, 11]) expect(() => crl(reason)).toThrow("no CRLReason");
  });
});

describe("OCSP", () => {
  test("OpenSSL accepts good, revoked and unknown, with and without a nonce, by SHA-1 and SHA-256", async () => {
    const files = {
      "roots.pem": (await page("GET", "/ca/roots.pem"))!.body,
      "ca.pem": await issuerPem(world, "rsa1"),
      "leaf.pem": leaf.pem,
      "revoked.pem": revoked.pem,
    };
    for (const options of ["", "-no_nonce ", "-sha256 "]) {
      const ask = (which: string): Promise<string> =>
        openssl(`ocsp ${options}-url ${url}/ca/ocsp -CAfile roots.pem -issuer ca.pem ${which}`, files);
      expect(await ask("-cert leaf.pem")).toMatch(/Response verify OK|leaf\.pem: good/g);
      expect(await ask("-cert leaf.pem")).toContain("leaf.pem: good");
      expect(await ask("-cert leaf.pem")).not.toContain("WARNING");
      expect(await ask("-cert revoked.pem")).toMatch(/revoked\.pem: revoked[^]*Reason: superseded/);
      expect(await ask("-serial 0x4711")).toContain("0x4711: unknown");
    }
    expect(
      await openssl(`ocsp -url ${url}/ca/ocsp -CAfile roots.pem -issuer leaf.pem -cert leaf.pem`, files),
    ).toContain("unauthorized");
  });

  test("an intermediate's state is answered by its root", async () => {
    const { serial } = (await findIssuer(world.store, "ec1"))!;
    expect(await statusOf(await certId("r2", serial))).toBe("good");
    expect(await statusOf(await certId("r1", serial))).toBe("unknown");
  });

  test("GET answers may be cached for a while, answers to a nonce and to POST may not", async () => {
    const request = ocspRequest([await certId("rsa1", leaf.serial)]);
    const path = `/ca/ocsp/${encodeURIComponent(request.toString("base64"))}`;
    const got = await page("GET", path);
    expect(got?.headers).toMatchObject({ "content-type": "application/ocsp-response" });
    expect(got?.headers["cache-control"]).toBe("public, max-age=60, no-transform, must-revalidate");
    const { thisUpdate, nextUpdate } = (await answer(request)).tbsResponseData.responses[0]!;
    expect(got?.headers["last-modified"]).toBe(thisUpdate.toUTCString());
    expect(got?.headers["expires"]).toBe(nextUpdate!.toUTCString());
    const etag = got!.headers["etag"]!;
    const again = await caPages(world)("GET", path, Buffer.alloc(0), `"other", W/${etag}`);
    expect(again).toMatchObject({ status: 304, headers: { etag, expires: got!.headers["expires"] } });
    expect(again!.body).toHaveLength(0);
    expect((await caPages(world)("GET", path, Buffer.alloc(0), '"other"'))?.status).toBe(200);
    expect((await page("POST", "/ca/ocsp", request))?.headers["cache-control"]).toBe("no-store");
    const once = ocspRequest([await certId("rsa1", leaf.serial)], Buffer.alloc(16, 1));
    expect((await page("GET", `/ca/ocsp/${once.toString("base64")}`))?.headers["cache-control"]).toBe("no-store");
    for (const broken of ["%", "%ff", "AAAA", "", "a".repeat(20_000)]) {
      expect((await page("GET", `/ca/ocsp/${broken}`))?.body.toString("hex")).toBe("30030a0101");
    }
  });

  test("an answer is signed once in half of its life, on each node; a revocation anywhere ends it at once", async () => {
    const other = caNode(world.store, world.clock, url);
    const fresh = await issue(world, { subjectPublicKeyInfo: leafKey("RSA_2048").spki });
    const request = ocspRequest([await certId("rsa1", fresh.serial)]);
    const first = await answerOcsp(request, world);
    const onOther = await answerOcsp(request, other);
    world.clock.advance(5 * HOUR);
    expect((await answerOcsp(request, world)).der.equals(first.der)).toBe(true);
    expect((await answerOcsp(request, other)).der.equals(onOther.der)).toBe(true);
    world.clock.advance(HOUR);
    expect((await answerOcsp(request, world)).der.equals(first.der)).toBe(false);
    await revoke(fresh);
    for (const node of [world, other]) expect(await statusOf(await certId("rsa1", fresh.serial), node)).toBe("revoked");
    // With a nonce, about several certificates and about what was never issued, each is signed anew.
    for (const once of [
      ocspRequest([await certId("rsa1", leaf.serial)], Buffer.alloc(16, 1)),
      ocspRequest([await certId("rsa1", leaf.serial), await certId("rsa1", revoked.serial)]),
      ocspRequest([await certId("rsa1", "4711")]),
    ]) {
      expect((await answerOcsp(once, world)).der.equals((await answerOcsp(once, world)).der)).toBe(false);
    }
    world.clock.advance(-6 * HOUR);
  });

  test("only so many answers are kept: those that were asked for last", () => {
    const answers = new OcspAnswers(2);
    const status = { issued: true, revocation: undefined };
    const now = world.clock.now();
    const question = (serial: string): OcspQuestion => {
      const one = {
        certId: Buffer.from(serial),
        hash: "sha1",
        issuer: "",
        issuerNameHash: Buffer.alloc(20),
        serial,
      } as const;
      return { certificates: [{ ...one, issuerKeyHash: Buffer.alloc(20) }], nonce: undefined };
    };
    const cacheable = { thisUpdate: now, nextUpdate: new Date(now.getTime() + HOUR) };
    const keep = (serial: string): void =>
      answers.keep("ec1", question(serial), status, { der: Buffer.from(serial), cacheable });
    const has = (serial: string): boolean => answers.find("ec1", question(serial), status, now) !== undefined;
    keep("a");
    keep("b");
    expect(has("a")).toBe(true);
    keep("c");
    expect([has("a"), has("b"), has("c")]).toEqual([true, false, true]);
    expect(answers.find("rsa1", question("a"), status, now)).toBeUndefined();
    const revoked = { issued: true, revocation: { reason: 1, revokedAt: now.getTime() } };
    expect(answers.find("ec1", question("a"), revoked, now)).toBeUndefined();
    expect(has("a")).toBe(false);
  });

  test("a server staples an answer, and OpenSSL's client takes it", async () => {
    const { spki, privateKey } = leafKey("EC_prime256v1");
    const served = await issue(world, { subjectPublicKeyInfo: spki });
    const { der } = await answerOcsp(ocspRequest([await certId("ec1", served.serial)]), world);
    const server = createTlsServer({
      key: privateKey.export({ type: "pkcs8", format: "pem" }),
      cert: served.pem + served.chainPem,
    }).on("OCSPRequest", (_certificate, _issuer, give) => give(null, der));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const said = await openssl(
      `s_client -connect 127.0.0.1:${port} -status -CAfile roots.pem -servername example.com -verify_return_error`,
      { "roots.pem": (await page("GET", "/ca/roots.pem"))!.body },
    );
    server.close();
    expect(said).toContain("OCSP Response Status: successful");
    expect(said).toContain("Cert Status: good");
    expect(said).toContain("Verify return code: 0 (ok)");
  });

  test("times have no fractions, and an answer holds for twelve hours", async () => {
    world.clock.set(new Date(Math.floor(world.clock.now().getTime() / 1000) * 1000 + 789));
    const { tbsResponseData } = await answer(ocspRequest([await certId("rsa1", leaf.serial)]));
    const [single] = tbsResponseData.responses;
    expect(tbsResponseData.producedAt.getMilliseconds()).toBe(0);
    expect(single!.nextUpdate!.getTime() - single!.thisUpdate.getTime()).toBe(12 * HOUR);
  });

  test.for([
    [1, true],
    [32, true],
    [33, false],
    [128, false],
  ] as const)("a nonce of %i bytes is sent back: %s", async ([length, echoed]) => {
    const request = ocspRequest([await certId("rsa1", leaf.serial)], Buffer.alloc(length, 5));
    const { responseExtensions = [] } = (await answer(request)).tbsResponseData;
    expect(responseExtensions.map(({ extnValue }) => Buffer.from(extnValue.buffer).subarray(2))).toEqual(
      echoed ? [Buffer.alloc(length, 5)] : [],
    );
  });

  test("several certificates of one issuer are answered together, those of several issuers not at all", async () => {
    const ids = [await certId("rsa1", leaf.serial), await certId("rsa1", revoked.serial), await certId("rsa1", "01")];
    const { responses } = (await answer(ocspRequest(ids))).tbsResponseData;
    expect(responses.map(({ certStatus }) => Object.keys(certStatus)[0])).toEqual(["good", "revoked", "unknown"]);
    const mixed = ocspRequest([ids[0]!, await certId("ec1", "01")]);
    expect((await answerOcsp(mixed, world)).der.toString("hex")).toBe("30030a0106");
  });

  test("questions about issuers that nobody knows read none; one that comes to stand is known at once", async () => {
    const node = caNode(world.store, world.clock, url);
    const read: string[] = [];
    const store = new Proxy(world.store, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target);
        if (name === "selectFrom") {
          return (table: "caIssuers") => {
            read.push(table);
            return target.selectFrom(table);
          };
        }
        return typeof value === "function" ? value.bind(target) : value;
      },
    });
    const watched = { ...node, store };
    const known = await certId("ec1", "01");
    expect((await answer(ocspRequest([known]), watched)).tbsResponseData.responses).toHaveLength(1);
    const foreign = Array.from({ length: 31 }, (_, index) => {
      const id = Buffer.from(known);
      id[known.indexOf(0x14) + 1] = index; // the first byte of the hash of the name
      return id;
    });
    read.length = 0;
    for (const ids of [foreign, [known, ...foreign]]) {
      expect((await answerOcsp(ocspRequest(ids), watched)).der.toString("hex")).toBe("30030a0106");
    }
    expect(read).toEqual(["privateCaHashes", "caIssuers", "privateCaHashes", "caIssuers"]);
    const [id = ""] = await addIntermediates("shared", ["EC"], world);
    expect(await statusOf(await certId(id, "01"), watched)).toBe("unknown");
  });

  test.for([
    ["nothing", () => ocspRequest([])],
    ["an empty nonce", async () => ocspRequest([await certId("rsa1", "01")], Buffer.alloc(0))],
    ["a nonce of 129 bytes", async () => ocspRequest([await certId("rsa1", "01")], Buffer.alloc(129))],
    ["33 questions", async () => ocspRequest(Array<Buffer>(33).fill(await certId("rsa1", "01")))],
    [
      "an unknown critical extension",
      async () =>
        ocspRequest(
          [await certId("rsa1", "01")],
          undefined,
          sequence(oid("1.2.3"), TRUE, octetString(Buffer.from([5, 0]))),
        ),
    ],
    ["bytes behind its end", async () => Buffer.concat([ocspRequest([await certId("rsa1", "01")]), Buffer.alloc(1)])],
    ["more than 8 KiB", () => Buffer.alloc(9000, 0x30)],
  ] as const)("a request with %s is malformed", async ([, request]) => {
    expect((await answerOcsp(await request(), world)).der.toString("hex")).toBe("30030a0101");
  });

  test("any bytes, and any damage to a request, are answered", async () => {
    const request = ocspRequest([await certId("rsa1", leaf.serial)], Buffer.alloc(16));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(request.length - 1),
        fc.nat(255),
        fc.uint8Array({ maxLength: 120 }),
        async (at, value, junk) => {
          const damaged = Buffer.from(request);
          damaged[at] = value;
          readOcspRequest(Buffer.from(junk));
          const { der } = await answerOcsp(damaged, world);
          expect(AsnConvert.parse(der, OCSPResponse).responseStatus).toBeOneOf([0, 1, 6]);
        },
      ),
      { numRuns: 300 },
    );
  });
});

async function revoke({ issuerId, serial }: SignedLeaf): Promise<void> {
  await world.store.transaction().execute((tx) => revokeSerial(tx, { issuerId, serial, reason: "superseded" }, world));
}

async function certId(issuerId: string, serial: string): Promise<Buffer> {
  const { subject, subjectPublicKeyInfo } = readCertificate((await findIssuer(world.store, issuerId))!.certificate);
  const sha1 = (bytes: Buffer): Buffer => createHash("sha1").update(bytes).digest();
  return encode(
    sequence(
      sequence(oid(OID.sha1), Buffer.from([5, 0])),
      octetString(sha1(subject)),
      octetString(sha1(publicKeyBits(subjectPublicKeyInfo))),
      integer(Buffer.from(serial, "hex")),
    ),
  );
}

function ocspRequest(ids: readonly Buffer[], nonce?: Buffer, extension?: ReturnType<typeof sequence>): Buffer {
  const extensions = [
    ...(nonce ? [sequence(oid(OID.ocspNonce), octetString(octetString(nonce)))] : []),
    ...(extension ? [extension] : []),
  ];
  const last = extensions.length > 0 ? [tagged(2, sequence(...extensions))] : [];
  return encode(sequence(sequence(sequence(...ids.map((id) => sequence(id))), ...last)));
}

async function answer(request: Buffer, node: CaWorld = world): Promise<BasicOCSPResponse> {
  const { responseBytes } = AsnConvert.parse((await answerOcsp(request, node)).der, OCSPResponse);
  return AsnConvert.parse(responseBytes!.response.buffer, BasicOCSPResponse);
}

async function statusOf(id: Buffer, node?: CaWorld): Promise<string | undefined> {
  const { responses } = (await answer(ocspRequest([id]), node)).tbsResponseData;
  return Object.keys(responses[0]!.certStatus)[0];
}
