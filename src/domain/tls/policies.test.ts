import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { DEFAULT_TLS_POLICY, TLS_POLICIES, tlsPolicy } from "./policies.ts";

describe("the security policies", () => {
  it("hold every predefined name of AWS's two tables", () => {
    expect(TLS_POLICIES.size).toBe(45);
    expect(tlsPolicy(DEFAULT_TLS_POLICY)?.versions).toEqual(["TLSv1", "TLSv1.1", "TLSv1.2"]);
    expect(tlsPolicy(DEFAULT_TLS_POLICY)?.ciphers).toHaveLength(18);
  });

  it("are found by their own name only", () => {
    expect(tlsPolicy("elbsecuritypolicy-2016-08")).toBeUndefined();
    expect(tlsPolicy("constructor")).toBeUndefined();
  });

  for (const policy of TLS_POLICIES.values()) {
    describe(policy.name, () => {
      it("names no cipher or group twice", () => {
        expect(new Set(policy.ciphers).size).toBe(policy.ciphers.length);
        expect(new Set(policy.groups).size).toBe(policy.groups.length);
      });

      it("has suites of TLS 1.3 if and only if it offers TLS 1.3", () => {
        const modern = policy.ciphers.some((cipher) => cipher.startsWith("TLS_"));
        expect(modern).toBe(policy.versions.includes("TLSv1.3"));
      });

      it("has older suites if and only if it offers an older version", () => {
        const older = policy.ciphers.some((cipher) => !cipher.startsWith("TLS_"));
        expect(older).toBe(policy.versions.some((version) => version !== "TLSv1.3"));
      });

      it("says FIPS and PQ in its name when it is so", () => {
        expect(policy.name.includes("FIPS")).toBe(policy.fips);
        expect(policy.name.includes("-PQ-")).toBe(policy.postQuantum);
        expect(policy.groups.some((group) => group.includes("MLKEM"))).toBe(policy.postQuantum);
        expect(policy.fips && policy.ciphers.some((cipher) => cipher.includes("CHACHA20"))).toBe(false);
      });

      it("names ciphers and groups that OpenSSL knows", () => {
        const ecdhCurve = policy.groups.join(":");
        const context = (cipher: string): object =>
          createSecureContext({ ecdhCurve, ciphers: cipher.startsWith("TLS_") ? cipher : `${cipher}:@SECLEVEL=0` });
        for (const cipher of policy.ciphers) expect(() => context(cipher), cipher).not.toThrow();
      });
    });
  }
});
