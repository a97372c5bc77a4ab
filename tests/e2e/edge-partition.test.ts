import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { ImportCertificateCommand } from "@aws-sdk/client-acm";
import { CreateListenerCommand, CreateLoadBalancerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { expect, onTestFinished, test } from "vitest";
import { defaultNetwork, openGroup } from "#cli/demo/network.ts";
import { freePort, type Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { debian } from "../support/debian.ts";
import { type Machine, network } from "../support/namespaces.ts";
import { testProduct } from "../support/product.ts";
import { type Foreign, selfSigned } from "../support/self-signed.ts";
import { type Clients, clientsOf } from "../support/shop.ts";

// Two edges on machines of their own; one is cut off while a certificate is replaced, and comes back.

const BIN = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;

async function sealkeeper(...args: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [BIN, ...args], { encoding: "utf8" })).stdout;
}

/** An edge that joined and runs on that machine. */
async function edgeOn(machine: Machine, name: string, product: Product, fleet: string): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-partition-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const operator = ["--data-dir", product.dataDir, "--endpoint-url", product.endpoint];
  const wanted = ["--name", name, "--addresses", machine.address, "--json"];
  const made = JSON.parse(await sealkeeper("edge", "tokens", "create", ...operator, ...wanted)) as {
    Token: string;
    Fingerprint: string;
  };
  machine.run(
    process.execPath,
    BIN,
    "edge",
    "join",
    `--endpoint=https://${fleet}`,
    `--token=${made.Token}`,
    `--ca-fingerprint=${made.Fingerprint}`,
    `--data-dir=${dataDir}`,
    "--workers=1",
  );
  machine.start(process.execPath, BIN, "edge", "run", "--data-dir", dataDir);
}

/** The serial that a client sees at an address, as ACM writes it without colons; undefined when it sees none. */
function shown(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 443, servername: "www.cut.example", rejectUnauthorized: false });
    socket.setTimeout(3_000, () => socket.destroy());
    socket.once("secureConnect", () => {
      resolve(socket.getPeerX509Certificate()?.serialNumber.toLowerCase());
      socket.destroy();
    });
    socket.on("error", () => {});
    socket.once("close", () => resolve(undefined));
  });
}

const serialOf = ({ certificate }: Foreign): string => new X509Certificate(certificate).serialNumber.toLowerCase();

async function put({ acm }: Clients, { certificate, privateKey }: Foreign, arn?: string): Promise<string> {
  const input = { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) };
  return (await acm.send(new ImportCertificateCommand({ ...input, CertificateArn: arn }))).CertificateArn ?? "";
}

test("an edge that is cut off during a renewal serves on with what it has, and has the new certificate when it is back", {
  timeout: 180_000,
}, async () => {
  debian("iproute2");
  const bridge = network();
  const fleet = `${bridge.address}:${await freePort()}`;
  const product = await testProduct({ edge: "false", "fleet-listen": fleet });
  const [one, two] = [bridge.machine(11), bridge.machine(12)];
  await edgeOn(one, "one", product, fleet);
  await edgeOn(two, "two", product, fleet);

  const clients = clientsOf(product);
  const first = await selfSigned({ names: ["www.cut.example"] });
  const arn = await put(clients, first);
  const { subnets } = await defaultNetwork(clients.ec2);
  const balancer = await clients.elbv2.send(
    new CreateLoadBalancerCommand({
      Name: "cut",
      Subnets: [...subnets],
      SecurityGroups: [await openGroup(clients.ec2, "open")],
    }),
  );
  await clients.elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
      Protocol: "HTTPS",
      Port: 443,
      Certificates: [{ CertificateArn: arn }],
      DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
    }),
  );
  const shows = (machine: Machine, version: Foreign): Promise<true> =>
    until(`${serialOf(version)} at ${machine.address}`, async () =>
      (await shown(machine.address)) === serialOf(version) ? true : undefined,
    );
  const deployment = async (): Promise<{ State: string; Problem?: string }> => {
    const told = await sealkeeper("explain", arn, "--data-dir", product.dataDir);
    return { State: /state +(IN_PROGRESS|DEPLOYED|ROLLED_BACK)/.exec(told)?.[1] ?? "", Problem: told };
  };
  await Promise.all([shows(one, first), shows(two, first)]);
  await until("it is deployed", async () => ((await deployment()).State === "DEPLOYED" ? true : undefined));

  two.cut();
  const second = await selfSigned({ names: ["www.cut.example"] });
  await put(clients, second, arn);
  await shows(one, second);
  const during = await deployment();
  expect(during.State).toBe("IN_PROGRESS");
  // On its own machine it serves what it has.
  const own = two.run("openssl", "s_client", "-connect", `${two.address}:443`, "-servername", "www.cut.example");
  const pem = /-----BEGIN CERTIFICATE-----[^]+?-----END CERTIFICATE-----/.exec(own)?.[0] ?? "";
  expect(new X509Certificate(pem).serialNumber.toLowerCase()).toBe(serialOf(first));

  two.rejoin();
  const begun = performance.now();
  await shows(two, second);
  process.stdout.write(`  served ${Math.round(performance.now() - begun)} ms after the cable was put back\n`);
  await until("it is deployed", async () => ((await deployment()).State === "DEPLOYED" ? true : undefined));
});
