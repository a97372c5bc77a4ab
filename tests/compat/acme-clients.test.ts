import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  type ACMClient,
  type CertificateDetail,
  DescribeCertificateCommand,
  paginateListCertificates,
  waitUntilAcmeDomainValidationValidated,
  waitUntilAcmeEndpointActive,
  waitUntilCertificateValidated,
} from "@aws-sdk/client-acm";
import { CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import { expect, onTestFinished, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";
import { clientsOf, rootOf } from "../support/shop.ts";

const run = promisify(execFile);

/** What `sealkeeper acme` makes and says, and a directory for a client. */
interface Ready {
  readonly product: Product;
  readonly acm: ACMClient;
  readonly directory: string;
  readonly rootFile: string;
  readonly endpoint: {
    readonly arn: string;
    readonly directoryUrl: string;
    readonly keyId: string;
    readonly macKey: string;
  };
  readonly domains: readonly { readonly arn: string; readonly status: string }[];
  readonly clients: Readonly<Record<string, string>>;
}

async function ready(domain: string): Promise<Ready> {
  const product = await testProduct();
  const { acm, route53 } = clientsOf(product);
  await route53.send(new CreateHostedZoneCommand({ Name: domain, CallerReference: domain }));
  const setUp = async (): Promise<string> => {
    const bin = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
    const args = ["acme", domain, "--email", `me@${domain}`, "--json", "--region", "eu-west-1"];
    const where = ["--data-dir", product.dataDir, "--endpoint-url", product.endpoint];
    return (await run(process.execPath, [bin, ...args, ...where], { env: { PATH: process.env["PATH"] ?? "" } })).stdout;
  };
  const text = await setUp();
  expect(await setUp()).toBe(text); // nothing is made twice
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-acme-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const rootFile = join(directory, "root.pem");
  writeFileSync(rootFile, await rootOf(product));
  return { product, acm, directory, rootFile, ...JSON.parse(text) };
}

/** What ACM shows of the certificate of an ACME client. */
async function described(acm: ACMClient, pem: string): Promise<CertificateDetail> {
  const serial = new X509Certificate(pem).serialNumber.toLowerCase().replaceAll(/..(?!$)/g, "$&:");
  const filter = {
    CertificateKeyPairOrigins: ["ACME" as const],
    Includes: { keyTypes: ["EC_prime256v1" as const, "RSA_2048" as const, "RSA_4096" as const] },
  };
  for await (const { CertificateSummaryList = [] } of paginateListCertificates({ client: acm }, filter)) {
    for (const { CertificateArn } of CertificateSummaryList) {
      const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn }));
      if (Certificate?.Serial === serial) return Certificate;
    }
  }
  throw new Error(`ACM shows no certificate with the serial number ${serial}`);
}

/** A client obtained a certificate, renewed it and revoked it: ACM tells the same story of one ARN. */
async function tellStory(
  { acm }: Ready,
  {
    obtain,
    renew,
    revoke,
  }: {
    readonly obtain: () => Promise<string>;
    readonly renew: () => Promise<string>;
    readonly revoke: () => Promise<void>;
  },
): Promise<void> {
  const first = await described(acm, await obtain());
  expect(first).toMatchObject({ Status: "ISSUED", Type: "AMAZON_ISSUED", CertificateKeyPairOrigin: "ACME" });
  const renewed = await renew();
  const second = await described(acm, renewed);
  expect(second.CertificateArn).toBe(first.CertificateArn);
  expect(second.Serial).not.toBe(first.Serial);
  await revoke();
  expect(await described(acm, renewed)).toMatchObject({ CertificateArn: first.CertificateArn, Status: "REVOKED" });
}

test("certbot obtains, renews and revokes with the command that `sealkeeper acme` prints", async () => {
  debian("certbot", "curl");
  const on = await ready("certbot.example");
  const { directory, clients } = on;
  const places = "--config-dir c --work-dir w --logs-dir l";
  const shell = (command: string) =>
    run("bash", ["-euo", "pipefail", "-c", command], { cwd: directory, timeout: 100_000 });
  const certbot = (args: string) => shell(`REQUESTS_CA_BUNDLE=root.pem certbot ${args} ${places}`);
  const leaf = (): string => readFileSync(join(directory, "c/live/certbot.example/cert.pem"), "utf8");
  await tellStory(on, {
    obtain: async () => {
      await shell((clients["certbot"] ?? "").replace("certbot certonly", `certbot certonly ${places}`));
      return leaf();
    },
    renew: async () => {
      await certbot("renew --force-renewal --no-random-sleep-on-renew");
      return leaf();
    },
    revoke: async () => {
      await certbot(
        "revoke --non-interactive --cert-name certbot.example --reason superseded --no-delete-after-revoke",
      );
    },
  });
});

test("certbot gets the shorter chain when it asks for the current root", async () => {
  debian("certbot");
  const { directory, clients, rootFile } = await ready("chain.example");
  const rootName = /CN=(Sealkeeper Root R2[^\n]*)/.exec(new X509Certificate(readFileSync(rootFile)).subject)?.[1] ?? "";
  const command = (clients["certbot"] ?? "").replace(
    "certbot certonly",
    `certbot certonly --preferred-chain '${rootName}' --config-dir c --work-dir w --logs-dir l`,
  );
  await run("bash", ["-euo", "pipefail", "-c", command], { cwd: directory, timeout: 100_000 });
  const chain = readFileSync(join(directory, "c/live/chain.example/fullchain.pem"), "utf8");
  expect(chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  const { stdout } = await run(
    "openssl",
    ["verify", "-CAfile", rootFile, "-untrusted", "c/live/chain.example/chain.pem", "c/live/chain.example/cert.pem"],
    { cwd: directory },
  );
  expect(stdout).toContain("OK");
});

test("lego obtains, renews and revokes with the command that `sealkeeper acme` prints", async () => {
  debian("lego", "curl");
  const on = await ready("lego.example");
  const { directory, clients } = on;
  const shell = (command: string) =>
    run("bash", ["-euo", "pipefail", "-c", command], { cwd: directory, timeout: 100_000 });
  const command = clients["lego"] ?? "";
  const leaf = (): string => readFileSync(join(directory, ".lego/certificates/lego.example.crt"), "utf8");
  await tellStory(on, {
    obtain: async () => {
      await shell(command);
      return leaf();
    },
    renew: async () => {
      await shell(command.replace(/run$/, "renew --days 90 --no-random-sleep"));
      return leaf();
    },
    revoke: async () => {
      await shell(command.replace(/ --http.*$/s, " -d lego.example revoke --keep"));
    },
  });
});

test("dehydrated obtains, renews and revokes", async () => {
  debian("dehydrated");
  const on = await ready("dehydrated.example");
  const { directory, endpoint, rootFile } = on;
  const hook = join(directory, "hook.sh");
  writeFileSync(hook, "#!/bin/bash\nexit 0\n", { mode: 0o755 });
  const settings = {
    CA: endpoint.directoryUrl,
    CHALLENGETYPE: "dns-01",
    HOOK: hook,
    KEY_ALGO: "rsa",
    EAB_KID: endpoint.keyId,
    EAB_HMAC_KEY: endpoint.macKey,
    CURL_OPTS: `'--cacert ${rootFile}'`,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(directory, "config"), lines.join(""));
  const dehydrated = (...args: readonly string[]) =>
    run("dehydrated", ["-f", join(directory, "config"), ...args], { cwd: directory, timeout: 100_000 });
  const path = join(directory, "certs/www.dehydrated.example/cert.pem");
  const leaf = (): string => readFileSync(path, "utf8");
  await dehydrated("--register", "--accept-terms");
  await tellStory(on, {
    obtain: async () => {
      await dehydrated("-c", "-d", "www.dehydrated.example");
      return leaf();
    },
    renew: async () => {
      await dehydrated("-c", "-x", "-d", "www.dehydrated.example");
      return leaf();
    },
    revoke: async () => {
      await dehydrated("--revoke", path);
    },
  });
});

test("uacme obtains, renews and revokes, in a mount namespace of its own: it knows the system's roots only", async () => {
  debian("uacme");
  const on = await ready("uacme.example");
  const { directory, endpoint, rootFile } = on;
  const store = join(directory, "certs");
  mkdirSync(store);
  copyFileSync(rootFile, join(store, "ca-certificates.crt"));
  const own = process.getuid?.() === 0 ? ["-m"] : ["-rm"];
  const uacme = (args: string) => {
    const script = `mount --bind ${store} /etc/ssl/certs && exec uacme -a ${endpoint.directoryUrl} -c u ${args}`;
    return run("unshare", [...own, "sh", "-c", script], { cwd: directory, timeout: 100_000 });
  };
  const path = join(directory, "u/www.uacme.example/cert.pem");
  const leaf = (): string => readFileSync(path, "utf8");
  await uacme(`-y -e ${endpoint.keyId}:${endpoint.macKey} new me@uacme.example`);
  await tellStory(on, {
    obtain: async () => {
      await uacme("-h /bin/true -t EC issue www.uacme.example");
      return leaf();
    },
    renew: async () => {
      await uacme("-f -h /bin/true -t EC issue www.uacme.example");
      return leaf();
    },
    revoke: async () => {
      await uacme(`revoke ${path}`);
    },
  });
});

test("acme-tiny knows no external account binding: it is refused, and told which is missing", async () => {
  debian("acme-tiny", "openssl");
  const { directory, endpoint, rootFile } = await ready("tiny.example");
  const shell = (command: string) =>
    run("bash", ["-euo", "pipefail", "-c", command], { cwd: directory, timeout: 100_000 });
  await shell(
    "openssl genrsa -out account.key 2048; openssl genrsa -out key.pem 2048; openssl req -new -key key.pem -subj /CN=tiny.example -out csr.pem",
  );
  const tiny = shell(
    `SSL_CERT_FILE=${rootFile} acme-tiny --account-key account.key --csr csr.pem --acme-dir . --disable-check --directory-url ${endpoint.directoryUrl}`,
  );
  await expect(tiny).rejects.toMatchObject({ stderr: expect.stringContaining("externalAccountRequired") });
});

test("the SDK's waiters see the endpoint, the domain and the certificate", async () => {
  debian("lego", "curl");
  const { acm, endpoint, domains, clients, directory } = await ready("waiters.example");
  const waiting = { client: acm, maxWaitTime: 30, minDelay: 1, maxDelay: 2 };
  expect((await waitUntilAcmeEndpointActive(waiting, { AcmeEndpointArn: endpoint.arn })).state).toBe("SUCCESS");
  const [domain] = domains;
  const proven = await waitUntilAcmeDomainValidationValidated(waiting, { AcmeDomainValidationArn: domain?.arn });
  expect(proven.state).toBe("SUCCESS");
  await run("bash", ["-euo", "pipefail", "-c", clients["lego"] ?? ""], { cwd: directory, timeout: 100_000 });
  const leaf = readFileSync(join(directory, ".lego/certificates/waiters.example.crt"), "utf8");
  const { CertificateArn } = await described(acm, leaf);
  expect((await waitUntilCertificateValidated(waiting, { CertificateArn })).state).toBe("SUCCESS");
});

test("in clear ACME is refused, and says that it is HTTPS only", async () => {
  const { product, endpoint } = await ready("clear.example");
  const clear = await fetch(endpoint.directoryUrl.replace("https:", "http:"));
  expect([clear.status, await clear.json()]).toEqual([
    403,
    expect.objectContaining({ detail: expect.stringContaining("HTTPS only") }),
  ]);
  expect(product.logTail()).not.toContain("ERROR");
});
