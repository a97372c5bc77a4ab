import { Resolver } from "node:dns/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { ACMClient } from "@aws-sdk/client-acm";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { KMSClient } from "@aws-sdk/client-kms";
import { Route53Client } from "@aws-sdk/client-route-53";
import { showHostPort } from "#main/addresses.ts";
import type { Narrator } from "./narrator.ts";
import type { Product } from "./product.ts";

/** What the acts of the story share: unmodified SDK clients, plain network clients, and what earlier acts learned. */
export interface Stage {
  readonly product: Product;
  readonly tell: Narrator;
  readonly region: string;
  readonly elsewhere: string;
  readonly domain: string;
  /** The host that browsers would ask for. */
  readonly host: string;
  readonly acm: ACMClient;
  readonly kms: KMSClient;
  readonly route53: Route53Client;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
  readonly ec2Elsewhere: EC2Client;
  readonly elbv2Elsewhere: ElasticLoadBalancingV2Client;
  /** The application behind the load balancer. */
  readonly target: { readonly address: string; readonly port: number };
  /** The root that clients trust, PEM. */
  readonly root: string;
  readonly learned: Learned;
  /** Asks our DNS server for the host, and finds the port that its listener really has. */
  front(): Promise<{ readonly address: string; readonly port: number }>;
  close(): Promise<void>;
}

/** Filled act by act. */
export interface Learned {
  zoneId: string;
  certificateArn: string;
  record: { Name: string; Type: string; Value: string };
  loadBalancerArn: string;
  balancerName: string;
  balancerZoneId: string;
  targetGroupArn: string;
  listenerArn: string;
}

export async function stage(product: Product, tell: Narrator): Promise<Stage> {
  const application = createServer((request, response) => {
    response.end(`hello from the application; you came over ${String(request.headers["x-forwarded-proto"])}\n`);
  });
  await new Promise<void>((resolve) => application.listen(0, "127.0.0.1", resolve));
  const region = "eu-west-1";
  const elsewhere = "us-west-2";
  const client = { region, endpoint: product.endpoint, credentials: product.credentials };
  const resolver = new Resolver({ timeout: 2_000 });
  resolver.setServers([showHostPort(product.dns)]);
  const domain = "shop.example";
  const host = `www.${domain}`;
  return {
    product,
    tell,
    region,
    elsewhere,
    domain,
    host,
    acm: new ACMClient(client),
    kms: new KMSClient(client),
    route53: new Route53Client(client),
    ec2: new EC2Client(client),
    elbv2: new ElasticLoadBalancingV2Client(client),
    ec2Elsewhere: new EC2Client({ ...client, region: elsewhere }),
    elbv2Elsewhere: new ElasticLoadBalancingV2Client({ ...client, region: elsewhere }),
    target: { address: "127.0.0.1", port: (application.address() as AddressInfo).port },
    root: await fetch(`${product.endpoint}/ca/root.pem`).then((answer) => answer.text()),
    learned: {
      zoneId: "",
      certificateArn: "",
      record: { Name: "", Type: "", Value: "" },
      loadBalancerArn: "",
      balancerName: "",
      balancerZoneId: "",
      targetGroupArn: "",
      listenerArn: "",
    },
    async front() {
      const [address = ""] = await resolver.resolve4(host);
      const { openPort } = await import("./wire.ts");
      return { address, port: await openPort(address, [443, 8443]) };
    },
    async close() {
      application.closeAllConnections();
      await new Promise((resolve) => application.close(resolve));
    },
  };
}
