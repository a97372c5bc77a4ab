import { describe, expect, test } from "vitest";
import { ConfigError } from "#main/config-error.ts";
import { clientConfigurations } from "./client-configurations.ts";
import { readAcmeOptions } from "./options.ts";

describe("the options of sealkeeper acme", () => {
  test("are those of the running product, with every name of the domain covered", () => {
    expect(readAcmeOptions(["Example.com", "example.com"], { SEALKEEPER_LISTEN: "127.0.0.1:4999" })).toMatchObject({
      domains: ["example.com"],
      scope: { exact: true, subdomains: true, wildcards: true },
      name: "default",
      region: "eu-west-1",
      endpointUrl: "http://127.0.0.1:4999",
      wait: 600_000,
      json: false,
    });
  });

  test("can be said by flags, which win over the environment", () => {
    const flags = [
      "--region",
      "us-east-1",
      "--endpoint-url",
      "https://ca.example:4566",
      "--scope",
      "exact",
      "--wait",
      "0s",
    ];
    expect(
      readAcmeOptions(["a.example", ...flags], { AWS_REGION: "eu-north-1", AWS_ENDPOINT_URL: "http://x" }),
    ).toMatchObject({
      region: "us-east-1",
      endpointUrl: "https://ca.example:4566",
      scope: { exact: true, subdomains: false, wildcards: false },
      wait: 0,
    });
  });

  test.for([
    [[], "say for which domain"],
    [["*.example.com"], 'without "*."'],
    [["exa_mple.com"], "for example example.com"],
    [["localhost"], "for example example.com"],
    [["example.com", "--scope", "all"], "exact, subdomains, wildcards"],
    [["example.com", "--keys", "RSA_1024"], "RSA_2048, EC_prime256v1, EC_secp384r1"],
    [["example.com", "--wait", "soon"], "10m"],
    [["example.com", "--name", "a b"], "letters"],
    [["example.com", "--nonsense"], "--nonsense"],
  ] as const)("%j are refused with what would be right: %s", ([args, right]) => {
    expect(() => readAcmeOptions(args, {})).toThrow(ConfigError);
    expect(() => readAcmeOptions(args, {})).toThrow(right);
  });
});

test("every client's configuration has the directory and the credentials, and the root to trust", () => {
  const to = {
    arn: "arn",
    bindingArn: "arn",
    directoryUrl: "https://ca.example/acme/1/directory",
    keyId: "kid-1",
    macKey: "mac-1",
    domain: "example.com",
    wildcard: true,
    email: undefined,
    rootUrl: "http://ca.example/ca/root.pem",
    rootPem: "PEM",
  };
  const configurations = clientConfigurations(to);
  expect(configurations.map(({ client }) => client)).toEqual(["certbot", "lego", "cert-manager"]);
  for (const { client, text } of configurations) {
    for (const part of [to.directoryUrl, "kid-1", "mac-1", client === "cert-manager" ? "UEVN" : to.rootUrl]) {
      expect(text, client).toContain(part);
    }
  }
  expect(configurations[0]?.text).toContain("-d example.com -d '*.example.com'");
});
