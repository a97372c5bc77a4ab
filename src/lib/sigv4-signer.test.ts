import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, test } from "vitest";
import { signRequest } from "./sigv4-signer.ts";

class Sha256 {
  readonly #hash;
  constructor(secret?: string | Uint8Array) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Buffer);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data as Buffer);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

test("signs as the AWS SDK does", async () => {
  const key = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };
  const now = new Date("2026-09-15T12:36:00Z");
  const body = Buffer.from("binary\0body");
  const headers = { host: "127.0.0.1:4566", "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" };
  const path = "/service/TrentService/operation/Decrypt";
  const ours = signRequest({ method: "POST", path, headers, body }, key, { service: "kms", region: "eu-west-1" }, now);

  const signer = new SignatureV4({
    credentials: key,
    service: "kms",
    region: "eu-west-1",
    sha256: Sha256 as never,
    applyChecksum: false,
  });
  const theirs = await signer.sign(
    { method: "POST", protocol: "http:", hostname: "127.0.0.1", path, headers, body },
    { signingDate: now },
  );
  expect(ours["authorization"]).toBe(theirs.headers["authorization"]);
  expect(ours["x-amz-date"]).toBe(theirs.headers["x-amz-date"]);
});
