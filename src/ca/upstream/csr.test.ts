import "reflect-metadata";
import { generateKeyPairSync } from "node:crypto";
import * as x509 from "@peculiar/x509";
import { expect, test } from "vitest";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { certificationRequest } from "./csr.ts";

test.for(["rsa", "prime256v1", "secp384r1"] as const)(
  "a certification request of a key on %s is read and verified by others: no subject, the names in their order",
  async (type) => {
    const { publicKey, privateKey } =
      type === "rsa"
        ? generateKeyPairSync("rsa", { modulusLength: 2048 })
        : generateKeyPairSync("ec", { namedCurve: type });
    const spki = publicKey.export({ type: "spki", format: "der" });
    using pkcs8 = new PlaintextKey(privateKey.export({ type: "pkcs8", format: "der" }));
    const names = ["kiln.com", "*.kiln.com", "xn--bcher-kva.com"];
    const request = new x509.Pkcs10CertificateRequest(certificationRequest(names, spki, pkcs8));
    expect(await request.verify()).toBe(true);
    expect(request.subject).toBe("");
    expect(Buffer.from(request.publicKey.rawData).equals(spki)).toBe(true);
    const [extension] = request.extensions;
    expect(request.extensions).toHaveLength(1);
    const read = new x509.SubjectAlternativeNameExtension(extension!.rawData).names.toJSON();
    expect(read).toEqual(names.map((value) => ({ type: "dns", value })));
  },
);
