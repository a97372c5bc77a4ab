import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Der, sequence, utf8String } from "#lib/der.ts";
import { DAY, later } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem } from "#lib/pem.ts";
import { distinguishedName, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { anyExtension, subjectAltName } from "#lib/x509-extensions.ts";
import { SIGNATURES } from "#lib/x509-signatures.ts";
import { type CertificateWorld, certificateWorld } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { blob } from "../support/self-signed.ts";

/** A self-signed certificate as no honest CA makes it, with its key. */
function odd(world: CertificateWorld, commonName: string, extensions: readonly Der[]): object {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const { hash, identifier } = SIGNATURES.SHA256WITHECDSA;
  const name = distinguishedName([[OID.commonName, utf8String(commonName)]]);
  const tbs = tbsCertificate({
    serial: Buffer.from([1]),
    algorithm: identifier,
    issuer: name,
    notBefore: later(world.clock.now(), -DAY),
    notAfter: later(world.clock.now(), DAY),
    subject: name,
    subjectPublicKeyInfo: createPublicKey(privateKey).export({ type: "spki", format: "der" }),
    extensions,
  });
  return {
    Certificate: blob(pem("CERTIFICATE", signed(tbs, identifier, sign(hash, tbs, privateKey)))),
    PrivateKey: blob(privateKey.export({ type: "pkcs8", format: "pem" }).toString()),
  };
}

describe.for(DATABASES)("imported certificates that are odd, on $name", (database) => {
  test.for<[string, string, readonly Der[]]>([
    ["a NUL in its common name", "www.example.org\0.evil.org", [subjectAltName(["www.example.org"], false)]],
    ["a NUL in an alternative name", "www.example.org", [subjectAltName(["www.example.org\0.evil.org"], false)]],
    ["an empty list of alternative names", "www.example.org", [anyExtension(OID.subjectAltName, false, sequence())]],
  ])("%s: refused with ValidationException, and nothing is kept", async ([, commonName, extensions]) => {
    const world = await certificateWorld(await database.open());
    const { error } = await world.call("ImportCertificate", odd(world, commonName, extensions));
    expect(error).toBe("ValidationException");
    expect((await world.call("SearchCertificates", {})).body).toEqual({ Results: [] });
  });
});
