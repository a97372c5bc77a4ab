import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { Product } from "#cli/demo/product.ts";
import { startProduct } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { get } from "#cli/demo/wire.ts";
import { showHostPort } from "#main/addresses.ts";
import { debian } from "../support/debian.ts";
import { openssl } from "../support/openssl.ts";
import { killControl, testPlace, testProduct } from "../support/product.ts";
import { type CliResult, runCli } from "../support/run-cli.ts";
import { openShop, type Shop } from "../support/shop.ts";

beforeAll(() => debian("openssl"));

/** Every command is a process of its own. */
const SLOW = { timeout: 300_000 };
const RENEWING = { "leaf-lifetime": "10m", "renew-before": "590s" };

test(
  "a root rolls over under load: clients that know only the old root, and only the new one, lose no request",
  SLOW,
  async () => {
    const product = await testProduct(RENEWING);
    const shop = await openShop(product);
    const [older = "", old = ""] = await roots(product);
    const load = ask(shop, [older, old]);

    await ca(product, "rotate", "root");
    const all = await until("the new root is in the bundle", async () => {
      const now = await roots(product);
      return now.length === 3 ? now : undefined;
    });
    const fresh = await (await fetch(`${product.endpoint}/ca/root.pem`)).text();
    expect(all).toContain(fresh);
    await until("a client that knows only the new root is served", () => isServed(shop, fresh));
    load.add(fresh);
    for (const root of all) expect(await verifiedByOpenssl(shop, root), root).toContain("Verification: OK");
    const issuers = new Set<string>();
    await until("a leaf of the new intermediate is served", async () => {
      issuers.add(await issuerOf(shop, fresh));
      return [...issuers].some((issuer) => / EC 2 | RSA 2 /.test(issuer)) ? true : undefined;
    });
    for (const root of all) expect(await verifiedByOpenssl(shop, root), root).toContain("Verification: OK");
    const { asked, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(asked).toBeGreaterThan(50);
    const published = await (await fetch(`${product.endpoint}/_sealkeeper/trust`)).text();
    const trust = JSON.parse(published);
    expect(trust.hierarchies[0].roots.map(({ id, state }: { id: string; state: string }) => [id, state])).toEqual([
      ["r3", "active"],
      ["r2", "retired"],
      ["r1", "retired"],
    ]);
    const listed = JSON.parse((await ca(product, "list", "--json")).stdout);
    const states = Object.fromEntries(
      listed[0].issuers.map(({ id, state }: { id: string; state: string }) => [id, state]),
    );
    expect(states).toEqual({
      r1: "retired",
      r2: "retired",
      r3: "active",
      ec1: "retired",
      rsa1: "retired",
      ec2: "active",
      rsa2: "active",
    });
  },
);

test("kill -9 in the middle of a rollover: it goes on after the restart, at its moment", SLOW, async () => {
  const place = await testPlace();
  const product = await testProduct({}, place);
  const shop = await openShop(product);
  const rolling = ca(product, "rotate", "root", "--at", "3s");
  await killControl(product);
  await rolling;
  const again = await startProduct(place, { "log-level": "warn" });
  onTestFinished(() => again.stop());
  await until("the new root is the current one", async () => {
    const { stdout } = await ca(again, "show", "r3", "--json");
    return JSON.parse(stdout).state === "active" ? true : undefined;
  });
  const fresh = await (await fetch(`${again.endpoint}/ca/root.pem`)).text();
  await until("the chain that is served leads to the new root", () => isServed(shop, fresh));
  for (const root of await roots(again)) expect(await verifiedByOpenssl(shop, root)).toContain("Verification: OK");
});

test(
  "a root from a ceremony takes over step by step, and the old one goes offline, as an operator does it",
  SLOW,
  async () => {
    const product = await testProduct(RENEWING);
    const shop = await openShop(product);
    const vault = join(product.dataDir, "vault");
    const passphrases = ["alice", "bob"].map((who) => {
      const path = join(product.dataDir, who);
      writeFileSync(path, `${who}'s half of the secret\n`, { mode: 0o600 });
      return ["--passphrase-file", path];
    });
    const ceremony = (...args: readonly string[]): Promise<CliResult> =>
      ok(runCli("ca", "ceremony", ...args, "--dir", vault, ...passphrases.flat()));

    const { stdout: made } = await ceremony("root", "--name", "Example Root 1");
    const { stdout: brought } = await ca(product, "import-root", join(vault, "root.pem"));
    const [fingerprint = ""] = /([0-9A-F]{2}:){31}[0-9A-F]{2}/.exec(made) ?? [];
    expect(brought).toContain(fingerprint);
    const requests = join(product.dataDir, "requests");
    await ca(product, "request", "--root", "r3", "--out", requests);
    await ceremony("sign", "--csr", join(requests, "ec2.csr"), "--csr", join(requests, "rsa2.csr"));
    await ceremony("crl");
    for (const id of ["r1", "r2"]) {
      const path = join(product.dataDir, `${id}.pem`);
      const { certificate } = JSON.parse((await ca(product, "show", id, "--json")).stdout);
      writeFileSync(path, certificate);
      await ceremony("cross", "--subject", path, "--ca-url", product.endpoint, "--id", "r3");
    }
    const back = join(product.dataDir, "back");
    await ok(runCli("ca", "ceremony", "check", "--dir", vault));
    const signed = readdirSync(vault).filter((name) => name.endsWith(".pem") && name !== "root.pem");
    writeFileSync(`${back}.pem`, signed.map((name) => readFileSync(join(vault, name), "utf8")).join(""));
    const installed = await ca(product, "install", `${back}.pem`);
    expect(installed.stdout).toContain("ec2 stands by");
    for (const id of ["ec2", "rsa2"]) await ca(product, "activate", id);
    const root = readFileSync(join(vault, "root.pem"), "utf8");
    await until("a client that knows only the root of the ceremony is served", () => isServed(shop, root));
    for (const one of await roots(product)) expect(await verifiedByOpenssl(shop, one)).toContain("Verification: OK");

    const { serial } = JSON.parse((await ca(product, "show", "ec1", "--json")).stdout);
    await ca(product, "revoke", "ec1", "--reason", "keyCompromise");
    const file = join(product.dataDir, "r2.key");
    await ca(
      product,
      "take-offline",
      "r2",
      "--out",
      file,
      "--passphrase-file",
      passphrases.flatMap(([, path]) => path ?? []).join(","),
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const name of readdirSync(vault)) expect(statSync(join(vault, name)).mode & 0o077, name).toBe(0);
    expect((await fetch(`${product.endpoint}/ca/r2.crl`)).status).toBe(200);
    expect(await isServed(shop, root)).toBe(true);

    // The old root's own ceremonies: each CRL lists what was revoked before.
    const older = join(product.dataDir, "older");
    mkdirSync(older, { mode: 0o700 });
    copyFileSync(file, join(older, "root.key"));
    const crl = (): Promise<CliResult> => ok(runCli("ca", "ceremony", "crl", "--dir", older, ...passphrases.flat()));
    await crl();
    expect(await refusal(product, "install", join(older, "crl.pem"))).toContain(`--revoke ${serial}=keyCompromise`);
    copyFileSync(join(product.dataDir, "r2.revoked.json"), join(older, "revoked.json"));
    expect((await crl()).stdout).toContain("1 revoked");
    await ca(product, "install", join(older, "crl.pem"));

    // What must not be: a key on the machine that serves, the wrong passphrase, a passphrase that others can read.
    expect(await refusal(product, "import-root", join(vault, "root.key"))).toContain("keep it offline");
    const half = passphrases[0] ?? [];
    expect((await runCli("ca", "ceremony", "crl", "--dir", vault, ...half)).stderr).toContain(
      "the passphrase is not the one",
    );
    writeFileSync(join(product.dataDir, "open"), "everybody can read this", { mode: 0o644 });
    const open = await runCli(
      "ca",
      "ceremony",
      "crl",
      "--dir",
      vault,
      "--passphrase-file",
      join(product.dataDir, "open"),
    );
    expect([open.code, open.stderr]).toEqual([2, expect.stringContaining("can be read by others")]);
    expect(
      (await runCli("ca", "ceremony", "root", "--name", "Again", "--dir", vault, ...passphrases.flat())).stderr,
    ).toContain("a root is made once");
  },
);

async function roots({ endpoint }: Product): Promise<readonly string[]> {
  const text = await (await fetch(`${endpoint}/ca/roots.pem`)).text();
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  return found.toReversed();
}

/** `sealkeeper ca …` on the product's own installation. */
function ca({ dataDir, endpoint }: Product, ...args: readonly string[]): Promise<CliResult> {
  return ok(runCli("ca", ...args, "--data-dir", dataDir, "--public-url", endpoint));
}

async function refusal({ dataDir, endpoint }: Product, ...args: readonly string[]): Promise<string> {
  const { code, stderr } = await runCli("ca", ...args, "--data-dir", dataDir, "--public-url", endpoint);
  expect(code).toBe(1);
  return stderr;
}

async function ok(result: Promise<CliResult>): Promise<CliResult> {
  const { code, stdout, stderr } = await result;
  if (code !== 0) throw new Error(`it ended with ${code}:\n${stdout}${stderr}`);
  return { code, stdout, stderr };
}

async function isServed(shop: Shop, root: string): Promise<true | undefined> {
  const answer = await get({ ...shop, root }).catch(() => undefined);
  return answer?.status === 200 ? true : undefined;
}

/** Clients that ask all the time, each of them trusting one root alone. */
function ask(
  shop: Shop,
  first: readonly string[],
): { add(root: string): void; stop(): Promise<{ asked: number; failures: string[] }> } {
  let [running, asked] = [true, 0];
  const failures: string[] = [];
  const client = async (root: string): Promise<void> => {
    while (running) {
      try {
        const { status } = await get({ ...shop, root });
        if (status !== 200) failures.push(`${status}`);
      } catch (error) {
        failures.push(String(error));
      }
      asked += 1;
    }
  };
  const clients = first.map(client);
  return {
    add: (root) => void clients.push(client(root)),
    async stop() {
      running = false;
      await Promise.all(clients);
      return { asked, failures };
    },
  };
}

function verifiedByOpenssl({ address, port, host }: Shop, root: string): Promise<string> {
  const at = showHostPort({ host: address, port });
  const verify = `-servername ${host} -verify_hostname ${host} -verify_return_error -no-CAstore -no-CApath -CAfile root.pem`;
  return openssl(`s_client -connect ${at} ${verify}`, { "root.pem": root });
}

async function issuerOf({ address, port, host }: Shop, root: string): Promise<string> {
  const at = showHostPort({ host: address, port });
  const shown = await openssl(`s_client -connect ${at} -servername ${host} -CAfile root.pem`, { "root.pem": root });
  return /issuer=(.*)/.exec(shown)?.[1] ?? "";
}
