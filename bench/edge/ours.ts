import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { ImportCertificateCommand } from "@aws-sdk/client-acm";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { defaultNetwork, openGroup } from "#cli/demo/network.ts";
import { until } from "#cli/demo/until.ts";
import { openPort } from "#cli/demo/wire.ts";
import { showHostPort } from "#main/addresses.ts";
import { edgePid } from "../../tests/support/edge-process.ts";
import { type BenchProduct, benchProduct } from "../product.ts";
import { type Engine, type Files, type Place, pin } from "./peers.ts";

/** The product as users start it, with one worker, whose edge has an ALB and an NLB in front of the backend. */
export interface Ours extends Engine {
  readonly product: BenchProduct;
  /** Of the P-256 certificate. */
  readonly certificateArn: string;
}

export async function startOurs(files: Files, backend: Place): Promise<Ours> {
  const product = await benchProduct({ "edge-workers": "1" });
  try {
    return await furnish(product, files, backend);
  } catch (error) {
    await product[Symbol.asyncDispose]();
    throw error;
  }
}

async function furnish(product: BenchProduct, { ec, rsa }: Files, backend: Place): Promise<Ours> {
  const { elbv2 } = product;
  const imported = async ({ certificate, key }: Files["ec"]): Promise<string> =>
    (
      await product.acm.send(
        new ImportCertificateCommand({ Certificate: readFileSync(certificate), PrivateKey: readFileSync(key) }),
      )
    ).CertificateArn ?? "";
  const certificateArn = await imported(ec);
  const { vpcId, subnets } = await defaultNetwork(product.ec2);
  const open = await openGroup(product.ec2, "open");
  const group = async (protocol: "HTTP" | "TCP"): Promise<string> => {
    const made = new CreateTargetGroupCommand({
      Name: `bench-${protocol.toLowerCase()}`,
      Protocol: protocol,
      Port: backend.port,
      TargetType: "ip",
      VpcId: vpcId,
    });
    const TargetGroupArn = (await elbv2.send(made)).TargetGroups?.[0]?.TargetGroupArn ?? "";
    const Targets = [{ Id: backend.host, Port: backend.port }];
    await elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets }));
    return TargetGroupArn;
  };
  const balancer = async (Type: "application" | "network"): Promise<{ arn: string; address: string }> => {
    const made = await elbv2.send(
      new CreateLoadBalancerCommand({ Name: `bench-${Type}`, Type, Subnets: [...subnets], SecurityGroups: [open] }),
    );
    const resolver = new Resolver();
    resolver.setServers([showHostPort(product.dns)]);
    const [address = ""] = await resolver.resolve4(made.LoadBalancers?.[0]?.DNSName ?? "");
    return { arn: made.LoadBalancers?.[0]?.LoadBalancerArn ?? "", address };
  };
  const listener = async (
    LoadBalancerArn: string,
    Protocol: "HTTPS" | "TLS",
    port: number,
    rest: Rest,
  ): Promise<void> => {
    await elbv2.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Protocol,
        Port: port,
        SslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
        Certificates: [{ CertificateArn: rest.certificate }],
        DefaultActions: [{ Type: "forward", TargetGroupArn: rest.group }],
      }),
    );
  };
  const http = await group("HTTP");
  const web = await balancer("application");
  await listener(web.arn, "HTTPS", 443, { certificate: certificateArn, group: http });
  await listener(web.arn, "HTTPS", 444, { certificate: await imported(rsa), group: http });
  const bytes = await balancer("network");
  await listener(bytes.arn, "TLS", 443, { certificate: certificateArn, group: await group("TCP") });
  const place = async (host: string, port: number): Promise<Place> => ({
    host,
    port: await until(`${host}:${port}`, () => openPort(host, [port, port + 8000]).catch(() => undefined)),
  });
  const pid = await until("the edge", () => edgePid(product));
  pinAll(pid);
  return {
    name: "Sealkeeper",
    product,
    certificateArn,
    pid,
    https: await place(web.address, 443),
    rsa: await place(web.address, 444),
    tls: await place(bytes.address, 443),
    [Symbol.asyncDispose]: () => product[Symbol.asyncDispose](),
  };
}

interface Rest {
  readonly certificate: string;
  readonly group: string;
}

/** The edge and its workers. */
function pinAll(pid: number): void {
  pin(pid);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  for (const child of children) pinAll(Number(child));
}
