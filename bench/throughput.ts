import { Agent, request } from "node:http";
import { join } from "node:path";
import { DescribeCertificateCommand, RequestCertificateCommand } from "@aws-sdk/client-acm";
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import { leavePlace, newPlace, type Place, type Product, startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { signRequest } from "#lib/sigv4-signer.ts";
import { showHostPort } from "#main/addresses.ts";
import { multiplyCertificate } from "./multiply.ts";
import { clientsOfPlace, REGION } from "./product.ts";
import { median, type Result } from "./result.ts";

/**
 * From the request to ISSUED, as certificates a second: 1, 16 and 64 clients, with ten thousand and with a million
 * certificates stored. Both products run at the same time and are measured in turn; the ratio is what storing more costs.
 */
export async function throughput(): Promise<readonly Result[]> {
  const few = await stored(FEW);
  const many = await stored(MANY);
  try {
    const results: Result[] = [];
    for (const clients of [1, 16, 64]) {
      const rounds = { few: [] as number[], many: [] as number[] };
      for (let round = 0; round < ROUNDS; round++) {
        rounds.few.push(await issuedPerSecond(few.product, clients));
        rounds.many.push(await issuedPerSecond(many.product, clients));
      }
      results.push({
        what: `request to ISSUED, ${clients} client${clients > 1 ? "s" : ""}, ${MANY.toLocaleString("en")} stored`,
        ours: median(rounds.many),
        unit: "/s",
        more: true,
        against: { name: `${FEW.toLocaleString("en")} stored`, value: median(rounds.few) },
      });
    }
    return results;
  } finally {
    for (const { product, place } of [few, many]) {
      await product.stop();
      leavePlace(place);
    }
  }
}

/** A product with so many issued certificates, and a zone in which the record of `bench.example` stands. */
async function stored(count: number): Promise<{ readonly product: Product; readonly place: Place }> {
  const place = await newPlace();
  const first = await startProduct(place, SETTINGS);
  const arn = await issueOne(first, "stored.example");
  await issueOne(first, "bench.example");
  await first.stop();
  multiplyCertificate(join(place.dataDir, "sealkeeper.db"), arn, count - 2);
  return { place, product: await startProduct(place, SETTINGS) };
}

async function issueOne(product: Product, domain: string): Promise<string> {
  const { acm, route53 } = clientsOfPlace(product);
  const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: domain, CallerReference: domain }));
  const wanted = { DomainName: domain, ValidationMethod: "DNS", KeyAlgorithm: "EC_prime256v1" } as const;
  const { CertificateArn } = await acm.send(new RequestCertificateCommand(wanted));
  const describe = async () => (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;
  const { Name, Value } = (await describe())?.DomainValidationOptions?.[0]?.ResourceRecord ?? {};
  const ResourceRecordSet = { Name, Type: "CNAME" as const, TTL: 60, ResourceRecords: [{ Value }] };
  const ChangeBatch = { Changes: [{ Action: "UPSERT" as const, ResourceRecordSet }] };
  await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch }));
  await until("the certificate is issued", async () => ((await describe())?.Status === "ISSUED" ? true : undefined));
  acm.destroy();
  route53.destroy();
  return CertificateArn ?? "";
}

/** `bench.example` is proven by its record at the first look, so what is measured is everything but the waiting. */
async function issuedPerSecond(product: Product, clients: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const began = performance.now();
  const end = began + ROUND_MS;
  let issued = 0;
  const client = async (): Promise<void> => {
    while (performance.now() < end) {
      const wanted = { DomainName: "bench.example", ValidationMethod: "DNS", KeyAlgorithm: "EC_prime256v1" };
      const { CertificateArn } = await call(product, agent, "RequestCertificate", wanted);
      for (;;) {
        const { Certificate } = await call(product, agent, "DescribeCertificate", { CertificateArn });
        if (Certificate?.Status === "ISSUED") break;
        await new Promise((resolve) => setTimeout(resolve, clients));
      }
      issued++;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return (issued / (performance.now() - began)) * 1_000;
}

interface Answer {
  readonly CertificateArn?: string;
  readonly Certificate?: { readonly Status: string };
}

/** A lean client: the SDK's would take more of the processor than the product. */
async function call(product: Product, agent: Agent, operation: string, input: object): Promise<Answer> {
  const body = Buffer.from(JSON.stringify(input));
  const headers = {
    host: showHostPort(product.listen),
    "content-type": "application/x-amz-json-1.1",
    "x-amz-target": `CertificateManager.${operation}`,
  };
  const scope = { service: "acm", region: REGION };
  const signed = signRequest({ method: "POST", path: "/", headers, body }, product.credentials, scope, new Date());
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asked = request(product.endpoint, { method: "POST", path: "/", agent, headers: signed }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    answer.on("end", () => {
      if (answer.statusCode === 200) resolve(JSON.parse(text) as Answer);
      else reject(new Error(text));
    });
  });
  asked.on("error", reject);
  asked.end(body);
  return await promise;
}

const SETTINGS = { "log-level": "error", edge: "false" };
const FEW = 10_000;
const MANY = 1_000_000;
const ROUNDS = 3;
const ROUND_MS = 4_000;
