import { ACMClient } from "@aws-sdk/client-acm";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { Route53Client } from "@aws-sdk/client-route-53";
import { HttpRequest } from "@smithy/core/protocols";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { leavePlace, newPlace, type Product, startProduct } from "#cli/demo/product.ts";
import { showHostPort } from "#main/addresses.ts";

export interface BenchProduct extends Product, AsyncDisposable {
  readonly acm: ACMClient;
  readonly route53: Route53Client;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
}

/** The product as users start it, with quiet logs. */
export async function benchProduct(settings: Readonly<Record<string, string>> = {}): Promise<BenchProduct> {
  const place = await newPlace();
  const product = await startProduct(place, { "log-level": "error", "key-pool": "64", ...settings });
  return {
    ...product,
    ...clientsOfPlace(product),
    async [Symbol.asyncDispose]() {
      await product.stop();
      leavePlace(place);
    },
  };
}

/** Unmodified SDK clients of a product. */
export function clientsOfPlace({ endpoint, credentials }: Product): {
  readonly acm: ACMClient;
  readonly route53: Route53Client;
  readonly ec2: EC2Client;
  readonly elbv2: ElasticLoadBalancingV2Client;
} {
  const client = { region: REGION, endpoint, credentials };
  return {
    acm: new ACMClient(client),
    route53: new Route53Client(client),
    ec2: new EC2Client(client),
    elbv2: new ElasticLoadBalancingV2Client(client),
  };
}

/** A JSON 1.1 call, signed once; the signature holds for fifteen minutes. */
export async function signedRequest(
  product: Product,
  service: string,
  target: string,
  input: object,
): Promise<{ readonly url: string; readonly headers: Record<string, string>; readonly body: string }> {
  const body = JSON.stringify(input);
  const signer = new SignatureV4({
    service,
    region: REGION,
    credentials: product.credentials,
    sha256: Hash.bind(null, "sha256"),
  });
  const { headers } = await signer.sign(
    new HttpRequest({
      method: "POST",
      path: "/",
      protocol: "http:",
      hostname: product.listen.host,
      port: product.listen.port,
      headers: {
        host: showHostPort(product.listen),
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": target,
      },
      body,
    }),
  );
  return { url: `${product.endpoint}/`, headers, body };
}

export const REGION = "eu-west-1";
