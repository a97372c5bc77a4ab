import { Resolver } from "node:dns/promises";
import { DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import {
  AddListenerCertificatesCommand,
  CreateListenerCommand,
  CreateLoadBalancerCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import { defaultNetwork, openGroup } from "#cli/demo/network.ts";
import { until } from "#cli/demo/until.ts";
import { handshake, openPort } from "#cli/demo/wire.ts";
import { showHostPort } from "#main/addresses.ts";
import { type BenchProduct, benchProduct } from "./product.ts";
import { median, quantile, type Result } from "./result.ts";

/** What a user waits for: from the request to ISSUED, and from attaching to the first verified handshake. */
export async function latency(): Promise<readonly Result[]> {
  await using product = await benchProduct();
  const root = await fetch(`${product.endpoint}/ca/root.pem`).then((answer) => answer.text());
  await proveDomain(product);
  const front = await listener(product, await issue(product, "first.bench.example", "EC_prime256v1"));
  const issued: Record<string, number[]> = { RSA_2048: [], EC_prime256v1: [] };
  const attached: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    for (const algorithm of ["RSA_2048", "EC_prime256v1"] as const) {
      const host = `h${i}-${algorithm.slice(0, 2).toLowerCase()}.bench.example`;
      const began = performance.now();
      const arn = await issue(product, host, algorithm);
      issued[algorithm]?.push(performance.now() - began);
      const attaching = performance.now();
      await attach(product, front, arn, host, root);
      attached.push(performance.now() - attaching);
    }
  }
  const rows = {
    "request to ISSUED, RSA_2048": issued["RSA_2048"],
    "request to ISSUED, EC_prime256v1": issued["EC_prime256v1"],
    "attach to first handshake": attached,
  };
  return Object.entries(rows).flatMap(([what, values = []]) => [
    { what: `${what}, median of ${values.length}`, ours: median(values), unit: "ms", more: false, against: TARGET },
    { what: `${what}, 95th percentile`, ours: quantile(values, 0.95), unit: "ms", more: false, against: TARGET },
  ]);
}

/** The record of a name proves it; the names of this bench are covered by writing each record beforehand. */
async function proveDomain({ route53 }: BenchProduct): Promise<void> {
  await route53.send(new CreateHostedZoneCommand({ Name: "bench.example", CallerReference: "bench" }));
}

async function issue(product: BenchProduct, host: string, algorithm: "RSA_2048" | "EC_prime256v1"): Promise<string> {
  const { CertificateArn = "" } = await product.acm.send(
    new RequestCertificateCommand({ DomainName: host, ValidationMethod: "DNS", KeyAlgorithm: algorithm }),
  );
  const describe = async () => (await product.acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;
  const record = (await describe())?.DomainValidationOptions?.[0]?.ResourceRecord;
  await product.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: await zoneId(product),
      ChangeBatch: {
        Changes: [
          {
            Action: "UPSERT",
            ResourceRecordSet: {
              Name: record?.Name,
              Type: "CNAME",
              TTL: 60,
              ResourceRecords: [{ Value: record?.Value }],
            },
          },
        ],
      },
    }),
  );
  await until("the certificate is issued", async () => ((await describe())?.Status === "ISSUED" ? true : undefined));
  return CertificateArn;
}

let zone: string | undefined;
async function zoneId({ route53 }: BenchProduct): Promise<string> {
  const { ListHostedZonesByNameCommand } = await import("@aws-sdk/client-route-53");
  zone ??= (await route53.send(new ListHostedZonesByNameCommand({ DNSName: "bench.example" }))).HostedZones?.[0]?.Id;
  return zone ?? "";
}

interface BenchFront {
  readonly listenerArn: string;
  readonly address: string;
  readonly port: number;
}

async function listener(product: BenchProduct, certificateArn: string): Promise<BenchFront> {
  const { subnets } = await defaultNetwork(product.ec2);
  const SecurityGroups = [await openGroup(product.ec2, "open")];
  const made = await product.elbv2.send(
    new CreateLoadBalancerCommand({ Name: "bench", Subnets: [...subnets], SecurityGroups }),
  );
  const balancer = made.LoadBalancers?.[0];
  const { Listeners } = await product.elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Protocol: "HTTPS",
      Port: 443,
      Certificates: [{ CertificateArn: certificateArn }],
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
    }),
  );
  const resolver = new Resolver();
  resolver.setServers([showHostPort(product.dns)]);
  const [address = ""] = await resolver.resolve4(balancer?.DNSName ?? "");
  const port = await until("the listener", () => openPort(address, [443, 8443]).catch(() => undefined));
  return { listenerArn: Listeners?.[0]?.ListenerArn ?? "", address, port };
}

async function attach(
  product: BenchProduct,
  front: BenchFront,
  arn: string,
  host: string,
  root: string,
): Promise<void> {
  await product.elbv2.send(
    new AddListenerCertificatesCommand({ ListenerArn: front.listenerArn, Certificates: [{ CertificateArn: arn }] }),
  );
  await until("the first handshake", () => handshake({ ...front, host, root }).catch(() => undefined));
}

const ROUNDS = 10;
/** What the design promises. */
const TARGET = { name: "promised", value: 1_000 };
