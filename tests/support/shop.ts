import { Resolver } from "node:dns/promises";
import { Agent } from "node:https";
import {
  ACMClient,
  type CertificateDetail,
  DescribeCertificateCommand,
  ImportCertificateCommand,
  RequestCertificateCommand,
} from "@aws-sdk/client-acm";
import { EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { type GrantListEntry, KMSClient, ListAliasesCommand, ListGrantsCommand } from "@aws-sdk/client-kms";
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { onTestFinished } from "vitest";
import { defaultNetwork, openGroup } from "#cli/demo/network.ts";
import type { Credentials, Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type Front, get, openPort } from "#cli/demo/wire.ts";
import { type HostPort, showHostPort } from "#main/addresses.ts";
import { application } from "./application.ts";
import type { Foreign } from "./self-signed.ts";

/** Unmodified SDK clients of one region. */
export interface Clients {
  readonly acm: ACMClient;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly kms: KMSClient;
  readonly route53: Route53Client;
}

/** A domain with a certificate that a load balancer serves, in front of an application that answers "hello …". */
export interface Shop extends Front {
  readonly clients: Clients;
  readonly domain: string;
  readonly zoneId: string;
  readonly certificateArn: string;
  readonly loadBalancerArn: string;
  readonly balancerName: string;
  readonly balancerZoneId: string;
  readonly targetGroupArn: string;
  readonly listenerArn: string;
}

export interface ShopOptions {
  readonly domain?: string;
  /** A certificate to import; one is requested when there is none. */
  readonly imported?: Import;
  readonly clients?: Clients;
}

/** A certificate from elsewhere; clients trust its chain, or itself when it signed itself, instead of our root. */
export interface Import extends Foreign {
  readonly chain?: string;
}

export const REGION = "eu-west-1";

/** `ca` is whom to trust where the endpoint is HTTPS, PEM. */
export function clientsOf(
  { endpoint, credentials }: { readonly endpoint: string; readonly credentials: Credentials },
  { region = REGION, ca }: { readonly region?: string; readonly ca?: string } = {},
): Clients {
  const requestHandler = ca === undefined ? {} : { requestHandler: { httpsAgent: new Agent({ ca, keepAlive: true }) } };
  const settings = { region, endpoint, credentials, ...requestHandler };
  const clients = {
    acm: new ACMClient(settings),
    ec2: new EC2Client(settings),
    elbv2: new ElasticLoadBalancingV2Client(settings),
    kms: new KMSClient(settings),
    route53: new Route53Client(settings),
  };
  onTestFinished(() => {
    for (const client of Object.values(clients)) client.destroy();
  });
  return clients;
}

/** Everything up to the first answer of the application over verified TLS, to `www.<domain>`. */
export async function openShop(product: Product, options: ShopOptions = {}): Promise<Shop> {
  const { domain = "shop.example", imported, clients = clientsOf(product) } = options;
  const zoneId = await makeZone(clients, domain);
  const host = `www.${domain}`;
  const certificateArn = imported ? await importForeign(clients, imported) : await issue(clients, domain, zoneId);
  const balancer = await serveWith(clients, certificateArn, domain.split(".")[0] ?? domain);
  const alias = { DNSName: balancer.balancerName, HostedZoneId: balancer.balancerZoneId, EvaluateTargetHealth: false };
  await change(clients, zoneId, { Name: host, Type: "A", AliasTarget: alias });
  const root = imported?.chain ?? imported?.certificate ?? (await rootOf(product));
  const ask = async (): Promise<Front | undefined> => {
    const front = { ...(await frontOf(product.dns, host)), host, root };
    return (await get(front)).status === 200 ? front : undefined;
  };
  const front = await until("the application answers", () => ask().catch(() => undefined));
  return { ...front, ...balancer, clients, domain, zoneId, certificateArn };
}

export function rootOf({ endpoint }: Pick<Product, "endpoint">): Promise<string> {
  return fetch(`${endpoint}/ca/root.pem`).then((answer) => answer.text());
}

export async function makeZone({ route53 }: Clients, domain: string): Promise<string> {
  const made = await route53.send(new CreateHostedZoneCommand({ Name: domain, CallerReference: domain }));
  return made.HostedZone?.Id ?? "";
}

/** A pending certificate for the domain and everything below it. */
export async function request({ acm }: Clients, domain: string): Promise<string> {
  const wanted = { DomainName: domain, SubjectAlternativeNames: [`*.${domain}`], ValidationMethod: "DNS" as const };
  return (await acm.send(new RequestCertificateCommand(wanted))).CertificateArn ?? "";
}

/** Writes the record that proves a pending certificate's domain. */
export async function prove(clients: Clients, certificateArn: string, zoneId: string): Promise<void> {
  const { DomainValidationOptions = [] } = await describe(clients, certificateArn);
  const { Name, Value } = DomainValidationOptions[0]?.ResourceRecord ?? {};
  await change(clients, zoneId, { Name, Type: "CNAME", TTL: 60, ResourceRecords: [{ Value }] });
}

/** Requests a certificate, proves it and waits for it. */
export async function issue(clients: Clients, domain: string, zoneId: string): Promise<string> {
  const certificateArn = await request(clients, domain);
  await prove(clients, certificateArn, zoneId);
  await until("the certificate is issued", async () =>
    (await describe(clients, certificateArn)).Status === "ISSUED" ? true : undefined,
  );
  return certificateArn;
}

export async function importForeign(
  { acm }: Clients,
  { certificate, privateKey, chain }: Import,
  certificateArn?: string,
): Promise<string> {
  const imported = await acm.send(
    new ImportCertificateCommand({
      CertificateArn: certificateArn,
      Certificate: Buffer.from(certificate),
      PrivateKey: Buffer.from(privateKey),
      CertificateChain: chain === undefined ? undefined : Buffer.from(chain),
    }),
  );
  return imported.CertificateArn ?? "";
}

/** A load balancer with a target and an HTTPS listener. */
export async function serveWith(
  clients: Clients,
  certificateArn: string,
  name: string,
): Promise<Pick<Shop, "loadBalancerArn" | "balancerName" | "balancerZoneId" | "targetGroupArn" | "listenerArn">> {
  const { ec2, elbv2 } = clients;
  const { loadBalancerArn, balancerName, balancerZoneId } = await makeBalancer(clients, name);
  const group = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: name,
      Protocol: "HTTP",
      Port: 80,
      TargetType: "ip",
      VpcId: (await defaultNetwork(ec2)).vpcId,
      HealthCheckIntervalSeconds: 5,
      HealthCheckTimeoutSeconds: 2,
      HealthyThresholdCount: 2,
    }),
  );
  const targetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn ?? "";
  const target = { Id: "127.0.0.1", Port: await application() };
  await elbv2.send(new RegisterTargetsCommand({ TargetGroupArn: targetGroupArn, Targets: [target] }));
  const listener = await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: loadBalancerArn,
      Protocol: "HTTPS",
      Port: 443,
      Certificates: [{ CertificateArn: certificateArn }],
      DefaultActions: [{ Type: "forward", TargetGroupArn: targetGroupArn }],
    }),
  );
  const listenerArn = listener.Listeners?.[0]?.ListenerArn ?? "";
  return { loadBalancerArn, balancerName, balancerZoneId, targetGroupArn, listenerArn };
}

/** An Application Load Balancer in the default VPC that everybody may connect to. */
export async function makeBalancer(
  { ec2, elbv2 }: Clients,
  name: string,
): Promise<Pick<Shop, "loadBalancerArn" | "balancerName" | "balancerZoneId">> {
  const { subnets } = await defaultNetwork(ec2);
  const SecurityGroups = [await openGroup(ec2, "open")];
  const made = await elbv2.send(new CreateLoadBalancerCommand({ Name: name, Subnets: [...subnets], SecurityGroups }));
  const { LoadBalancerArn = "", DNSName = "", CanonicalHostedZoneId = "" } = made.LoadBalancers?.[0] ?? {};
  return { loadBalancerArn: LoadBalancerArn, balancerName: DNSName, balancerZoneId: CanonicalHostedZoneId };
}

export async function describe({ acm }: Clients, certificateArn: string): Promise<CertificateDetail> {
  const answer = await acm.send(new DescribeCertificateCommand({ CertificateArn: certificateArn }));
  return answer.Certificate ?? {};
}

/** The key behind `alias/aws/acm` and its grants. */
export async function acmKey({ kms }: Clients): Promise<{ keyId: string; grants: readonly GrantListEntry[] }> {
  const { Aliases = [] } = await kms.send(new ListAliasesCommand({}));
  const keyId = Aliases.find(({ AliasName }) => AliasName === "alias/aws/acm")?.TargetKeyId ?? "";
  const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: keyId }));
  return { keyId, grants: Grants };
}

/** Where a name's HTTPS listener is, as our DNS server says and the edge could bind it. */
export async function frontOf(dns: HostPort, host: string): Promise<{ address: string; port: number }> {
  const address = await addressOf(dns, host);
  return { address, port: await openPort(address, [443, 8443]) };
}

export async function addressOf(dns: HostPort, host: string): Promise<string> {
  const resolver = new Resolver({ timeout: 2_000 });
  resolver.setServers([showHostPort(dns)]);
  const [address = ""] = await resolver.resolve4(host);
  return address;
}

async function change({ route53 }: Clients, zoneId: string, set: ResourceRecordSet): Promise<void> {
  const ChangeBatch = { Changes: [{ Action: "CREATE" as const, ResourceRecordSet: set }] };
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch }));
}
