import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as elb from "@aws-sdk/client-elastic-load-balancing-v2";
import { beforeAll, expect, test } from "vitest";
import { defaultNetwork } from "#cli/demo/network.ts";
import { leavePlace, newPlace, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { clientsOf } from "../support/shop.ts";
import { testAuthority } from "../support/trust.ts";

/**
 * The calls that Terraform's AWS provider makes for load balancers, in its order and with what it reads and waits for.
 * https://github.com/hashicorp/terraform-provider-aws, internal/service/elbv2
 */
let product: Product;
let place: Awaited<ReturnType<typeof newPlace>>;
beforeAll(async () => {
  place = await newPlace();
  const authority = await testAuthority("clients");
  const trust = join(place.dataDir, "objects", "trust");
  mkdirSync(trust, { recursive: true });
  writeFileSync(join(trust, "ca.pem"), authority.certificate);
  writeFileSync(join(trust, "list.crl"), await authority.crl(["0a"]));
  product = await startProduct(place, { "log-level": "warn" });
  return async () => {
    await product.stop();
    leavePlace(place);
  };
});

/** What the provider reads of everything that it made: the thing, its attributes and its tags. */
async function readBalancer(client: elb.ElasticLoadBalancingV2Client, LoadBalancerArn: string) {
  const { LoadBalancers = [] } = await client.send(
    new elb.DescribeLoadBalancersCommand({ LoadBalancerArns: [LoadBalancerArn] }),
  );
  const { Attributes = [] } = await client.send(new elb.DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
  await client.send(new elb.DescribeCapacityReservationCommand({ LoadBalancerArn }));
  await client.send(new elb.DescribeTagsCommand({ ResourceArns: [LoadBalancerArn] }));
  return { balancer: LoadBalancers[0], attributes: attributesOf(Attributes) };
}

const attributesOf = (attributes: readonly elb.ListenerAttribute[]) =>
  Object.fromEntries(attributes.map(({ Key = "", Value }) => [Key, Value]));

/** aws_lb: create, wait until it is active, write every attribute that the resource has, read. */
async function makeBalancer(
  Name: string,
  Type: "application" | "network",
  changes: readonly elb.LoadBalancerAttribute[],
) {
  const { elbv2, ec2 } = clientsOf(product);
  const { subnets } = await defaultNetwork(ec2);
  const { LoadBalancers = [] } = await elbv2.send(
    new elb.CreateLoadBalancerCommand({ Name, Type, Subnets: [...subnets], Tags: [{ Key: "Name", Value: Name }] }),
  );
  const LoadBalancerArn = LoadBalancers[0]?.LoadBalancerArn ?? "";
  await until("the load balancer is active", async () => {
    const { balancer } = await readBalancer(elbv2, LoadBalancerArn);
    expect(["provisioning", "active"]).toContain(balancer?.State?.Code);
    return balancer?.State?.Code === "active" ? true : undefined;
  });
  for (const change of changes) {
    await elbv2.send(new elb.ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: [change] }));
  }
  return LoadBalancerArn;
}

/** aws_lb_target_group: create, write the attributes of its protocol, read. */
async function makeGroup(input: elb.CreateTargetGroupCommandInput, changes: readonly elb.TargetGroupAttribute[]) {
  const { elbv2, ec2 } = clientsOf(product);
  const { vpcId } = await defaultNetwork(ec2);
  const { TargetGroups = [] } = await elbv2.send(new elb.CreateTargetGroupCommand({ VpcId: vpcId, ...input }));
  const TargetGroupArn = TargetGroups[0]?.TargetGroupArn ?? "";
  await elbv2.send(new elb.DescribeTargetGroupsCommand({ TargetGroupArns: [TargetGroupArn] }));
  await elbv2.send(new elb.ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes: [...changes] }));
  const { Attributes = [] } = await elbv2.send(new elb.DescribeTargetGroupAttributesCommand({ TargetGroupArn }));
  expect(attributesOf(Attributes)).toMatchObject(attributesOf(changes));
  await elbv2.send(new elb.DescribeTagsCommand({ ResourceArns: [TargetGroupArn] }));
  return TargetGroupArn;
}

test("aws_lb, aws_lb_target_group, aws_lb_listener and aws_lb_listener_rule, made, changed and gone", async () => {
  const { elbv2 } = clientsOf(product);
  const LoadBalancerArn = await makeBalancer("tf-app", "application", [
    { Key: "access_logs.s3.enabled", Value: "false" },
    { Key: "routing.http.desync_mitigation_mode", Value: "strictest" },
    { Key: "client_keep_alive.seconds", Value: "7200" },
    { Key: "waf.fail_open.enabled", Value: "false" },
    { Key: "zonal_shift.config.enabled", Value: "false" },
  ]);
  expect((await readBalancer(elbv2, LoadBalancerArn)).attributes).toMatchObject({
    "client_keep_alive.seconds": "7200",
  });
  const http = { Protocol: "HTTP", Port: 8080, TargetType: "ip" } as const;
  const one = await makeGroup({ Name: "tf-one", ...http, ProtocolVersion: "HTTP2" }, [
    { Key: "deregistration_delay.timeout_seconds", Value: "30" },
    { Key: "slow_start.duration_seconds", Value: "60" },
    { Key: "stickiness.enabled", Value: "true" },
    { Key: "stickiness.type", Value: "lb_cookie" },
    { Key: "stickiness.lb_cookie.duration_seconds", Value: "600" },
  ]);
  const two = await makeGroup({ Name: "tf-two", ...http, ProtocolVersion: "GRPC", Matcher: { GrpcCode: "0-12" } }, [
    { Key: "load_balancing.algorithm.type", Value: "weighted_random" },
    { Key: "load_balancing.algorithm.anomaly_mitigation", Value: "on" },
  ]);
  await elbv2.send(new elb.RegisterTargetsCommand({ TargetGroupArn: one, Targets: [{ Id: "10.0.0.1", Port: 8081 }] }));
  const { TargetHealthDescriptions } = await elbv2.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn: one }));
  expect(TargetHealthDescriptions?.[0]?.Target).toMatchObject({ Id: "10.0.0.1", Port: 8081 });

  const { Listeners = [] } = await elbv2.send(
    new elb.CreateListenerCommand({
      LoadBalancerArn,
      Protocol: "HTTP",
      Port: 8080,
      DefaultActions: [{ Type: "forward", Order: 1, TargetGroupArn: one }],
    }),
  );
  const ListenerArn = Listeners[0]?.ListenerArn ?? "";
  await elbv2.send(new elb.DescribeListenersCommand({ ListenerArns: [ListenerArn] }));
  const Attributes = [{ Key: "routing.http.response.server.enabled", Value: "false" }];
  await elbv2.send(new elb.ModifyListenerAttributesCommand({ ListenerArn, Attributes }));
  const read = await elbv2.send(new elb.DescribeListenerAttributesCommand({ ListenerArn }));
  expect(attributesOf(read.Attributes ?? [])).toMatchObject({ "routing.http.response.server.enabled": "false" });

  // Without a priority the provider looks for the highest and takes the next; PriorityInUse makes it look again.
  const rules = async (): Promise<elb.Rule[]> => {
    const found: elb.Rule[] = [];
    for (let Marker: string | undefined; ; ) {
      const page = await elbv2.send(
        new elb.DescribeRulesCommand({ ListenerArn, PageSize: 1, ...(Marker && { Marker }) }),
      );
      found.push(...(page.Rules ?? []));
      Marker = page.NextMarker;
      if (!Marker) return found;
    }
  };
  const create = (Priority: number, input: Partial<elb.CreateRuleCommandInput> = {}) =>
    elbv2.send(
      new elb.CreateRuleCommand({
        ListenerArn,
        Priority,
        Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/static/*"] } }],
        Actions: [{ Type: "forward", Order: 1, TargetGroupArn: one }],
        Tags: [{ Key: "Name", Value: "rule" }],
        ...input,
      }),
    );
  await create(99);
  await expect(create(99)).rejects.toMatchObject({ name: "PriorityInUseException" });
  const highest = Math.max(...(await rules()).map(({ Priority }) => Number(Priority)).filter(Number.isInteger));
  expect(highest).toBe(99);
  const weighted: elb.Action = {
    Type: "forward",
    Order: 1,
    ForwardConfig: {
      TargetGroups: [
        { TargetGroupArn: one, Weight: 80 },
        { TargetGroupArn: two, Weight: 20 },
      ],
      TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
    },
  };
  const made = await create(highest + 1, {
    Actions: [weighted],
    Conditions: [
      { Field: "host-header", HostHeaderConfig: { Values: ["example.com"] } },
      { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Forwarded-For", Values: ["192.168.1.*"] } },
    ],
  });
  const RuleArn = made.Rules?.[0]?.RuleArn ?? "";
  const { Rules: shown = [] } = await elbv2.send(new elb.DescribeRulesCommand({ RuleArns: [RuleArn] }));
  expect(shown[0]?.Actions).toEqual([weighted]);
  await elbv2.send(new elb.DescribeTagsCommand({ ResourceArns: [RuleArn] }));
  // An update: first the priority, then the rest.
  await elbv2.send(new elb.SetRulePrioritiesCommand({ RulePriorities: [{ RuleArn, Priority: 7 }] }));
  await elbv2.send(
    new elb.ModifyRuleCommand({
      RuleArn,
      Conditions: [{ Field: "host-header", HostHeaderConfig: { RegexValues: ["^shop\\.[a-z]+\\.com$"] } }],
      Actions: [
        { Type: "redirect", Order: 1, RedirectConfig: { Port: "443", Protocol: "HTTPS", StatusCode: "HTTP_301" } },
      ],
    }),
  );
  expect((await rules()).map(({ Priority }) => Priority)).toEqual(["7", "99", "default"]);

  for (const rule of await rules()) {
    if (!rule.IsDefault) await elbv2.send(new elb.DeleteRuleCommand({ RuleArn: rule.RuleArn }));
  }
  await expect(elbv2.send(new elb.DescribeRulesCommand({ RuleArns: [RuleArn] }))).rejects.toMatchObject({
    name: "RuleNotFoundException",
  });
  await expect(elbv2.send(new elb.DeleteTargetGroupCommand({ TargetGroupArn: one }))).rejects.toMatchObject({
    name: "ResourceInUseException", // the provider waits for its end
  });
  await elbv2.send(new elb.DeleteListenerCommand({ ListenerArn }));
  for (const TargetGroupArn of [one, two]) await elbv2.send(new elb.DeleteTargetGroupCommand({ TargetGroupArn }));
  await elbv2.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn }));
});

test("aws_lb of the type network with UDP, and aws_lb_target_group_attachment of an Application Load Balancer", async () => {
  const { elbv2 } = clientsOf(product);
  const LoadBalancerArn = await makeBalancer("tf-net", "network", [
    { Key: "load_balancing.cross_zone.enabled", Value: "true" },
    { Key: "dns_record.client_routing_policy", Value: "any_availability_zone" },
  ]);
  const behind = await makeBalancer("tf-behind", "application", []);
  const hello = {
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: "200", ContentType: "text/plain" },
  } as const;
  await elbv2.send(
    new elb.CreateListenerCommand({ LoadBalancerArn: behind, Protocol: "HTTP", Port: 8080, DefaultActions: [hello] }),
  );
  const alb = await makeGroup({ Name: "tf-alb", Protocol: "TCP", Port: 8080, TargetType: "alb" }, [
    { Key: "proxy_protocol_v2.enabled", Value: "false" },
  ]);
  await elbv2.send(new elb.RegisterTargetsCommand({ TargetGroupArn: alb, Targets: [{ Id: behind, Port: 8080 }] }));
  const dns = await makeGroup({ Name: "tf-dns", Protocol: "UDP", Port: 53, TargetType: "ip" }, [
    { Key: "deregistration_delay.connection_termination.enabled", Value: "true" },
    { Key: "stickiness.enabled", Value: "true" },
    { Key: "stickiness.type", Value: "source_ip" },
  ]);
  for (const [Protocol, Port, TargetGroupArn] of [
    ["TCP", 8080, alb],
    ["UDP", 5353, dns],
  ] as const) {
    const DefaultActions = [{ Type: "forward" as const, TargetGroupArn }];
    const made = await elbv2.send(new elb.CreateListenerCommand({ LoadBalancerArn, Protocol, Port, DefaultActions }));
    await elbv2.send(new elb.DescribeListenerAttributesCommand({ ListenerArn: made.Listeners?.[0]?.ListenerArn }));
  }
  await elbv2.send(new elb.DeregisterTargetsCommand({ TargetGroupArn: alb, Targets: [{ Id: behind, Port: 8080 }] }));
  await elbv2.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn }));
  await elbv2.send(new elb.DeleteLoadBalancerCommand({ LoadBalancerArn: behind }));
});

test("aws_lb_trust_store with aws_lb_trust_store_revocation, made, read and gone", async () => {
  const { elbv2 } = clientsOf(product);
  const { TrustStores = [] } = await elbv2.send(
    new elb.CreateTrustStoreCommand({
      Name: "tf",
      CaCertificatesBundleS3Bucket: "trust",
      CaCertificatesBundleS3Key: "ca.pem",
      Tags: [{ Key: "Name", Value: "tf" }],
    }),
  );
  const TrustStoreArn = TrustStores[0]?.TrustStoreArn ?? "";
  await until("the trust store is ACTIVE", async () => {
    const found = await elbv2.send(new elb.DescribeTrustStoresCommand({ TrustStoreArns: [TrustStoreArn] }));
    return found.TrustStores?.[0]?.Status === "ACTIVE" ? true : undefined;
  });
  await elbv2.send(new elb.DescribeTagsCommand({ ResourceArns: [TrustStoreArn] }));
  const RevocationContents = [{ S3Bucket: "trust", S3Key: "list.crl", RevocationType: "CRL" as const }];
  const added = await elbv2.send(new elb.AddTrustStoreRevocationsCommand({ TrustStoreArn, RevocationContents }));
  const RevocationId = added.TrustStoreRevocations?.[0]?.RevocationId ?? 0;
  await elbv2.send(new elb.DescribeTrustStoreRevocationsCommand({ TrustStoreArn, RevocationIds: [RevocationId] }));
  const { Location = "" } = await elbv2.send(
    new elb.GetTrustStoreRevocationContentCommand({ TrustStoreArn, RevocationId }),
  );
  const file = await fetch(Location);
  expect([file.status, (await file.text()).startsWith("-----BEGIN X509 CRL-----")]).toEqual([200, true]);
  expect((await fetch(`${Location}A`)).status).toBe(403);
  await elbv2.send(
    new elb.ModifyTrustStoreCommand({
      TrustStoreArn,
      CaCertificatesBundleS3Bucket: "trust",
      CaCertificatesBundleS3Key: "ca.pem",
    }),
  );
  await elbv2.send(new elb.RemoveTrustStoreRevocationsCommand({ TrustStoreArn, RevocationIds: [RevocationId] }));
  await elbv2.send(new elb.DeleteTrustStoreCommand({ TrustStoreArn }));
  await expect(
    elbv2.send(new elb.DescribeTrustStoresCommand({ TrustStoreArns: [TrustStoreArn] })),
  ).rejects.toMatchObject({ name: "TrustStoreNotFoundException" });
});
