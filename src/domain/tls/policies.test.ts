import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import { EVERY_TLS_POLICY, tlsPolicyOf } from "./every-policy.ts";
import { DEFAULT_TLS_POLICY, TLS_POLICIES, tlsPolicy } from "./policies.ts";

describe("the security policies", () => {
  it("hold every predefined name of AWS's two tables", () => {
    expect(TLS_POLICIES.size).toBe(45);
    expect(tlsPolicy(DEFAULT_TLS_POLICY)?.versions).toEqual(["TLSv1", "TLSv1.1", "TLSv1.2"]);
    expect(tlsPolicy(DEFAULT_TLS_POLICY)?.ciphers).toHaveLength(18);
  });

  it("are those of Elastic Load Balancing where nobody else is named", () => {
    for (const { name, balancers, users } of TLS_POLICIES.values()) {
      expect(name).toMatch(/^ELBSecurityPolicy-/);
      expect([...users]).toEqual([...balancers]);
    }
    expect(tlsPolicy("TLSv1.2_2021")).toBeUndefined();
    expect(tlsPolicyOf("network", "ELBSecurityPolicy-2015-05")?.ciphers).toHaveLength(18);
    expect(tlsPolicyOf("application", "ELBSecurityPolicy-2015-05")).toBeUndefined();
  });

  it("of API Gateway mean what the kind of API makes of them", () => {
    expect(tlsPolicyOf("apigateway", "TLS_1_2")?.ciphers).not.toEqual(
      tlsPolicyOf("apigateway-edge", "TLS_1_2")?.ciphers,
    );
    expect(tlsPolicyOf("apigatewayv2", "TLS_1_0")).toBeUndefined();
  });

  it("of CloudFront say what cannot be served of them", () => {
    expect(tlsPolicyOf("cloudfront", "SSLv3")?.unserved).toEqual(["SSLv3", "DES-CBC3-SHA", "RC4-MD5"]);
    for (const suite of ["DES-CBC3-SHA", "RC4-MD5"]) {
      expect(() => createSecureContext({ ciphers: `${suite}:@SECLEVEL=0` })).toThrow("no cipher match");
    }
  });

  it("are one for each user and name", () => {
    const all = EVERY_TLS_POLICY.flatMap(({ name, users }) => users.map((user) => `${user} ${name}`));
    expect(new Set(all).size).toBe(all.length);
  });

  it("are found by their own name only", () => {
    expect(tlsPolicy("elbsecuritypolicy-2016-08")).toBeUndefined();
    expect(tlsPolicy("constructor")).toBeUndefined();
  });

  for (const policy of EVERY_TLS_POLICY) {
    describe(`${policy.name} for ${policy.users.join(" and ")}`, () => {
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
        // CloudFront has it in all of its policies.
        const named = /[-_]PQ[-_]/.test(policy.name) || policy.users.includes("cloudfront");
        expect(named).toBe(policy.postQuantum);
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
