import { describe, expect, test } from "vitest";
import { Refusal } from "#domain/refusal.ts";
import { parsePrivateCaArn, readIssuedArn, readPrivateCaArn } from "./arns.ts";
import { NO_REVOCATION, type RevocationConfiguration, withRevocation } from "./revocation-configuration.ts";
import { checkState, statusAt } from "./status.ts";
import { templateOf } from "./templates.ts";

describe("templates", () => {
  const names = (text: string): string => `arn:aws:acm-pca:::template/${text}`;

  test.for([
    "EndEntityCertificate/V1",
    "EndEntityClientAuthCertificate_CSRPassthrough/V1",
    "BlankEndEntityCertificate_APICSRPassthrough/V1",
    "BlankEndEntityCertificate_CriticalBasicConstraints_APIPassthrough/V1",
    "SubordinateCACertificate_PathLen3_APICSRPassthrough/V1",
    "BlankSubordinateCACertificate_PathLen0_CSRPassthrough/V1",
    "RootCACertificate_APIPassthrough/V1",
    "OCSPSigningCertificate/V1",
  ])("AWS has %s", (name) => {
    expect(templateOf(names(name)).name).toBe(name);
    expect(templateOf(names(name).replace("aws", "aws-us-gov")).name).toBe(name);
  });

  test.for([
    "EndEntityCertificate/V2",
    "BlankEndEntityCertificate/V1",
    "RootCACertificate_CSRPassthrough/V1",
    "SubordinateCACertificate_PathLen4/V1",
    "constructor",
    "",
  ])("AWS has no %s: InvalidArgsException", (name) => {
    expect(() => templateOf(names(name))).toThrow(Refusal);
  });

  test("say who is heeded", () => {
    const heeds = (name: string): readonly boolean[] => {
      const { fromApi, fromCsr } = templateOf(names(name));
      return [fromApi, fromCsr];
    };
    expect(heeds("CodeSigningCertificate/V1")).toEqual([false, false]);
    expect(heeds("CodeSigningCertificate_APIPassthrough/V1")).toEqual([true, false]);
    expect(heeds("CodeSigningCertificate_CSRPassthrough/V1")).toEqual([false, true]);
    expect(heeds("CodeSigningCertificate_APICSRPassthrough/V1")).toEqual([true, true]);
  });
});

test("a CA whose certificate has ended is EXPIRED, unless it is deleted", () => {
  const now = new Date("2026-11-22T00:00:00Z");
  const past = new Date("2026-11-21T00:00:00Z");
  expect(statusAt({ status: "ACTIVE", notAfter: past }, now)).toBe("EXPIRED");
  expect(statusAt({ status: "DISABLED", notAfter: past }, now)).toBe("EXPIRED");
  expect(statusAt({ status: "DELETED", notAfter: past }, now)).toBe("DELETED");
  expect(statusAt({ status: "ACTIVE", notAfter: undefined }, now)).toBe("ACTIVE");
});

test("InvalidStateException says what the CA is, and what it must be", () => {
  expect(() => checkState("issue", "arn", "DISABLED")).toThrow(
    "The certificate authority is not in a valid state for issuing certificates. It is DISABLED; it must be ACTIVE.",
  );
  expect(() => checkState("delete", "arn", "ACTIVE")).toThrow("EXPIRED or FAILED.");
  checkState("issue-to-itself", "arn", "PENDING_CERTIFICATE");
});

describe("ARNs", () => {
  const ca = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555";

  test("name a CA, and what it issued", () => {
    expect(parsePrivateCaArn(ca)).toMatchObject({ id: "11111111-2222-3333-4444-555555555555" });
    expect(readIssuedArn(`${ca}/certificate/0A1b`, readPrivateCaArn(ca))).toBe("0a1b");
  });

  test.for([
    ca.replace("acm-pca", "acm"),
    `${ca}/certificate/1`,
    ca.replace("eu-west-1", ""),
    "arn:aws:acm-pca:::x",
    "x",
  ])("InvalidArnException for %s", (text) => {
    expect(() => readPrivateCaArn(text)).toThrow(Refusal);
  });

  test.for([ca, `${ca}/certificate/`, `${ca}/certificate/xyz`, `${ca}x/certificate/1`, "x"])(
    "InvalidArnException for the certificate %s",
    (text) => {
      expect(() => readIssuedArn(text, readPrivateCaArn(ca))).toThrow(Refusal);
    },
  );
});

describe("the revocation configuration", () => {
  const crl = { Enabled: true, ExpirationInDays: 7, S3BucketName: "crls" };

  test("replaces what is given, keeps what is not, and fills in AWS's defaults", () => {
    const first = withRevocation(NO_REVOCATION, { CrlConfiguration: crl });
    expect(first).toEqual({
      CrlConfiguration: { ...crl, S3ObjectAcl: "PUBLIC_READ", CrlType: "COMPLETE" },
      OcspConfiguration: { Enabled: false },
    });
    const second = withRevocation(first, { OcspConfiguration: { Enabled: true } });
    expect(second.CrlConfiguration).toEqual(first.CrlConfiguration);
    expect(withRevocation(second, { CrlConfiguration: { Enabled: false } }).CrlConfiguration).toEqual({
      Enabled: false,
    });
  });

  test.for<[title: string, configuration: RevocationConfiguration]>([
    ["disabled, with a bucket", { CrlConfiguration: { Enabled: false, S3BucketName: "crls" } }],
    ["disabled OCSP, with a name", { OcspConfiguration: { Enabled: false, OcspCustomCname: "ocsp.example" } }],
    ["no expiration", { CrlConfiguration: { Enabled: true, S3BucketName: "crls" } }],
    ["half a day", { CrlConfiguration: { ...crl, ExpirationInDays: 0.5 } }],
    ["no bucket", { CrlConfiguration: { Enabled: true, ExpirationInDays: 7 } }],
    ["a wrong bucket", { CrlConfiguration: { ...crl, S3BucketName: "Not_A_Bucket" } }],
    ["a protocol prefix", { CrlConfiguration: { ...crl, CustomCname: "https://crl.example" } }],
    ["an OCSP protocol prefix", { OcspConfiguration: { Enabled: true, OcspCustomCname: "http://ocsp.example" } }],
    [
      "no distribution point, yet a name for it",
      {
        CrlConfiguration: {
          ...crl,
          CustomCname: "crl.example",
          CrlDistributionPointExtensionConfiguration: { OmitExtension: true },
        },
      },
    ],
  ])("InvalidArgsException: %s", ([, configuration]) => {
    expect(() => withRevocation(NO_REVOCATION, configuration)).toThrow(Refusal);
  });
});
