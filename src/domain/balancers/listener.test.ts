import { describe, expect, it } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import { changedListener, checkFips, checkListener, type ListenerSettings, sameListener } from "./listener.ts";

const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1" as CertificateArn;
const https: ListenerSettings = {
  port: 443,
  protocol: "HTTPS",
  sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  alpnPolicy: undefined,
  defaultCertificate: CERTIFICATE,
  mutualAuthentication: undefined,
  defaultActions: [
    { action: { type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "" }, order: undefined },
  ],
};
const nothing = {
  port: undefined,
  protocol: undefined,
  sslPolicy: undefined,
  alpnPolicy: undefined,
  defaultCertificate: undefined,
  mutualAuthentication: undefined,
};

describe("a listener", () => {
  it.for<[string, Partial<ListenerSettings>, string]>([
    ["HTTPS without a certificate", { defaultCertificate: undefined }, "A certificate must be specified for HTTPS"],
    [
      "HTTP with a certificate",
      { protocol: "HTTP", sslPolicy: undefined },
      "A certificate cannot be specified for HTTP",
    ],
    [
      "TCP with a policy",
      { protocol: "TCP", defaultCertificate: undefined },
      "An SSL policy cannot be specified for TCP",
    ],
    [
      "an unknown policy",
      { sslPolicy: "ELBSecurityPolicy-2011-08" },
      "SSL policy 'ELBSecurityPolicy-2011-08' not found",
    ],
    ["a policy of the other type", { sslPolicy: "ELBSecurityPolicy-2015-05" }, "not found"],
    [
      "HTTP that asks clients for certificates",
      {
        protocol: "HTTP",
        sslPolicy: undefined,
        defaultCertificate: undefined,
        mutualAuthentication: { mode: "passthrough" },
      },
      "can only be specified for HTTPS and TLS",
    ],
    [
      "TLS that passes certificates through",
      { protocol: "TLS", mutualAuthentication: { mode: "passthrough" } },
      "'passthrough'",
    ],
    ["HTTPS with an ALPN policy", { alpnPolicy: "HTTP2Only" }, "can only be specified for TLS listeners"],
  ])("is refused: %s", ([, change, message]) => {
    expect(() => checkListener({ ...https, ...change })).toThrow(message);
  });

  it("keeps what a change does not say", () => {
    expect({ ...https, ...changedListener(https, nothing) }).toEqual(https);
  });

  it("loses what only TLS has when it no longer ends it, and has the default policy when it begins to", () => {
    const http = changedListener(https, { ...nothing, protocol: "HTTP" });
    expect(http).toMatchObject({ sslPolicy: undefined, defaultCertificate: undefined });
    const back = changedListener(
      { ...https, ...http },
      { ...nothing, protocol: "HTTPS", defaultCertificate: CERTIFICATE },
    );
    expect(back).toMatchObject({ sslPolicy: "ELBSecurityPolicy-2016-08", defaultCertificate: CERTIFICATE });
  });

  it("loses its ALPN policy by an empty list and by another protocol", () => {
    const tls = { ...https, protocol: "TLS", alpnPolicy: "HTTP2Only" } as const;
    expect(changedListener(tls, { ...nothing, alpnPolicy: "clear" }).alpnPolicy).toBeUndefined();
    expect(changedListener(tls, { ...nothing, protocol: "TCP" }).alpnPolicy).toBeUndefined();
    expect(changedListener(tls, nothing).alpnPolicy).toBe("HTTP2Only");
  });

  it("is the same when every setting is", () => {
    expect(sameListener(https, { ...https })).toBe(true);
    expect(sameListener(https, { ...https, port: 8443 })).toBe(false);
  });
});

it("does not mix FIPS policies with others on one load balancer", () => {
  const fips = { ...https, sslPolicy: "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04" };
  const http = { ...https, protocol: "HTTP", sslPolicy: undefined } as const;
  expect(() => checkFips([https, http])).not.toThrow();
  expect(() => checkFips([fips, http])).not.toThrow();
  expect(() => checkFips([fips, https])).toThrow("FIPS");
});
