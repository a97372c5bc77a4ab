import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";
import { linkedContent, TRUST_STORE_PATH } from "#integrations/elbv2/trust-store-links.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore, type Store } from "#store/store.ts";
import { TEST_KEY, testCredential } from "../../../tests/support/access-key.ts";
import { balancerDeps, callerOf, issuedCertificate } from "../../../tests/support/balancers.ts";
import { defaultNetwork } from "../../../tests/support/network.ts";
import { testAuthority } from "../../../tests/support/trust.ts";
import { elbv2 } from "./index.ts";

const authority = await testAuthority("clients");
const FILES: Readonly<Record<string, Buffer>> = {
  "trust/ca.pem": Buffer.from(authority.certificate),
  "trust/list.crl": await authority.crl(["01", "02"]),
  "trust/leaf.pem": Buffer.from(await authority.leaf("client")),
};
const hello: elb.Action = {
  Type: "fixed-response",
  FixedResponseConfig: { StatusCode: "200", ContentType: "text/plain", MessageBody: "hello" },
};
const oidc: elb.Action = {
  Type: "authenticate-oidc",
  Order: 1,
  AuthenticateOidcConfig: {
    Issuer: "https://login.example.com",
    AuthorizationEndpoint: "https://login.example.com/authorize",
    TokenEndpoint: "https://login.example.com/token",
    UserInfoEndpoint: "https://login.example.com/me",
    ClientId: "client",
    ClientSecret: "a very secret word",
  },
};

let store: Store;
let deps: BalancerDeps;
let client: elb.ElasticLoadBalancingV2;

// The AWS SDK speaks to the front door over HTTP.
beforeEach(async () => {
  store = await openStore("file::memory:");
  deps = {
    ...balancerDeps(store),
    readObject: (bucket, key) => Promise.resolve(FILES[`${bucket}/${key}`] ?? "missing"),
  };
  const credential = testCredential(TEST_KEY);
  const { server, stop } = httpServer({
    answer: gateway([mount(elbv2, deps)], {
      authenticate: sigv4({ credentials: () => credential, clock: systemClock }),
      ids: randomIds,
      audit: { record: () => Promise.resolve(), note: () => {} },
      log: ({ bug }) => bug && console.error(bug),
    }),
    ids: randomIds,
    onError: console.error,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  client = new elb.ElasticLoadBalancingV2({
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: TEST_KEY,
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await stop();
    await store.destroy();
  });
});

/** An HTTPS listener of a fresh load balancer. */
async function listener(input: Partial<elb.CreateListenerCommandInput> = {}): Promise<elb.Listener> {
  const { subnets } = await defaultNetwork(callerOf(), deps);
  const { LoadBalancers } = await client.createLoadBalancer({ Name: "web", Subnets: subnets.slice(0, 2) });
  const { Listeners } = await client.createListener({
    LoadBalancerArn: LoadBalancers![0]!.LoadBalancerArn,
    Port: 443,
    Protocol: "HTTPS",
    Certificates: [{ CertificateArn: await issuedCertificate("web.test", callerOf(), deps) }],
    DefaultActions: [hello],
    ...input,
  });
  return Listeners![0]!;
}

async function rule(
  ListenerArn: string | undefined,
  input: Partial<elb.CreateRuleCommandInput> = {},
): Promise<elb.Rule> {
  const standard = { Priority: 1, Conditions: [{ Field: "path-pattern", Values: ["/a"] }], Actions: [hello] };
  const { Rules } = await client.createRule({ ListenerArn, ...standard, ...input });
  return Rules![0]!;
}

const refusal = (name: string, message?: string): object =>
  expect.objectContaining({
    name,
    ...(message === undefined ? {} : { message: expect.stringContaining(message) as string }),
  });

describe("a rule", () => {
  it("is shown with all of its conditions in both forms, its actions and its transforms", async () => {
    const { ListenerArn } = await listener();
    const Transforms: elb.RuleTransform[] = [
      { Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Regex: "^/api/(.*)$", Replace: "/$1" }] } },
      { Type: "host-header-rewrite", HostHeaderRewriteConfig: { Rewrites: [{ Regex: "^a\\.", Replace: "b." }] } },
    ];
    const made = await rule(ListenerArn, {
      Conditions: [
        { Field: "host-header", HostHeaderConfig: { Values: ["*.example.com"] } },
        { Field: "path-pattern", RegexValues: ["^/api/"] },
        { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-A", Values: ["1"] } },
        { Field: "query-string", QueryStringConfig: { Values: [{ Key: "a", Value: "b" }] } },
        { Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } },
      ],
      Transforms,
      Tags: [{ Key: "env", Value: "test" }],
    });
    expect(made).toEqual({
      RuleArn: expect.stringMatching(/:listener-rule\/app\/web\/[0-9a-f]{16}\/[0-9a-f]{16}\/[0-9a-f]{16}$/) as string,
      Priority: "1",
      Conditions: [
        { Field: "host-header", Values: ["*.example.com"], HostHeaderConfig: { Values: ["*.example.com"] } },
        { Field: "path-pattern", RegexValues: ["^/api/"], PathPatternConfig: { RegexValues: ["^/api/"] } },
        { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-A", Values: ["1"] } },
        { Field: "query-string", QueryStringConfig: { Values: [{ Key: "a", Value: "b" }] } },
        { Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } },
      ],
      Actions: [hello],
      IsDefault: false,
      Transforms,
    });
    const { Rules } = await client.describeRules({ ListenerArn });
    expect(Rules?.[0]).toEqual(made);
    expect(Rules?.[1]).toMatchObject({ Priority: "default", IsDefault: true, Conditions: [] });
    // What was shown can be sent back as it is.
    const { RuleArn, Conditions, Actions } = made;
    const again = await client.modifyRule({ RuleArn, Conditions, Actions, Transforms });
    expect(again.Rules).toEqual([made]);
    const reset = await client.modifyRule({ RuleArn, ResetTransforms: true });
    expect(reset.Rules?.[0]).not.toHaveProperty("Transforms");
    const { TagDescriptions } = await client.describeTags({ ResourceArns: [RuleArn!] });
    expect(TagDescriptions?.[0]?.Tags).toEqual([{ Key: "env", Value: "test" }]);
    await client.deleteRule({ RuleArn });
    await expect(client.deleteRule({ RuleArn })).rejects.toEqual(refusal("RuleNotFoundException"));
  });

  it.for<[string, Partial<elb.CreateRuleCommandInput>, string, string]>([
    ["no condition", { Conditions: [] }, "ValidationError", "A condition must be specified"],
    [
      "a condition without a field",
      { Conditions: [{ Values: ["/a"] }] },
      "ValidationError",
      "A condition field must be specified",
    ],
    ["an unknown field", { Conditions: [{ Field: "cookie" }] }, "ValidationError", "must be one of '[http-header"],
    [
      "a config of another field",
      { Conditions: [{ Field: "host-header", PathPatternConfig: { Values: ["/a"] } }] },
      "ValidationError",
      "PathPatternConfig can only be specified for the condition field 'path-pattern'",
    ],
    [
      "values in both forms",
      { Conditions: [{ Field: "path-pattern", Values: ["/a"], PathPatternConfig: { Values: ["/b"] } }] },
      "ValidationError",
      "cannot be specified both",
    ],
    [
      "several short values",
      { Conditions: [{ Field: "path-pattern", Values: ["/a", "/b"] }] },
      "ValidationError",
      "one value",
    ],
    ["a priority of zero", { Priority: 0 }, "ValidationError", "greater than or equal to 1"],
    [
      "a look-ahead",
      { Conditions: [{ Field: "path-pattern", RegexValues: ["(?=a)"] }] },
      "ValidationError",
      "not valid",
    ],
    [
      "a transform of another type",
      { Transforms: [{ Type: "url-rewrite", HostHeaderRewriteConfig: { Rewrites: [] } }] },
      "ValidationError",
      "Only UrlRewriteConfig",
    ],
    [
      "a secret that is nowhere",
      {
        Actions: [
          {
            ...oidc,
            AuthenticateOidcConfig: {
              ...oidc.AuthenticateOidcConfig!,
              ClientSecret: undefined,
              UseExistingClientSecret: true,
            },
          },
          { ...hello, Order: 2 },
        ],
      },
      "InvalidLoadBalancerActionException",
      "no existing client secret",
    ],
    [
      "no secret",
      {
        Actions: [
          { ...oidc, AuthenticateOidcConfig: { ...oidc.AuthenticateOidcConfig!, ClientSecret: undefined } },
          { ...hello, Order: 2 },
        ],
      },
      "InvalidLoadBalancerActionException",
      "A ClientSecret must be specified",
    ],
    ["an unknown action", { Actions: [{ Type: "teapot" as "forward" }] }, "ValidationError", "enum value set"],
  ])("is refused with AWS's error for %s", async ([, input, name, message]) => {
    const { ListenerArn } = await listener();
    await expect(rule(ListenerArn, input)).rejects.toEqual(refusal(name, message));
    expect((await client.describeRules({ ListenerArn })).Rules).toHaveLength(1);
  });

  it("has a priority of its own, which rules exchange", async () => {
    const { ListenerArn } = await listener();
    const [one, two] = [await rule(ListenerArn), await rule(ListenerArn, { Priority: 2 })];
    await expect(rule(ListenerArn)).rejects.toEqual(refusal("PriorityInUseException", "Priority '1'"));
    const RulePriorities = [
      { RuleArn: one.RuleArn, Priority: 2 },
      { RuleArn: two.RuleArn, Priority: 1 },
    ];
    const { Rules } = await client.setRulePriorities({ RulePriorities });
    expect(Rules?.map(({ RuleArn, Priority }) => [RuleArn, Priority])).toEqual([
      [two.RuleArn, "1"],
      [one.RuleArn, "2"],
    ]);
    const { Rules: all } = await client.describeRules({ ListenerArn });
    const standard = all?.at(-1)?.RuleArn;
    await expect(client.deleteRule({ RuleArn: standard })).rejects.toEqual(refusal("OperationNotPermittedException"));
  });

  it("never tells its client secret, and keeps it when it is told to", async () => {
    const { ListenerArn } = await listener({ DefaultActions: [oidc, { ...hello, Order: 2 }] });
    const { RuleArn } = await rule(ListenerArn, { Actions: [oidc, { ...hello, Order: 2 }] });
    const { ClientSecret: _, ...shown } = oidc.AuthenticateOidcConfig!;
    const { Rules } = await client.describeRules({ ListenerArn });
    for (const { Actions } of Rules!) expect(Actions?.[0]?.AuthenticateOidcConfig).toMatchObject(shown);
    expect(JSON.stringify([Rules, await client.describeListeners({ ListenerArns: [ListenerArn!] })])).not.toContain(
      "secret",
    );
    const AuthenticateOidcConfig = { ...shown, ClientId: "other", UseExistingClientSecret: true };
    const kept = await client.modifyRule({
      RuleArn,
      Actions: [
        { ...oidc, AuthenticateOidcConfig },
        { ...hello, Order: 2 },
      ],
    });
    expect(kept.Rules?.[0]?.Actions?.[0]?.AuthenticateOidcConfig?.ClientId).toBe("other");
    expect(await store.selectFrom("balancerSecrets").select("name").execute()).toHaveLength(2);
  });
});

describe("a trust store", () => {
  const create = async (): Promise<elb.TrustStore> => {
    const { TrustStores } = await client.createTrustStore({
      Name: "clients",
      CaCertificatesBundleS3Bucket: "trust",
      CaCertificatesBundleS3Key: "ca.pem",
      Tags: [{ Key: "env", Value: "test" }],
    });
    return TrustStores![0]!;
  };

  it("is described, taken by a listener, and deleted when none has it", async () => {
    const made = await create();
    const { TrustStoreArn } = made;
    expect(made).toEqual({
      Name: "clients",
      TrustStoreArn: expect.stringMatching(/:truststore\/clients\/[0-9a-f]{16}$/) as string,
      Status: "ACTIVE",
      NumberOfCaCertificates: 1,
      TotalRevokedEntries: 0,
    });
    const MutualAuthentication = { Mode: "verify", TrustStoreArn, AdvertiseTrustStoreCaNames: "on" } as const;
    const { ListenerArn, MutualAuthentication: shown } = await listener({ MutualAuthentication });
    expect(shown).toEqual({
      ...MutualAuthentication,
      IgnoreClientCertificateExpiry: false,
      TrustStoreAssociationStatus: "active",
    });
    const { TrustStoreAssociations } = await client.describeTrustStoreAssociations({ TrustStoreArn });
    expect(TrustStoreAssociations).toEqual([{ ResourceArn: ListenerArn }]);
    await expect(client.deleteTrustStore({ TrustStoreArn })).rejects.toEqual(refusal("TrustStoreInUseException"));
    const shared = client.deleteSharedTrustStoreAssociation({ TrustStoreArn, ResourceArn: ListenerArn });
    await expect(shared).rejects.toEqual(refusal("DeleteAssociationSameAccountException"));
    const policy = client.getResourcePolicy({ ResourceArn: TrustStoreArn });
    await expect(policy).rejects.toEqual(refusal("ResourceNotFoundException", "no resource policy"));
    const { Listeners } = await client.modifyListener({ ListenerArn, MutualAuthentication: { Mode: "off" } });
    expect(Listeners?.[0]?.MutualAuthentication).toEqual({ Mode: "off" });
    await client.deleteTrustStore({ TrustStoreArn });
    await expect(client.describeTrustStores({ Names: ["clients"] })).rejects.toEqual(
      refusal("TrustStoreNotFoundException"),
    );
  });

  it("has revocation lists, and links to its files", async () => {
    const { TrustStoreArn } = await create();
    const RevocationContents = [{ S3Bucket: "trust", S3Key: "list.crl", RevocationType: "CRL" as const }];
    const added = await client.addTrustStoreRevocations({ TrustStoreArn, RevocationContents });
    const list = { TrustStoreArn, RevocationId: 1, RevocationType: "CRL", NumberOfRevokedEntries: 2 };
    expect(added.TrustStoreRevocations).toEqual([list]);
    expect((await client.describeTrustStoreRevocations({ TrustStoreArn })).TrustStoreRevocations).toEqual([list]);
    expect((await client.describeTrustStores({})).TrustStores?.[0]?.TotalRevokedEntries).toBe(2);
    const { Location = "" } = await client.getTrustStoreRevocationContent({ TrustStoreArn, RevocationId: 1 });
    expect((await linkedContent(Location.split(`${TRUST_STORE_PATH}/`)[1]!, deps))?.toString()).toContain("X509 CRL");
    const bundle = await client.getTrustStoreCaCertificatesBundle({ TrustStoreArn });
    const content = await linkedContent(bundle.Location!.split(`${TRUST_STORE_PATH}/`)[1]!, deps);
    expect(content?.toString()).toBe(authority.certificate.replaceAll(/\n+/g, "\n"));
    await client.removeTrustStoreRevocations({ TrustStoreArn, RevocationIds: [1] });
    const gone = client.describeTrustStoreRevocations({ TrustStoreArn, RevocationIds: [1] });
    await expect(gone).rejects.toEqual(refusal("RevocationIdNotFoundException"));
  });

  it.for<[string, Partial<elb.CreateTrustStoreCommandInput>, string, string]>([
    [
      "a missing file",
      { CaCertificatesBundleS3Key: "none" },
      "CaCertificatesBundleNotFoundException",
      "There is no CA",
    ],
    [
      "a leaf",
      { CaCertificatesBundleS3Key: "leaf.pem" },
      "InvalidCaCertificatesBundleException",
      "not the certificate of a CA",
    ],
    ["a version of a file", { CaCertificatesBundleS3ObjectVersion: "1" }, "ValidationError", "no versions here"],
    ["a bad name", { Name: "-a" }, "ValidationError", "-a"],
  ])("is refused with AWS's error for %s", async ([, input, name, message]) => {
    const standard = { Name: "a", CaCertificatesBundleS3Bucket: "trust", CaCertificatesBundleS3Key: "ca.pem" };
    await expect(client.createTrustStore({ ...standard, ...input })).rejects.toEqual(refusal(name, message));
    expect((await client.describeTrustStores({})).TrustStores).toEqual([]);
  });
});

describe("what only AWS has", () => {
  it("is refused with the reason", async () => {
    const { LoadBalancerArn } = await listener();
    const configuration = "InvalidConfigurationRequestException";
    const dual = client.setIpAddressType({ LoadBalancerArn, IpAddressType: "dualstack" });
    await expect(dual).rejects.toEqual(refusal(configuration, "one address, and that is IPv4"));
    expect(await client.setIpAddressType({ LoadBalancerArn, IpAddressType: "ipv4" })).toMatchObject({
      IpAddressType: "ipv4",
    });
    const MinimumLoadBalancerCapacity = { CapacityUnits: 100 };
    const capacity = client.modifyCapacityReservation({ LoadBalancerArn, MinimumLoadBalancerCapacity });
    await expect(capacity).rejects.toEqual(refusal(configuration, "Capacity cannot be reserved here"));
    const reset = await client.modifyCapacityReservation({ LoadBalancerArn, ResetCapacityReservation: true });
    expect(reset.CapacityReservationState).toEqual([]);
    const pools = client.modifyIpPools({ LoadBalancerArn, IpamPools: { Ipv4IpamPoolId: "ipam-pool-0123" } });
    await expect(pools).rejects.toEqual(refusal("ValidationError", "IPAM pools are not available"));
    await client.modifyIpPools({ LoadBalancerArn, RemoveIpamPools: ["ipv4"] });
  });
});

describe("targets", () => {
  const group = async (input: Partial<elb.CreateTargetGroupCommandInput>): Promise<elb.TargetGroup> => {
    const { vpcId } = await defaultNetwork(callerOf(), deps);
    const standard = { Name: "app", Protocol: "TCP", Port: 443, VpcId: vpcId, TargetType: "ip" } as const;
    const { TargetGroups } = await client.createTargetGroup({ ...standard, ...input });
    return TargetGroups![0]!;
  };

  it("may be a load balancer that listens on the port, which is then not deleted", async () => {
    const { LoadBalancerArn } = await listener();
    const { TargetGroupArn, ...shown } = await group({ TargetType: "alb" });
    expect(shown).toMatchObject({ TargetType: "alb", HealthCheckProtocol: "HTTP", Matcher: { HttpCode: "200-399" } });
    const Targets = [{ Id: LoadBalancerArn! }];
    await client.registerTargets({ TargetGroupArn, Targets });
    const { TargetHealthDescriptions } = await client.describeTargetHealth({ TargetGroupArn });
    expect(TargetHealthDescriptions?.[0]?.Target).toEqual({ Id: LoadBalancerArn, Port: 443 });
    await expect(client.deleteLoadBalancer({ LoadBalancerArn })).rejects.toEqual(refusal("ResourceInUseException"));
    await client.deregisterTargets({ TargetGroupArn, Targets });
    await client.deleteLoadBalancer({ LoadBalancerArn });
    const again = client.registerTargets({ TargetGroupArn, Targets });
    await expect(again).rejects.toEqual(refusal("InvalidTargetException", "does not exist"));
  });

  it("may be instances that are known, and have a zone only where they are addresses", async () => {
    const { TargetGroupArn } = await group({ TargetType: undefined });
    const unknown = client.registerTargets({ TargetGroupArn, Targets: [{ Id: "i-0123456789abcdef0" }] });
    await expect(unknown).rejects.toEqual(refusal("InvalidTargetException", "is not known"));
    const address = client.registerTargets({ TargetGroupArn, Targets: [{ Id: "10.0.0.1" }] });
    await expect(address).rejects.toEqual(refusal("ValidationError", "The instance ID '10.0.0.1' is not valid"));
    const { TargetGroupArn: ips } = await group({ Name: "ips", Protocol: "TCP_UDP", Port: 53 });
    await client.registerTargets({ TargetGroupArn: ips, Targets: [{ Id: "10.0.0.1", AvailabilityZone: "all" }] });
    const { TargetHealthDescriptions } = await client.describeTargetHealth({
      TargetGroupArn: ips,
      Include: ["AnomalyDetection"],
    });
    expect(TargetHealthDescriptions?.[0]?.Target).toEqual({ Id: "10.0.0.1", Port: 53, AvailabilityZone: "all" });
  });
});
