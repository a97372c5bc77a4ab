import { once } from "node:events";
import type { AddressInfo } from "node:net";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { sigv4 } from "#aws/sigv4/authenticate.ts";
import { FORGET_DRAINED } from "#integrations/elbv2/forget-drained.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore, type Store } from "#store/store.ts";
import { TEST_KEY, testCredential } from "../../../tests/support/access-key.ts";
import { balancerDeps, callerOf, issuedCertificate } from "../../../tests/support/balancers.ts";
import { defaultNetwork, makeGroup, type TestNetwork } from "../../../tests/support/network.ts";
import { elbv2 } from "./index.ts";

const hello: elb.Action = {
  Type: "fixed-response",
  FixedResponseConfig: { StatusCode: "200", ContentType: "text/plain", MessageBody: "hello" },
};

const TWICE: elb.Action[] = [
  { ...hello, Order: 1 },
  { ...hello, Order: 2 },
];
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
let network: TestNetwork;
let client: elb.ElasticLoadBalancingV2;

// The AWS SDK speaks to the front door over HTTP.
beforeEach(async () => {
  store = await openStore("file::memory:");
  network = await defaultNetwork(callerOf(), balancerDeps(store));
  const credential = testCredential(TEST_KEY);
  const { server, stop } = httpServer({
    answer: gateway([mount(elbv2, balancerDeps(store))], {
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

async function balancer(input: Partial<elb.CreateLoadBalancerCommandInput> = {}): Promise<elb.LoadBalancer> {
  const { LoadBalancers } = await client.createLoadBalancer({
    Name: "web",
    Subnets: network.subnets.slice(0, 2),
    ...input,
  });
  return LoadBalancers![0]!;
}

async function group(input: Partial<elb.CreateTargetGroupCommandInput> = {}): Promise<elb.TargetGroup> {
  const standard = { Name: "app", Protocol: "HTTP", Port: 8080, VpcId: network.vpcId, TargetType: "ip" } as const;
  const { TargetGroups } = await client.createTargetGroup({ ...standard, ...input });
  return TargetGroups![0]!;
}

async function listener(input: Partial<elb.CreateListenerCommandInput>): Promise<elb.Listener> {
  const standard: elb.CreateListenerCommandInput = {
    LoadBalancerArn: "",
    Port: 80,
    Protocol: "HTTP",
    DefaultActions: [hello],
  };
  const { Listeners } = await client.createListener({ ...standard, ...input });
  return Listeners![0]!;
}

const refusal = (name: string, message?: string): object =>
  expect.objectContaining({
    name,
    ...(message === undefined ? {} : { message: expect.stringContaining(message) as string }),
  });

describe("a load balancer", () => {
  it("is shown with all that Terraform and the CLI read", async () => {
    const everybody = await makeGroup("web", [], callerOf(), balancerDeps(store));
    const web = await balancer({ Tags: [{ Key: "env", Value: "test" }], SecurityGroups: [everybody] });
    expect(web).toEqual({
      LoadBalancerArn: expect.stringMatching(
        /^arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer\/app\/web\/[0-9a-f]{16}$/,
      ) as string,
      DNSName: expect.stringMatching(/^web-\d{10}\.eu-west-1\.elb\.sealkeeper\.internal$/) as string,
      CanonicalHostedZoneId: "Z32O12XQLNTSW2",
      CreatedTime: expect.any(Date) as Date,
      LoadBalancerName: "web",
      Scheme: "internet-facing",
      VpcId: network.vpcId,
      State: { Code: "provisioning" },
      Type: "application",
      AvailabilityZones: [
        { ZoneName: "eu-west-1a", SubnetId: network.subnets[0], LoadBalancerAddresses: [] },
        { ZoneName: "eu-west-1b", SubnetId: network.subnets[1], LoadBalancerAddresses: [] },
      ],
      SecurityGroups: [everybody],
      IpAddressType: "ipv4",
    });
    expect((await client.describeLoadBalancers({ Names: ["web"] })).LoadBalancers).toEqual([web]);
    const { TagDescriptions } = await client.describeTags({ ResourceArns: [web.LoadBalancerArn!] });
    expect(TagDescriptions).toEqual([{ ResourceArn: web.LoadBalancerArn, Tags: [{ Key: "env", Value: "test" }] }]);
  });

  it.for<[string, Partial<elb.CreateLoadBalancerCommandInput>, string, string]>([
    ["a bad name", { Name: "a_b" }, "ValidationError", "can only contain characters"],
    ["one subnet", { Subnets: ["subnet-0123abcd"] }, "ValidationError", "At least two subnets"],
    ["a bad subnet", { Subnets: ["a", "b"] }, "InvalidSubnetException", "'a' is not valid"],
    [
      "an unknown subnet",
      { Subnets: ["subnet-0123abcd", "subnet-89ef4567"] },
      "SubnetNotFoundException",
      "does not exist",
    ],
    [
      "an unknown security group",
      { SecurityGroups: ["sg-0123abcd"] },
      "InvalidSecurityGroupException",
      "does not exist",
    ],
    ["a bad security group", { SecurityGroups: ["a"] }, "InvalidSecurityGroupException", "'a' is not valid"],
    ["a gateway", { Type: "gateway" }, "InvalidConfigurationRequestException", "not available here"],
    ["dual stack", { IpAddressType: "dualstack" }, "InvalidConfigurationRequestException", "not available here"],
    ["a tag twice", { Tags: [{ Key: "a" }, { Key: "a" }] }, "DuplicateTagKeysException", "more than once: a"],
    ["an unknown scheme", { Scheme: "x" as "internal" }, "ValidationError", "enum value set"],
  ])("is refused with AWS's error for %s", async ([, input, name, message]) => {
    await expect(balancer(input)).rejects.toEqual(refusal(name, message));
    expect((await client.describeLoadBalancers({})).LoadBalancers).toEqual([]);
  });

  it("with other settings under the same name is DuplicateLoadBalancerName", async () => {
    const web = await balancer();
    expect(await balancer()).toEqual(web);
    await expect(balancer({ Scheme: "internal" })).rejects.toEqual(refusal("DuplicateLoadBalancerNameException"));
  });

  it("that is not there is LoadBalancerNotFound, and one that is deleted twice is no error", async () => {
    const { LoadBalancerArn } = await balancer();
    await client.deleteLoadBalancer({ LoadBalancerArn });
    await client.deleteLoadBalancer({ LoadBalancerArn });
    const gone = refusal("LoadBalancerNotFoundException");
    await expect(client.describeLoadBalancers({ LoadBalancerArns: [LoadBalancerArn!] })).rejects.toEqual(gone);
    await expect(client.describeLoadBalancers({ Names: ["web"] })).rejects.toEqual(gone);
    await expect(client.describeLoadBalancerAttributes({ LoadBalancerArn })).rejects.toEqual(gone);
    await expect(client.deleteLoadBalancer({ LoadBalancerArn: "web" })).rejects.toEqual(
      refusal("ValidationError", "'web' is not a valid load balancer ARN"),
    );
  });

  it("has every attribute with its default, and takes changes", async () => {
    const { LoadBalancerArn } = await balancer();
    const change = { Key: "idle_timeout.timeout_seconds", Value: "120" };
    const { Attributes } = await client.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: [change] });
    expect(Attributes).toContainEqual(change);
    expect((await client.describeLoadBalancerAttributes({ LoadBalancerArn })).Attributes).toEqual(Attributes);
    const unknown = client.modifyLoadBalancerAttributes({ LoadBalancerArn, Attributes: [{ Key: "a", Value: "b" }] });
    // Terraform leaves the attribute out when it reads exactly this.
    await expect(unknown).rejects.toEqual(refusal("ValidationError", "attribute key 'a' is not recognized"));
  });

  it("changes its subnets and security groups", async () => {
    const { LoadBalancerArn } = await balancer();
    const Subnets = network.subnets.slice(1);
    const { AvailabilityZones } = await client.setSubnets({ LoadBalancerArn, Subnets });
    expect(AvailabilityZones?.map(({ SubnetId }) => SubnetId)).toEqual(Subnets);
    const group = await makeGroup("web", [], callerOf(), balancerDeps(store));
    const { SecurityGroupIds } = await client.setSecurityGroups({ LoadBalancerArn, SecurityGroups: [group] });
    expect(SecurityGroupIds).toEqual([group]);
    expect((await client.describeCapacityReservation({ LoadBalancerArn })).CapacityReservationState).toEqual([]);
  });
});

describe("a target group", () => {
  it("is shown with its health check and its load balancer", async () => {
    const { LoadBalancerArn } = await balancer();
    const { TargetGroupArn } = await group({ HealthCheckPath: "/health" });
    await listener({ LoadBalancerArn: LoadBalancerArn!, DefaultActions: [{ Type: "forward", TargetGroupArn }] });
    const { TargetGroups } = await client.describeTargetGroups({ LoadBalancerArn });
    expect(TargetGroups).toEqual([
      {
        TargetGroupArn: expect.stringMatching(/:targetgroup\/app\/[0-9a-f]{16}$/) as string,
        TargetGroupName: "app",
        Protocol: "HTTP",
        Port: 8080,
        VpcId: network.vpcId,
        HealthCheckProtocol: "HTTP",
        HealthCheckPort: "traffic-port",
        HealthCheckEnabled: true,
        HealthCheckIntervalSeconds: 30,
        HealthCheckTimeoutSeconds: 5,
        HealthyThresholdCount: 5,
        UnhealthyThresholdCount: 2,
        HealthCheckPath: "/health",
        Matcher: { HttpCode: "200" },
        LoadBalancerArns: [LoadBalancerArn],
        TargetType: "ip",
        ProtocolVersion: "HTTP1",
        IpAddressType: "ipv4",
      },
    ]);
    await expect(client.deleteTargetGroup({ TargetGroupArn })).rejects.toEqual(refusal("ResourceInUseException"));
  });

  it.for<[string, Partial<elb.CreateTargetGroupCommandInput>, string, string]>([
    ["functions", { TargetType: "lambda" }, "InvalidConfigurationRequestException", "no functions to invoke"],
    ["QUIC", { Protocol: "QUIC" }, "UnsupportedProtocolException", "'QUIC' is not available here"],
    ["GENEVE", { Protocol: "GENEVE" }, "UnsupportedProtocolException", "Gateway Load Balancers"],
    [
      "gRPC by TCP",
      { Protocol: "TCP", ProtocolVersion: "GRPC" },
      "InvalidConfigurationRequestException",
      "'TCP' protocol",
    ],
    ["an unknown version", { ProtocolVersion: "HTTP3" }, "ValidationError", "must be one of 'HTTP1, HTTP2, GRPC'"],
    ["a balancer by UDP", { TargetType: "alb", Protocol: "UDP" }, "InvalidConfigurationRequestException", "use TCP"],
    ["no VPC", { VpcId: undefined }, "ValidationError", "A VPC ID must be specified"],
    ["no port", { Port: undefined }, "ValidationError", "A port must be specified"],
    ["a bad matcher", { Matcher: { HttpCode: "99" } }, "ValidationError", "must be within '200-499'"],
    [
      "a health check of datagrams",
      { HealthCheckProtocol: "UDP" },
      "ValidationError",
      "must be one of 'HTTP, HTTPS, TCP'",
    ],
  ])("is refused with AWS's error for %s", async ([, input, name, message]) => {
    await expect(group(input)).rejects.toEqual(refusal(name, message));
  });

  it("changes its health check and attributes", async () => {
    const { TargetGroupArn } = await group();
    const { TargetGroups } = await client.modifyTargetGroup({ TargetGroupArn, HealthCheckIntervalSeconds: 7 });
    expect(TargetGroups?.[0]).toMatchObject({ HealthCheckIntervalSeconds: 7, HealthCheckPath: "/" });
    const Attributes = [{ Key: "deregistration_delay.timeout_seconds", Value: "0" }];
    const changed = await client.modifyTargetGroupAttributes({ TargetGroupArn, Attributes });
    expect(changed.Attributes).toContainEqual(Attributes[0]);
    expect((await client.describeTargetGroupAttributes({ TargetGroupArn })).Attributes).toEqual(changed.Attributes);
  });

  it("registers targets, shows their health, and promises to forget those that are deregistered", async () => {
    const { LoadBalancerArn } = await balancer();
    const { TargetGroupArn } = await group();
    const Targets = [{ Id: "10.0.0.1" }, { Id: "10.0.0.1", Port: 81 }];
    await client.registerTargets({ TargetGroupArn, Targets });
    await listener({ LoadBalancerArn: LoadBalancerArn!, DefaultActions: [{ Type: "forward", TargetGroupArn }] });
    const { TargetHealthDescriptions } = await client.describeTargetHealth({ TargetGroupArn });
    const TargetHealth = {
      State: "initial",
      Reason: "Elb.RegistrationInProgress",
      Description: "Target registration is in progress",
    };
    expect(TargetHealthDescriptions).toEqual([
      { Target: { Id: "10.0.0.1", Port: 81 }, HealthCheckPort: "81", TargetHealth },
      { Target: { Id: "10.0.0.1", Port: 8080 }, HealthCheckPort: "8080", TargetHealth },
    ]);
    await client.deregisterTargets({ TargetGroupArn, Targets });
    const job = await store.selectFrom("jobs").select("subject").where("task", "=", FORGET_DRAINED).execute();
    expect(job).toEqual([{ subject: TargetGroupArn }]);
    const instance = client.registerTargets({ TargetGroupArn, Targets: [{ Id: "i-0123abcd" }] });
    await expect(instance).rejects.toEqual(refusal("ValidationError", "'i-0123abcd' is not a valid IPv4 address"));
  });
});

describe("a listener", () => {
  it("ends TLS with its certificate, and is shown with it", async () => {
    const deps = balancerDeps(store);
    const { LoadBalancerArn } = await balancer();
    const [one, two] = [
      await issuedCertificate("one.test", callerOf(), deps),
      await issuedCertificate("two.test", callerOf(), deps),
    ];
    const secure = await listener({
      LoadBalancerArn: LoadBalancerArn!,
      Port: 443,
      Protocol: "HTTPS",
      Certificates: [{ CertificateArn: one }],
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    });
    expect(secure).toEqual({
      ListenerArn: expect.stringMatching(/:listener\/app\/web\/[0-9a-f]{16}\/[0-9a-f]{16}$/) as string,
      LoadBalancerArn,
      Port: 443,
      Protocol: "HTTPS",
      Certificates: [{ CertificateArn: one }],
      SslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
      DefaultActions: [hello],
      MutualAuthentication: { Mode: "off" },
    });
    const { ListenerArn } = secure;
    const added = await client.addListenerCertificates({ ListenerArn, Certificates: [{ CertificateArn: two }] });
    expect(added.Certificates).toEqual([{ CertificateArn: two, IsDefault: false }]);
    expect((await client.describeListenerCertificates({ ListenerArn })).Certificates).toEqual([
      { CertificateArn: one, IsDefault: true },
      { CertificateArn: two, IsDefault: false },
    ]);
    const standard = client.removeListenerCertificates({ ListenerArn, Certificates: [{ CertificateArn: one }] });
    await expect(standard).rejects.toEqual(refusal("OperationNotPermittedException"));
    await client.modifyListener({ ListenerArn, Certificates: [{ CertificateArn: two }] });
    expect((await client.describeListeners({ LoadBalancerArn })).Listeners?.[0]?.Certificates).toEqual([
      { CertificateArn: two },
    ]);
    await client.deleteListener({ ListenerArn });
    await expect(client.describeListeners({ ListenerArns: [ListenerArn!] })).rejects.toEqual(
      refusal("ListenerNotFoundException"),
    );
  });

  it("is refused with CertificateNotFound and the true reason", async () => {
    const { LoadBalancerArn } = await balancer();
    const far = await issuedCertificate("far.test", callerOf("123456789012", "us-east-1"), balancerDeps(store));
    const asked = { LoadBalancerArn: LoadBalancerArn!, Port: 443, Protocol: "HTTPS" } as const;
    const attached = (CertificateArn: string) => listener({ ...asked, Certificates: [{ CertificateArn }] });
    await expect(attached(far)).rejects.toEqual(refusal("CertificateNotFoundException", "must be one of eu-west-1"));
    await expect(attached("x")).rejects.toEqual(refusal("CertificateNotFoundException"));
    await expect(listener(asked)).rejects.toEqual(refusal("ValidationError", "A certificate must be specified"));
  });

  it.for<[string, Partial<elb.CreateListenerCommandInput>, string, string]>([
    ["no port", { Port: undefined }, "ValidationError", "A listener port must be specified"],
    ["a protocol of the other type", { Protocol: "TCP" }, "ValidationError", "must be one of 'HTTP, HTTPS'"],
    [
      "an unknown policy",
      { Protocol: "HTTPS", SslPolicy: "x", Certificates: [{ CertificateArn: "x" }] },
      "SSLPolicyNotFoundException",
      "'x' not found",
    ],
    ["an ALPN policy", { AlpnPolicy: ["HTTP2Only"] }, "ALPNPolicyNotSupportedException", "only be specified for TLS"],
    [
      "two certificates",
      { Certificates: [{ CertificateArn: "a" }, { CertificateArn: "b" }] },
      "ValidationError",
      "exactly one",
    ],
    ["no action", { DefaultActions: [] }, "ValidationError", "An action must be specified"],
    ["two actions", { DefaultActions: TWICE }, "TooManyActionsException", "exactly one action"],
    [
      "sign-in by Cognito",
      { DefaultActions: [{ Type: "authenticate-cognito" }] },
      "InvalidLoadBalancerActionException",
      "there is no Cognito",
    ],
    [
      "sign-in in clear",
      { DefaultActions: [oidc, { ...hello, Order: 2 }] },
      "InvalidLoadBalancerActionException",
      "only valid with the listener protocol 'HTTPS'",
    ],
    [
      "a config of another type",
      { DefaultActions: [{ ...hello, Type: "forward" }] },
      "InvalidLoadBalancerActionException",
      "FixedResponseConfig can only",
    ],
    [
      "mutual TLS in clear",
      { MutualAuthentication: { Mode: "passthrough" } },
      "InvalidConfigurationRequestException",
      "HTTPS",
    ],
    [
      "mutual TLS without a trust store",
      { MutualAuthentication: { Mode: "verify" } },
      "ValidationError",
      "A trust store ARN",
    ],
  ])("is refused with AWS's error for %s", async ([, input, name, message]) => {
    const { LoadBalancerArn } = await balancer();
    await expect(listener({ LoadBalancerArn: LoadBalancerArn!, ...input })).rejects.toEqual(refusal(name, message));
    expect((await client.describeListeners({ LoadBalancerArn })).Listeners).toEqual([]);
  });

  it("shows forward, redirect and fixed-response actions as AWS does", async () => {
    const { LoadBalancerArn } = await balancer();
    const { TargetGroupArn } = await group();
    const stickiness = { TargetGroupStickinessConfig: { Enabled: false } };
    const cases: [elb.Action, elb.Action][] = [
      [
        { Type: "forward", TargetGroupArn },
        {
          Type: "forward",
          TargetGroupArn,
          ForwardConfig: { TargetGroups: [{ TargetGroupArn, Weight: 1 }], ...stickiness },
        },
      ],
      [
        { Type: "redirect", Order: 1, RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" } },
        {
          Type: "redirect",
          Order: 1,
          RedirectConfig: {
            Protocol: "HTTPS",
            Port: "443",
            Host: "#{host}",
            Path: "/#{path}",
            Query: "#{query}",
            StatusCode: "HTTP_301",
          },
        },
      ],
      [hello, hello],
    ];
    for (const [index, [given, shown]] of cases.entries()) {
      const { ListenerArn } = await listener({
        LoadBalancerArn: LoadBalancerArn!,
        Port: 80 + index,
        DefaultActions: [given],
      });
      const { Listeners } = await client.describeListeners({ ListenerArns: [ListenerArn!] });
      expect(Listeners?.[0]?.DefaultActions).toEqual([shown]);
      const { Rules } = await client.describeRules({ ListenerArn });
      expect(Rules).toEqual([
        { RuleArn: Rules![0]!.RuleArn, Priority: "default", Conditions: [], Actions: [shown], IsDefault: true },
      ]);
      expect((await client.describeRules({ RuleArns: [Rules![0]!.RuleArn!] })).Rules).toEqual(Rules);
    }
    const unknown = client.describeRules({
      RuleArns: [`${LoadBalancerArn!.replace("loadbalancer", "listener-rule")}/0/0`],
    });
    await expect(unknown).rejects.toEqual(refusal("RuleNotFoundException"));
  });

  it("has attributes, of which those that nobody set keep AWS's defaults", async () => {
    const { LoadBalancerArn } = await balancer({ Type: "network" });
    const { ListenerArn } = await listener({
      LoadBalancerArn: LoadBalancerArn!,
      Protocol: "TCP",
      DefaultActions: [{ Type: "forward", TargetGroupArn: (await group({ Protocol: "TCP" })).TargetGroupArn }],
    });
    const { Attributes } = await client.describeListenerAttributes({ ListenerArn });
    expect(Attributes).toEqual([{ Key: "tcp.idle_timeout.seconds", Value: "350" }]);
    const changed = [{ Key: "tcp.idle_timeout.seconds", Value: "60" }];
    expect((await client.modifyListenerAttributes({ ListenerArn, Attributes: changed })).Attributes).toEqual(changed);
    expect((await client.describeListenerAttributes({ ListenerArn })).Attributes).toEqual(changed);
    const short = client.modifyListenerAttributes({ ListenerArn, Attributes: [{ ...changed[0]!, Value: "59" }] });
    await expect(short).rejects.toEqual(refusal("ValidationError", "between '60-6000' inclusive"));
  });
});

describe("security policies", () => {
  it("are described by name, in pages, and for one type of load balancer", async () => {
    const { SslPolicies } = await client.describeSSLPolicies({ Names: ["ELBSecurityPolicy-FS-1-2-Res-2020-10"] });
    expect(SslPolicies).toEqual([
      {
        Name: "ELBSecurityPolicy-FS-1-2-Res-2020-10",
        SslProtocols: ["TLSv1.2"],
        Ciphers: [
          { Name: "ECDHE-ECDSA-AES128-GCM-SHA256", Priority: 1 },
          { Name: "ECDHE-RSA-AES128-GCM-SHA256", Priority: 2 },
          { Name: "ECDHE-ECDSA-AES256-GCM-SHA384", Priority: 3 },
          { Name: "ECDHE-RSA-AES256-GCM-SHA384", Priority: 4 },
        ],
        SupportedLoadBalancerTypes: ["application", "network"],
      },
    ]);
    const names: (string | undefined)[] = [];
    const input: elb.DescribeSSLPoliciesCommandInput = { LoadBalancerType: "application", PageSize: 20 };
    do {
      const { SslPolicies: some, NextMarker } = await client.describeSSLPolicies(input);
      names.push(...some!.map(({ Name }) => Name));
      input.Marker = NextMarker;
    } while (input.Marker);
    expect(new Set(names).size).toBe(44);
    const unknown = client.describeSSLPolicies({ Names: ["x"] });
    await expect(unknown).rejects.toEqual(refusal("SSLPolicyNotFoundException"));
  });

  it("and the limits that are enforced are told", async () => {
    const { Limits } = await client.describeAccountLimits({});
    expect(Limits).toContainEqual({ Name: "certificates-per-application-load-balancer", Max: "25" });
  });
});
