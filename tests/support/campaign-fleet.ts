import { Resolver } from "node:dns/promises";
import {
  type ACMClient,
  DescribeCertificateCommand,
  paginateListCertificates,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import type { EC2Client } from "@aws-sdk/client-ec2";
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  type ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, type Route53Client } from "@aws-sdk/client-route-53";
import { defaultNetwork, openGroup } from "#cli/demo/network.ts";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type Front, handshake, openPort } from "#cli/demo/wire.ts";
import { showHostPort } from "#main/addresses.ts";

interface FleetClients {
  readonly acm: ACMClient;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly route53: Route53Client;
}

/** Certificates of which the first are served by one load balancer, by their names. */
export interface CertificateFleet {
  readonly zoneId: string;
  readonly arns: readonly string[];
  readonly hosts: readonly string[];
  readonly front: Omit<Front, "host">;
}

/** Makes them by the API: requested, proved by records in a zone of our own, issued, attached, and seen. */
export async function openFleet(
  product: Pick<Product, "endpoint" | "dns">,
  clients: FleetClients,
  { certificates, served, domain }: { readonly certificates: number; readonly served: number; readonly domain: string },
): Promise<CertificateFleet> {
  const { acm, elbv2, route53 } = clients;
  const made = await route53.send(new CreateHostedZoneCommand({ Name: domain, CallerReference: domain }));
  const zoneId = made.HostedZone?.Id ?? "";
  const arns = await inPieces(certificates, (i) => request(clients, zoneId, `c${i}.${domain}`));
  const wanted = new Set(arns);
  await until(
    "all are issued",
    async () => ((await countIssued(acm, wanted)) === certificates ? true : undefined),
    300,
  );
  const listener = await listen(clients, arns[0] ?? "");
  for (let at = 1; at < served; at += 1) {
    const Certificates = [{ CertificateArn: arns[at] }];
    await elbv2.send(new AddListenerCertificatesCommand({ ListenerArn: listener.arn, Certificates }));
  }
  const resolver = new Resolver({ timeout: 2_000 });
  resolver.setServers([showHostPort(product.dns)]);
  const address = await until(
    "the load balancer has an address",
    async () => (await resolver.resolve4(listener.name))[0],
  );
  const root = await fetch(`${product.endpoint}/ca/root.pem`).then((answer) => answer.text());
  const hosts = Array.from({ length: served }, (_, i) => `c${i}.${domain}`);
  const port = await until("it listens", () => openPort(address, [443, 8443]).catch(() => undefined), 30);
  const front = { address, port, root };
  for (const host of hosts) {
    await until(`${host} is served`, () => handshake({ ...front, host }).catch(() => undefined), 60);
  }
  return { zoneId, arns, hosts, front };
}

/** Clients that make verified handshakes for these names, one after the other, until they are stopped. */
export interface HandshakeLoad {
  stop(): Promise<{ readonly handshakes: number; readonly lost: readonly string[] }>;
}

export function handshakeLoad({ hosts, front }: CertificateFleet, clients: number): HandshakeLoad {
  const lost: string[] = [];
  let handshakes = 0;
  let stopped = false;
  const one = async (first: number): Promise<void> => {
    for (let at = first; !stopped; at += 1) {
      const host = hosts[at % hosts.length] ?? "";
      await handshake({ ...front, host }).then(
        () => {
          handshakes += 1;
        },
        (error: unknown) => {
          lost.push(`${host}: ${error instanceof Error ? error.message : String(error)}`);
        },
      );
    }
  };
  const running = Array.from({ length: clients }, (_, i) => one(i * 7));
  return {
    async stop() {
      stopped = true;
      await Promise.all(running);
      return { handshakes, lost };
    },
  };
}

async function request({ acm, route53 }: FleetClients, zoneId: string, host: string): Promise<string> {
  const wanted = { DomainName: host, ValidationMethod: "DNS", KeyAlgorithm: "EC_prime256v1" } as const;
  const { CertificateArn = "" } = await acm.send(new RequestCertificateCommand(wanted));
  const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
  const { Name, Value } = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord ?? {};
  const ResourceRecordSet = { Name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value }] };
  const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet }] };
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
  return CertificateArn;
}

async function countIssued(acm: ACMClient, wanted: ReadonlySet<string>): Promise<number> {
  let count = 0;
  const Includes = { keyTypes: ["EC_prime256v1" as const] };
  for await (const page of paginateListCertificates({ client: acm }, { CertificateStatuses: ["ISSUED"], Includes })) {
    count += (page.CertificateSummaryList ?? []).filter(({ CertificateArn = "" }) => wanted.has(CertificateArn)).length;
  }
  return count;
}

async function listen({ ec2, elbv2 }: FleetClients, certificateArn: string): Promise<{ arn: string; name: string }> {
  const { subnets } = await defaultNetwork(ec2);
  const SecurityGroups = [await openGroup(ec2, "open")];
  const made = await elbv2.send(
    new CreateLoadBalancerCommand({ Name: "fleet", Subnets: [...subnets], SecurityGroups }),
  );
  const { LoadBalancerArn, DNSName = "" } = made.LoadBalancers?.[0] ?? {};
  const { Listeners = [] } = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn,
      Protocol: "HTTPS",
      Port: 443,
      Certificates: [{ CertificateArn: certificateArn }],
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
    }),
  );
  return { arn: Listeners[0]?.ListenerArn ?? "", name: DNSName };
}

async function inPieces<Result>(count: number, make: (i: number) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let at = 0; at < count; at += AT_ONCE) {
    const piece = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, i) => make(at + i));
    results.push(...(await Promise.all(piece)));
  }
  return results;
}

const AT_ONCE = 8;
