import {
  ACMClient,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import { EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
  DescribeListenersCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListHostedZonesByNameCommand,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { defaultNetwork, openGroup } from "#cli/demo/network.ts";
import type { Credentials } from "#cli/demo/product.ts";

/** A client that lives through outages: it asks again until it is answered, with calls that may be repeated. */
export interface PersistentClient {
  zone(domain: string): Promise<string>;
  certificate(domain: string, token: string): Promise<string>;
  describe(arn: string): Promise<Described>;
  record(zoneId: string, name: string, value: string): Promise<void>;
  balancer(name: string): Promise<{ readonly arn: string; readonly dnsName: string }>;
  listener(balancerArn: string, certificateArn: string): Promise<string>;
  deleteListener(arn: string): Promise<void>;
  deleteBalancer(arn: string): Promise<void>;
  deleteCertificate(arn: string): Promise<void>;
}

export interface Described {
  readonly status: string;
  readonly serial: string;
  readonly record: { readonly name: string; readonly value: string };
  readonly inUseBy: readonly string[];
}

export function persistentClient(endpoint: string, credentials: Credentials): PersistentClient {
  const settings = { region: "eu-west-1", endpoint, credentials, maxAttempts: 1 };
  const acm = new ACMClient(settings);
  const route53 = new Route53Client(settings);
  const ec2 = new EC2Client(settings);
  const elbv2 = new ElasticLoadBalancingV2Client(settings);
  return {
    zone: (domain) =>
      insist(async () => {
        try {
          const made = await route53.send(new CreateHostedZoneCommand({ Name: domain, CallerReference: domain }));
          return made.HostedZone?.Id ?? "";
        } catch (error) {
          if (nameOf(error) !== "HostedZoneAlreadyExists") throw error;
          const known = await route53.send(new ListHostedZonesByNameCommand({ DNSName: domain }));
          return known.HostedZones?.[0]?.Id ?? "";
        }
      }),
    certificate: (domain, token) =>
      insist(async () => {
        const input = { DomainName: domain, ValidationMethod: "DNS" as const, IdempotencyToken: token };
        return (await acm.send(new RequestCertificateCommand(input))).CertificateArn ?? "";
      }),
    describe: (arn) =>
      insist(async () => {
        const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
        const record = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord;
        return {
          status: Certificate?.Status ?? "",
          serial: (Certificate?.Serial ?? "").replaceAll(":", ""),
          record: { name: record?.Name ?? "", value: record?.Value ?? "" },
          inUseBy: Certificate?.InUseBy ?? [],
        };
      }),
    record: (zoneId, name, value) =>
      insist(async () => {
        const set = { Name: name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value: value }] };
        const ChangeBatch = { Changes: [{ Action: "UPSERT" as const, ResourceRecordSet: set }] };
        await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
      }),
    balancer: (name) =>
      insist(async () => {
        const { subnets } = await defaultNetwork(ec2);
        const SecurityGroups = [await openGroup(ec2, "open")];
        const wanted = { Name: name, Subnets: [...subnets], SecurityGroups };
        const made = await elbv2.send(new CreateLoadBalancerCommand(wanted));
        const balancer = made.LoadBalancers?.[0];
        return { arn: balancer?.LoadBalancerArn ?? "", dnsName: balancer?.DNSName ?? "" };
      }),
    listener: (balancerArn, certificateArn) =>
      insist(async () => {
        try {
          const made = await elbv2.send(
            new CreateListenerCommand({
              LoadBalancerArn: balancerArn,
              Protocol: "HTTPS",
              Port: 443,
              Certificates: [{ CertificateArn: certificateArn }],
              DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
            }),
          );
          return made.Listeners?.[0]?.ListenerArn ?? "";
        } catch (error) {
          if (nameOf(error) !== "DuplicateListenerException") throw error;
          const known = await elbv2.send(new DescribeListenersCommand({ LoadBalancerArn: balancerArn }));
          return known.Listeners?.[0]?.ListenerArn ?? "";
        }
      }),
    deleteListener: (arn) =>
      gone("ListenerNotFoundException", () => elbv2.send(new DeleteListenerCommand({ ListenerArn: arn }))),
    deleteBalancer: (arn) =>
      gone("LoadBalancerNotFoundException", () => elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: arn }))),
    deleteCertificate: (arn) =>
      gone("ResourceNotFoundException", () => acm.send(new DeleteCertificateCommand({ CertificateArn: arn }))),
  };
}

/** A deletion whose answer was lost finds nothing left to delete. */
function gone(notFound: string, call: () => Promise<unknown>): Promise<void> {
  return insist(async () => {
    await call().catch((error: unknown) => {
      if (nameOf(error) !== notFound) throw error;
    });
  });
}

/** Tries again after an outage (no connection, or a fault of the server), but not after a refusal. */
async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries > 600 || statusOf(error) < 500) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** The status of an answer; 599 when there was none. */
function statusOf(error: unknown): number {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
  return metadata?.httpStatusCode ?? 599;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
