import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import type { CrlEntry } from "#ca/crl-entries.ts";
import { chainOf } from "#ca/hierarchies/chain.ts";
import { activateIssuer, distrustRoot, retireIssuer, revokeIssuer } from "#ca/hierarchies/change.ts";
import { createHierarchy } from "#ca/hierarchies/create.ts";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { importRoot } from "#ca/hierarchies/import-root.ts";
import { install } from "#ca/hierarchies/install.ts";
import { overview } from "#ca/hierarchies/overview.ts";
import { readCa } from "#ca/hierarchies/read-ca.ts";
import { requestIntermediates } from "#ca/hierarchies/request.ts";
import { addIntermediates, rotateIntermediates, rotateRoot } from "#ca/hierarchies/rotate.ts";
import { type RootFile, takeOffline } from "#ca/hierarchies/take-offline.ts";
import { caPages } from "#ca/pages.ts";
import { KeyIsAway } from "#ca/signers.ts";
import { DAY, HOUR, SECOND } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { changeIssuer, moveIssuerKey } from "#store/hierarchies.ts";
import { findIssuer } from "#store/issuers.ts";
import { openStore } from "#store/store.ts";
import { CA_URL, type CaWorld, caWorld, issue, issuerPem } from "../../../tests/support/ca-world.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { newSealedRoot } from "./new-root.ts";
import { readCaRequest, writeCaRequest } from "./request.ts";
import { readRevoked, writeRevoked } from "./revoked.ts";
import { openSealedRoot, readSealedRoot, type SealedRoot, sealRoot, writeSealedRoot } from "./sealed-root.ts";
import { signCross, signRequest, signRootCrl } from "./sign.ts";
import { checkTranscript, transcriptLine } from "./transcript.ts";

const PASSPHRASE = Buffer.from("correct horse battery");
const LIFE = 4_383 * DAY;

let world: CaWorld;
let sealed: SealedRoot;
beforeEach(async () => {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  world = await caWorld(store);
  sealed = await newSealedRoot(
    { name: "Example Root 1", key: "EC_secp384r1", validity: 9_131 * DAY },
    PASSPHRASE,
    world.clock.now(),
  );
});

describe("a root from a ceremony", () => {
  test("takes over: its key was never here, and clients of the old roots and of it alone find their way", async () => {
    const old = await issue(world);
    const imported = await importRoot("shared", rootPem(), world);
    expect(imported).toMatchObject({ id: "r3", crossSignedBy: ["r2", "r1"], waitingFor: [] });
    const requests = await requestIntermediates("r3", ["EC", "RSA"], world);
    expect(requests.map(({ id }) => id)).toEqual(["ec2", "rsa2"]);
    const signed = requests.map(({ csr }) => pem("CERTIFICATE", signedBy(csr))).join("");
    const crosses = await Promise.all(["r1", "r2"].map(async (id) => crossOf(await issuerPem(world, id))));
    const installed = await install(signed + crosses.join("") + crlPem(1), world);
    expect(installed.map(({ kind }) => kind)).toEqual([
      "intermediate",
      "intermediate",
      "cross-certificate",
      "cross-certificate",
      "crl",
    ]);
    expect((await findIssuer(world.store, "r3"))?.sealedKey).toBeNull();
    for (const id of ["ec2", "rsa2"]) await activateIssuer(id, world.clock.now(), world);
    const fresh = await issue(world);
    expect(fresh.issuerId).toBe("ec2");
    const chains = [
      [fresh.pem, fresh.chainPem],
      [old.pem, await chainOf(world.store, "ec1", world.clock.now())],
    ] as const;
    const at = Math.floor(world.clock.now().getTime() / 1000);
    for (const [leaf, chain] of chains) {
      for (const root of ["r1", "r2", "r3"]) {
        const files = { "leaf.pem": leaf, "chain.pem": chain, "root.pem": await issuerPem(world, root) };
        const verify = `verify -x509_strict -no-CApath -no-CAstore -purpose sslserver -attime ${at} -CAfile root.pem -untrusted chain.pem leaf.pem`;
        expect(await openssl(verify, files), root).toBe("leaf.pem: OK\n");
      }
    }
    expect((await findIssuer(world.store, "r3"))?.state).toBe("active");
    const crl = (await caPages(world)("GET", "/ca/r3.crl", Buffer.alloc(0)))!.body;
    expect(
      await openssl("crl -inform DER -in c -noout -CAfile r", { c: crl, r: await issuerPem(world, "r3") }),
    ).toContain("verify OK");
    await expect(addIntermediates("shared", ["EC"], world)).rejects.toThrow("the key of r3 is offline");
  });

  test("can be that of an account alone", async () => {
    await createHierarchy({ name: "payments", account: "123456789012", purpose: "", rootKey: undefined }, world);
    const { id } = await importRoot("payments", rootPem(), world);
    const requests = await requestIntermediates(id, ["EC", "RSA"], world);
    await install(requests.map(({ csr }) => pem("CERTIFICATE", signedBy(csr))).join(""), world);
    await activateIssuer("paymentsec1", world.clock.now(), world);
    expect((await issue(world)).issuerId).toBe("ec1"); // RSA leafs would have nobody yet
    await activateIssuer("paymentsrsa1", world.clock.now(), world);
    expect((await issue(world)).issuerId).toBe("paymentsec1");
  });
});

describe("what is brought to the CA is refused, and changes nothing,", () => {
  test("as a root: its key, a leaf, an intermediate, text, too much, one that is here, one that has ended", async () => {
    const intermediate = await issuerPem(world, "ec1");
    const refusals: readonly (readonly [string, string])[] = [
      [writeSealedRoot(sealed), "keep it offline"],
      [(await issue(world)).pem, "no certificate of a CA"],
      [intermediate, "it did not sign itself"],
      ["hello", "this is not PEM"],
      ["", "one CERTIFICATE"],
      [rootPem() + rootPem(), "one CERTIFICATE"],
      [pem("CERTIFICATE", Buffer.from("3003020101", "hex")), "no well-formed certificate"],
      [pem("CERTIFICATE", Buffer.concat([sealed.certificate, Buffer.alloc(1)])), "no well-formed certificate"],
      [await issuerPem(world, "r1"), "that of r1, which is here already"],
    ];
    await refused(refusals.map(([text, message]) => [() => importRoot("shared", text, world), message]));
    await refused([
      [() => importRoot("nobody", rootPem(), world), "there is no hierarchy nobody: it is one of shared"],
    ]);
    world.clock.advance(26 * 366 * DAY);
    await refused([[() => importRoot("shared", rootPem(), world), "it is valid from"]]);
  });

  test("as what a ceremony signed: of another key, root, URL or length, twice, or with one bad among good ones", async () => {
    await importRoot("shared", rootPem(), world);
    const [ec, rsa] = await requestIntermediates("r3", ["EC", "RSA"], world);
    const good = pem("CERTIFICATE", signedBy(ec!.csr));
    const other = await newSealedRoot(
      { name: "Another Root", key: "EC_prime256v1", validity: 9_131 * DAY },
      PASSPHRASE,
      world.clock.now(),
    );
    const elsewhere = { ...readCaRequest(rsa!.csr), caUrl: "http://elsewhere.example" };
    const place = { id: "r3", caUrl: CA_URL };
    const opened = openSealedRoot(sealed, PASSPHRASE, place);
    await refused([
      [() => install("", world), "nothing to install"],
      [() => install("hello", world), "this is not PEM"],
      [() => install(pem("CERTIFICATE REQUEST", ec!.csr), world), "a CERTIFICATE REQUEST cannot be installed"],
      [
        () => install(pem("CERTIFICATE", signedBy(rsa!.csr, other)), world),
        "requested of the root r3, which did not sign this",
      ],
      [
        () => install(pem("CERTIFICATE", signRequest(elsewhere, opened, LIFE, world.clock.now()).der), world),
        "are right",
      ],
      [
        () =>
          install(
            good +
              pem(
                "CERTIFICATE",
                signRequest(
                  { ...readCaRequest(rsa!.csr), id: "r2", caUrl: CA_URL },
                  openSealedRoot(sealed, PASSPHRASE, { ...place, id: "r2" }),
                  LIFE,
                  world.clock.now(),
                ).der,
              ),
            world,
          ),
        "are right",
      ],
      [() => install(rootPem(), world), "it is the root r3 itself"],
      [
        () => install(pem("CERTIFICATE", other.certificate), world),
        "it belongs to none of the requests (ec2, rsa2) and to no root",
      ],
      [() => install(crlPem(1, 2, other), world), "the CRL of no root whose key is kept offline"],
      [() => install(pem("X509 CRL", Buffer.from("3000", "hex")), world), "no well-formed CRL"],
      [
        () => install(`${good}${"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}`, world),
        "the block that begins in line",
      ],
    ]);
    await install(good, world);
    await refused([[() => install(good, world), "nothing here has its key"]]);
    await install(crlPem(9), world);
    await refused([[() => install(crlPem(9), world), "not lower than 9"]]);
    await install(crlPem(10), world);
    await install(crlPem(1_795_348_800), world);
  });

  test("as an intermediate under a root that is distrusted since, which is not activated either", async () => {
    await importRoot("shared", rootPem(), world);
    const [ec, rsa] = await requestIntermediates("r3", ["EC", "RSA"], world);
    await install(pem("CERTIFICATE", signedBy(ec!.csr)), world);
    await refused([[() => distrustRoot("r3", world), "ec2 below it signs, or stand by to"]]);
    await retireIssuer("ec2", world);
    await distrustRoot("r3", world);
    await refused([[() => install(pem("CERTIFICATE", signedBy(rsa!.csr)), world), "of r3, which is distrusted"]]);
    // As if it had been installed at the moment at which its root was distrusted.
    await world.store.transaction().execute((tx) => changeIssuer(tx, "ec2", "retired", { state: "standby" }));
    await refused([[() => activateIssuer("ec2", world.clock.now(), world), "stands under r3, which is distrusted"]]);
  });

  test("as any bytes whatever", async () => {
    const certificate = sealed.certificate;
    await fc.assert(
      fc.asyncProperty(
        fc.nat(certificate.length - 1),
        fc.integer({ min: 1, max: 255 }),
        fc.constantFrom("CERTIFICATE", "X509 CRL", "CERTIFICATE REQUEST"),
        async (at, flip, label) => {
          const changed = Buffer.from(certificate);
          changed[at] = (changed[at] ?? 0) ^ flip;
          const error = await install(pem(label, changed), world).catch((thrown: unknown) => thrown);
          expect(error).toBeInstanceOf(HierarchyError);
          expect(() => readCaRequest(changed)).toThrow(HierarchyError);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe("a root that was made here is taken offline", () => {
  test("into a file that opens with its passphrase; here its key is destroyed, and its CRL is signed for a year", async () => {
    let text = "";
    const file = rootFile({ write: (written) => void (text = written), read: () => text });
    const done = await takeOffline("r2", PASSPHRASE, file, world);
    expect(await findIssuer(world.store, "r2")).toMatchObject({ keyState: "away", sealedKey: null, state: "active" });
    await expect(world.signers.issuer(world.store, "r2")).rejects.toBeInstanceOf(KeyIsAway);
    expect((await auditRecordsOf(world.store, "ca:r2", 10)).map(({ eventName }) => eventName).sort()).toEqual([
      "DestroyRootKey",
      "TakeRootOffline",
    ]);
    const crl = (await caPages(world)("GET", "/ca/r2.crl", Buffer.alloc(0)))!.body;
    expect(
      await openssl("crl -inform DER -in c -noout -nextupdate -CAfile r", { c: crl, r: await issuerPem(world, "r2") }),
    ).toContain("verify OK");
    expect(done.crlUntil.getTime() - world.clock.now().getTime()).toBeGreaterThan(363 * DAY);
    // What it signs in a ceremony afterwards is installed like anything else.
    const [request] = await requestIntermediates("r2", ["EC"], world);
    const root = openSealedRoot(readSealedRoot(text), PASSPHRASE, { id: "r2", caUrl: CA_URL });
    await install(
      pem("CERTIFICATE", signRequest(readCaRequest(request!.csr), root, LIFE, world.clock.now()).der),
      world,
    );
    await activateIssuer("ec2", world.clock.now(), world);
    expect((await issue(world)).issuerId).toBe("ec2");
    expect(await rotateRoot("shared", { at: world.clock.now() }, world)).toMatchObject({ waitingFor: ["r2"] });
    expect((await issue(world)).issuerId).toBe("ec2");
    await refused([[() => takeOffline("r2", PASSPHRASE, file, world), "offline already"]]);
  });

  test("by whoever comes after one that was killed: the key is destroyed only after the file was read", async () => {
    await world.store.transaction().execute((tx) => moveIssuerKey(tx, "r2", "here", "leaving"));
    const broken = rootFile();
    await expect(takeOffline("r2", PASSPHRASE, broken, world)).rejects.toThrow("no sealed root");
    expect((await findIssuer(world.store, "r2"))?.sealedKey).not.toBeNull();
    let text = "";
    const file = rootFile({ write: (written) => void (text = written), read: () => text });
    await takeOffline("r2", PASSPHRASE, file, world);
    expect((await findIssuer(world.store, "r2"))?.sealedKey).toBeNull();
  });

  test("with what it has revoked: a CRL of its ceremony that does not list that is refused, until it has ended", async () => {
    await rotateIntermediates("shared", { at: world.clock.now() }, world);
    const { serial } = await revokeIssuer("ec1", "keyCompromise", world);
    let [text, list] = ["", ""];
    const file = { write: (written: string) => void (text = written), read: () => text };
    await takeOffline("r2", PASSPHRASE, { ...file, writeRevoked: (written) => void (list = written) }, world);
    const second = await revokeIssuer("rsa1", "superseded", world);
    world.clock.advance(DAY);
    const root = openSealedRoot(readSealedRoot(text), PASSPHRASE, { id: "r2", caUrl: CA_URL });
    const now = world.clock.now();
    const number = Math.floor(now.getTime() / SECOND);
    const crl = (entries: readonly CrlEntry[], at = now): string =>
      pem("X509 CRL", signRootCrl({ number: number + entries.length, life: 180 * DAY, entries }, root, at));
    const handedOver = readRevoked(list);
    expect(handedOver).toEqual([{ serial, reason: 1, revokedAt: expect.any(Number) }]);
    const flags = `--revoke ${second.serial}=superseded`;
    await refused([
      [() => install(crl([]), world), `--revoke ${serial}=keyCompromise`],
      [() => install(crl([]), world), flags],
      [() => install(crl(handedOver), world), `all that r2 has revoked: sign it again with ca ceremony crl ${flags}`],
    ]);
    const added = { serial: second.serial, reason: 4, revokedAt: now.getTime() };
    await install(crl([...handedOver, added]), world);
    const published = (await caPages(world)("GET", "/ca/r2.crl", Buffer.alloc(0)))!.body;
    const shown = await openssl("crl -inform DER -in c -noout -text", { c: published });
    for (const one of [serial, second.serial]) expect(shown).toContain(`Serial Number: ${one.toUpperCase()}`);
    const ended = await Promise.all(["ec1", "rsa1"].map(async (id) => (await findIssuer(world.store, id))!.notAfter));
    world.clock.set(new Date(Math.max(...ended)));
    const later = Math.floor(world.clock.now().getTime() / SECOND);
    const empty = signRootCrl({ number: later, life: DAY, entries: [] }, root, world.clock.now());
    await install(pem("X509 CRL", empty), world);
  });

  test("not where there is none, nor with a short passphrase", async () => {
    const file = rootFile();
    await refused([
      [() => takeOffline("ec1", PASSPHRASE, file, world), "there is no root ec1"],
      [() => takeOffline("r9", PASSPHRASE, file, world), "there is no root r9"],
    ]);
    await expect(takeOffline("r2", Buffer.from("short"), file, world)).rejects.toThrow("at least 12 bytes");
  });
});

describe("the file of a root", () => {
  test("opens with its passphrase only, and not when anything in it was changed", () => {
    const place = { id: "r3", caUrl: CA_URL };
    const text = writeSealedRoot(sealed);
    expect(openSealedRoot(readSealedRoot(text), PASSPHRASE, place).id).toBe("r3");
    expect(() => openSealedRoot(sealed, Buffer.from("correct horse batterz"), place)).toThrow(
      "the passphrase is not the one",
    );
    const bent = Buffer.from(sealed.sealedKey);
    bent[bent.length - 1] = (bent.at(-1) ?? 0) ^ 1;
    expect(() => openSealedRoot({ ...sealed, sealedKey: bent }, PASSPHRASE, place)).toThrow("the file was changed");
  });

  test("is not another root's: the key is bound to its certificate", async () => {
    const other = await newSealedRoot(
      { name: "Another Root", key: "EC_secp384r1", validity: 9_131 * DAY },
      PASSPHRASE,
      world.clock.now(),
    );
    expect(() =>
      openSealedRoot({ ...sealed, certificate: other.certificate }, PASSPHRASE, { id: "r3", caUrl: CA_URL }),
    ).toThrow("the file was changed");
  });

  test("holds no key in clear", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { d = "" } = privateKey.export({ format: "jwk" });
    const file = sealRoot(sealed.certificate, privateKey, PASSPHRASE);
    expect(file.sealedKey.includes(Buffer.from(d, "base64url"))).toBe(false);
  });

  test.for([
    ["", "it has a CERTIFICATE and a"],
    ["hello", "this is not PEM"],
    [pem("SEALKEEPER SEALED ROOT KEY", Buffer.alloc(200, 1)), "it has a CERTIFICATE and a"],
  ] as const)("is read strictly: %j", ([text, message]) => {
    expect(() => readSealedRoot(text)).toThrow(message);
    expect(() => readSealedRoot(text)).toThrow(HierarchyError);
  });

  test("of a root has a name, a key and a life that the BRs allow", async () => {
    const wish = { name: "Example", key: "EC_secp384r1", validity: 3_000 * DAY } as const;
    const now = world.clock.now();
    await expect(newSealedRoot({ ...wish, name: "" }, PASSPHRASE, now)).rejects.toThrow("1 to 64");
    await expect(newSealedRoot({ ...wish, name: "a\nb" }, PASSPHRASE, now)).rejects.toThrow("1 to 64");
    await expect(newSealedRoot({ ...wish, key: "RSA_2048" }, PASSPHRASE, now)).rejects.toThrow(
      "the key of a root is one of",
    );
    await expect(newSealedRoot({ ...wish, validity: 365 * DAY }, PASSPHRASE, now)).rejects.toThrow("8 to 25 years");
    await expect(newSealedRoot(wish, Buffer.from("short"), now)).rejects.toThrow("at least 12 bytes");
  });
});

describe("the machine of the ceremony refuses", () => {
  test("requests of the root's own name or key, without URLs, and of keys that sign no leafs", () => {
    const root = openSealedRoot(sealed, PASSPHRASE, { id: "r3", caUrl: CA_URL });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const place = { id: "r3", caUrl: CA_URL };
    const now = world.clock.now();
    const request = readCaRequest(writeCaRequest(root.name, privateKey, place));
    expect(() => signRequest(request, root, LIFE, now)).toThrow("the name of the root itself");
    const own = readCaRequest(writeCaRequest(Buffer.from("300e310c300a06035504030c03616263", "hex"), root.key, place));
    expect(() => signRequest(own, root, LIFE, now)).toThrow("the key of the root itself");
    expect(() => signRequest({ ...request, name: own.name }, root, HOUR, now)).toThrow("at least a day");
    expect(() =>
      readCaRequest(writeCaRequest(own.name, privateKey, { ...place, caUrl: "https://ca.example" })),
    ).toThrow("where the pages of its root are");
    expect(() => readCaRequest(writeCaRequest(Buffer.from("3000", "hex"), privateKey, place))).toThrow(
      "its subject is empty",
    );
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey;
    expect(() => readCaRequest(writeCaRequest(own.name, weak, place))).toThrow("none for a CA");
    expect(() => readCaRequest(Buffer.alloc(20_000))).toThrow("20000 bytes");
  });

  test("to sign a CRL for longer than a year, or for less than a day", () => {
    const root = openSealedRoot(sealed, PASSPHRASE, { id: "r3", caUrl: CA_URL });
    for (const life of [365 * DAY, HOUR]) {
      expect(() => signRootCrl({ number: 1, life, entries: [] }, root, world.clock.now())).toThrow(
        "from 1 to 364 days",
      );
    }
  });
});

test("what a root has revoked is read as it was written; anything else is refused", () => {
  const entry = { serial: "00ff", reason: 1, revokedAt: 1_795_348_800_000 };
  expect(readRevoked(writeRevoked([entry, { ...entry, serial: "01" }]))).toEqual([entry, { ...entry, serial: "01" }]);
  expect(readRevoked("[]")).toEqual([]);
  const bad = [{ serial: "0" }, { serial: "0g" }, { serial: "" }, { reason: 6 }, { reason: "1" }, { revokedAt: 0.5 }];
  for (const text of ["", "{}", "[1]", ...bad.map((different) => JSON.stringify([{ ...entry, ...different }]))]) {
    expect(() => readRevoked(text), text).toThrow(HierarchyError);
  }
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        readRevoked(text);
      } catch (error) {
        expect(error).toBeInstanceOf(HierarchyError);
      }
    }),
  );
});

test("a transcript shows when a line was changed, left out, or added in between", () => {
  let text = "";
  for (const step of ["root", "sign", "crl"]) {
    text += transcriptLine(text, { at: world.clock.now(), by: "auditor@vault", step, files: [], details: {} });
  }
  expect(checkTranscript(text).steps).toBe(3);
  const [first = "", second = "", third = ""] = text.split("\n");
  for (const bad of [
    `${first}\n${third}\n`,
    `${second}\n${third}\n`,
    text.replace("sign", "sigm"),
    `${text}{}\n`,
    text.trimEnd(),
  ]) {
    expect(() => checkTranscript(bad)).toThrow("the transcript");
  }
});

function rootPem(): string {
  return pem("CERTIFICATE", sealed.certificate);
}

function signedBy(csr: Buffer, by: SealedRoot = sealed): Buffer {
  const request = readCaRequest(csr);
  return signRequest(request, openSealedRoot(by, PASSPHRASE, request), LIFE, world.clock.now()).der;
}

function crossOf(text: string): string {
  const der = Buffer.from(text.replace(/-----[^-]+-----|\n/g, ""), "base64");
  const root = openSealedRoot(sealed, PASSPHRASE, { id: "r3", caUrl: CA_URL });
  return pem("CERTIFICATE", signCross(readCa(der), root, CA_URL, world.clock.now()).der);
}

function crlPem(number: number, days = 180, by: SealedRoot = sealed): string {
  const root = openSealedRoot(by, PASSPHRASE, { id: "r3", caUrl: CA_URL });
  return pem("X509 CRL", signRootCrl({ number, life: days * DAY, entries: [] }, root, world.clock.now()));
}

/** Nothing is written, but what the test wants. */
function rootFile(different: Partial<RootFile> = {}): RootFile {
  return { write: () => {}, read: () => "", writeRevoked: () => {}, ...different };
}

/** Each is refused with its message, and the CA is as it was before. */
async function refused(cases: readonly (readonly [() => Promise<unknown>, string])[]): Promise<void> {
  const before = await overview(world);
  for (const [work, message] of cases) {
    const error = await work().catch((thrown: unknown) => thrown);
    expect(error, message).toBeInstanceOf(HierarchyError);
    expect((error as Error).message).toContain(message);
  }
  expect(await overview(world)).toEqual(before);
}
