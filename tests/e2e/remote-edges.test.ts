import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { freePort, type Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { get, handshake } from "#cli/demo/wire.ts";
import { showHostPort } from "#main/addresses.ts";
import { edgeFiles } from "#main/edge-files.ts";
import { identityIn } from "#main/edge-identity.ts";
import { edgePid, edgeWorkers } from "../support/edge-process.ts";
import { killControl, testProduct } from "../support/product.ts";
import { openShop } from "../support/shop.ts";

const BIN = new URL("../../bin/sealkeeper.ts", import.meta.url).pathname;
const run = promisify(execFile);

/** A control plane without an edge of its own, and with a port for edges on other machines. */
async function control(): Promise<Product & { fleet: string }> {
  const fleet = showHostPort({ host: "127.0.0.1", port: await freePort() });
  const product = await testProduct({ edge: "false", "fleet-listen": fleet });
  return { ...product, fleet };
}

/** One command of the program; rejects with what it said against it. */
async function sealkeeper(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(process.execPath, [BIN, ...args], { encoding: "utf8" });
  return stdout;
}

const operator = ({ dataDir, endpoint }: Product): string[] => ["--data-dir", dataDir, "--endpoint-url", endpoint];

async function token(
  product: Product,
  ...more: string[]
): Promise<{ Token: string; TokenId: string; Fingerprint: string; Endpoints: string[] }> {
  return JSON.parse(await sealkeeper("edge", "tokens", "create", ...operator(product), "--json", ...more));
}

function edgeDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-remote-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return dataDir;
}

/** `sealkeeper edge run`, until the test ends. */
function runEdge(dataDir: string): { kill(signal: NodeJS.Signals): Promise<void> } {
  const child = spawn(process.execPath, [BIN, "edge", "run", "--data-dir", dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  };
  onTestFinished(() => kill("SIGTERM"));
  return { kill };
}

test("an edge on another machine joins, serves at its own addresses, serves on without the control plane, and is removed", {
  timeout: 120_000,
}, async () => {
  const product = await control();
  const made = await token(product, "--name", "rack-1", "--addresses", "127.9.1.16/28");
  expect(made.Endpoints).toEqual([`https://${product.fleet}`]);
  const dataDir = edgeDir();
  const said = await sealkeeper(
    "edge",
    "join",
    `--endpoint=https://${product.fleet}`,
    `--token=${made.Token}`,
    `--ca-fingerprint=${made.Fingerprint}`,
    `--data-dir=${dataDir}`,
    "--workers=2",
  );
  expect(said).toContain("joined as rack-1 at 127.9.1.16/28");
  for (const file of ["edge-identity.pem", "edge-credentials", "edge.json"]) {
    expect(statSync(join(dataDir, file)).mode & 0o077, file).toBe(0);
  }
  const host = runEdge(dataDir);
  const shop = await openShop(product);
  expect(shop.address).toMatch(/^127\.9\.1\.(1[6-9]|2\d|3[01])$/);
  expect(shop.port).toBe(443);
  const listed = JSON.parse(await sealkeeper("edge", "list", ...operator(product), "--json"));
  expect(listed).toMatchObject([{ EdgeName: "rack-1", Addresses: "127.9.1.16/28", Connected: true }]);
  expect(await sealkeeper("edge", "tokens", "list", ...operator(product))).toContain("used by rack-1");

  // Its access key is good on the fleet's port only, with its certificate only.
  const { certificate, privateKey } = identityIn(edgeFiles(dataDir))();
  expect(await statusAt(product.fleet, { cert: certificate, key: privateKey })).toBe(400); // no signature
  expect(readFileSync(edgeFiles(dataDir).state).includes("BEGIN PRIVATE KEY")).toBe(false);

  // The control plane dies; the edge is killed whole, and comes back: it listens, and serves when KMS is there again.
  const port = Number(product.fleet.split(":")[1]);
  await killControl(product);
  expect((await get(shop)).status).toBe(200);
  await host.kill("SIGKILL");
  expect((await get(shop)).status).toBe(200);
  runEdge(dataDir);
  const back = await testProduct({ edge: "false", "fleet-listen": `127.0.0.1:${port}` }, product);
  await until("it is connected again", async () =>
    JSON.parse(await sealkeeper("edge", "list", ...operator(back), "--json"))[0]?.Connected ? true : undefined,
  );
  expect((await get(shop)).status).toBe(200);

  await sealkeeper("edge", "remove", "rack-1", ...operator(back));
  await until("it serves no more", () =>
    handshake(shop).then(
      () => undefined,
      () => true,
    ),
  );
  expect(await sealkeeper("edge", "list", ...operator(back))).toContain("No edge has joined.");
});

test("an edge that is removed while no control plane is within its reach forgets everything once one is", {
  timeout: 120_000,
}, async () => {
  const product = await control();
  const made = await token(product, "--name", "rack-2", "--addresses", "127.9.2.16/28");
  const dataDir = edgeDir();
  const trust = [`--endpoint=https://${product.fleet}`, `--ca-fingerprint=${made.Fingerprint}`];
  await sealkeeper("edge", "join", ...trust, `--token=${made.Token}`, `--data-dir=${dataDir}`);
  runEdge(dataDir);
  const shop = await openShop(product);
  await killControl(product);
  const elsewhere = await testProduct({ edge: "false", "fleet-listen": `127.0.0.1:${await freePort()}` }, product);
  await sealkeeper("edge", "remove", "rack-2", ...operator(elsewhere));
  expect((await get(shop)).status).toBe(200);
  await killControl(elsewhere);
  await testProduct({ edge: "false", "fleet-listen": product.fleet }, elsewhere);
  await until("it serves no more", () =>
    handshake(shop).then(
      () => undefined,
      () => true,
    ),
  );
});

/** What the fleet's port answers to a KMS call that nobody signed. */
function statusAt(fleet: string, identity: { cert?: string; key?: Buffer }): Promise<number> {
  const [host = "", port] = fleet.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ...identity }, () => {
      socket.write(
        "POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: TrentService.Decrypt\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
      );
    });
    let said = "";
    socket.on("data", (more) => (said += String(more)));
    socket.on("end", () => resolve(Number(said.slice(9, 12))));
    socket.on("error", reject);
  });
}

test("nobody is let in with a used, a revoked or a made-up token, and nothing is sent to another control plane", {
  timeout: 60_000,
}, async () => {
  const product = await control();
  const dataDir = edgeDir();
  const join_ = (value: string, fleet: string, ...more: string[]) =>
    sealkeeper("edge", "join", "--endpoint", `https://${fleet}`, "--token", value, "--data-dir", dataDir, ...more);
  const used = await token(product, "--name", "one");
  await join_(used.Token, product.fleet);
  await expect(join_(used.Token, product.fleet)).rejects.toThrow(/has been used/);
  const revoked = await token(product);
  await sealkeeper("edge", "tokens", "revoke", revoked.TokenId, ...operator(product));
  await expect(join_(revoked.Token, product.fleet, "--name", "two")).rejects.toThrow(/not valid/);
  await expect(join_("ske1.nonsense", product.fleet)).rejects.toThrow(/this is no token/);
  const fresh = await token(product, "--name", "three");
  await expect(join_(fresh.Token, product.fleet, "--zone", "nowhere at all")).rejects.toThrow(/zone is named like/);
  await expect(join_(fresh.Token, product.fleet, "--ca-fingerprint", `sha256:${"00".repeat(32)}`)).rejects.toThrow(
    /another control plane/,
  );

  const other = await control();
  await expect(join_(fresh.Token, other.fleet)).rejects.toThrow(/not the control plane that the token is for/);
  // The port of the APIs is of another authority, too.
  await expect(join_(fresh.Token, showHostPort(product.listen))).rejects.toThrow(/not the control plane/);
  expect(await join_(fresh.Token, product.fleet)).toContain("joined as three");

  const closed = await testProduct({ edge: "false" });
  await expect(token(closed)).rejects.toThrow(/--fleet-listen/);
});

test("an edge is upgraded by its command without a connection lost", { timeout: 60_000 }, async () => {
  const product = await testProduct({ "edge-workers": "2" });
  await openShop(product);
  const [supervisor, before] = [await edgePid(product), await edgeWorkers(product)];
  expect(await sealkeeper("edge", "reload", "--data-dir", product.dataDir)).toBe("reloaded\n");
  expect(await edgePid(product)).toBe(supervisor);
  expect((await edgeWorkers(product)).filter((pid) => before.includes(pid))).toEqual([]);
  expect(existsSync(join(product.dataDir, "edge-state"))).toBe(true);
  await expect(sealkeeper("edge", "reload", "--data-dir", "/nowhere")).rejects.toThrow(/no edge runs there/);
});
