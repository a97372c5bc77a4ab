import { execFileSync } from "node:child_process";
import { createPrivateKey, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { ImportCertificateCommand } from "@aws-sdk/client-acm";
import { CreateKeyCommand, EncryptCommand, SignCommand } from "@aws-sdk/client-kms";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { get } from "#cli/demo/wire.ts";
import { POOL } from "#custody/wrapped-key.ts";
import { openStore } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { debian } from "../support/debian.ts";
import { edgePid, edgeWorkers } from "../support/edge-process.ts";
import { externalKey, importInto } from "../support/key-material.ts";
import { kmsProcessOf } from "../support/kms-process.ts";
import { formsOf, type KnownKeys, knownKeys, numbersOf } from "../support/known-keys.ts";
import { startPostgres } from "../support/postgres-server.ts";
import { countInMemory } from "../support/process-memory.ts";
import { testProduct } from "../support/product.ts";
import { selfSigned } from "../support/self-signed.ts";
import { openShop } from "../support/shop.ts";

test.for(DATABASES)(
  "after a whole story on $name known keys are in the KMS process, what signs in the control plane, served keys in the edge, and none anywhere else",
  {
    timeout: 600_000,
  },
  async ({ name }) => {
    debian("gdb");
    const postgres = name === "PostgreSQL" ? await startPostgres() : undefined;
    if (postgres) onTestFinished(() => postgres.stop());
    const database = postgres && `${postgres.url}/postgres`;
    const product = await testProduct({ "key-pool": "2", "log-level": "debug", ...(database && { database }) });
    let log = "";
    for (const stream of [product.process.stdout, product.process.stderr]) stream?.on("data", (text) => (log += text));
    const shop = await openShop(product);
    for (let i = 0; i < 3; i++) await get(shop);
    const { kms } = shop.clients;
    const symmetric = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.KeyId;
    await kms.send(new EncryptCommand({ KeyId: symmetric, Plaintext: Buffer.from("message") }));
    const signer = await kms.send(new CreateKeyCommand({ KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY" }));
    const sign = {
      KeyId: signer.KeyMetadata?.KeyId,
      Message: Buffer.from("m"),
      SigningAlgorithm: "ECDSA_SHA_256",
    } as const;
    await kms.send(new SignCommand(sign));
    const foreign = await selfSigned({ names: ["imported.example"], key: "RSA-2048" });
    const { acm } = shop.clients;
    await acm.send(
      new ImportCertificateCommand({
        Certificate: Buffer.from(foreign.certificate),
        PrivateKey: Buffer.from(foreign.privateKey),
      }),
    );
    const material = randomBytes(32);
    const external = await externalKey(kms);
    await importInto(kms, external, material);
    await kms.send(new EncryptCommand({ KeyId: external, Plaintext: Buffer.from("message") }));

    const workers = await edgeWorkers(product);
    const processes = {
      control: product.process.pid,
      kms: kmsProcessOf(product.process.pid),
      edge: await edgePid(product),
    };
    const copies = directory();
    if (database === undefined) {
      const running = new DatabaseSync(join(product.dataDir, "sealkeeper.db"), { readOnly: true });
      await backup(running, join(copies, "backup.db"));
      running.close();
    } else {
      const store = await openStore(database);
      await sql`checkpoint`.execute(store); // what is in memory is in its files, too
      await store.destroy();
    }
    for (const [name, pid] of Object.entries(processes)) dump(pid ?? 0, join(copies, `core.${name}`));

    const known = await knownKeys(product.dataDir, database);
    await expectBirths(known, database ?? `file:${join(product.dataDir, "sealkeeper.db")}`);
    const own = numbersOf(createPrivateKey(foreign.privateKey).export({ type: "pkcs8", format: "der" }));
    expect(known.leaves).toEqual(expect.arrayContaining(own)); // so the two ways to know a key agree
    expect(known.masters).toContainEqual(material);
    const pem = foreign.privateKey.split("\n").slice(4, 8);
    expect(known.leaves.length).toBeGreaterThan(0);
    expect(known.masters.length).toBeGreaterThanOrEqual(3);
    const count = (pid: number | undefined, ...groups: readonly (readonly Buffer[])[]): number =>
      countInMemory(pid ?? 0, groups.flat().flatMap(formsOf));
    const { root, custody, masters, leaves, signers } = known;
    expect(signers.length).toBeGreaterThan(5);
    for (const group of [root, custody, masters]) expect(count(processes.kms, group)).toBeGreaterThan(0);
    expect(count(processes.kms, leaves, signers)).toBe(0);
    expect(count(processes.control, signers)).toBeGreaterThan(0); // as OpenSSL's objects
    const imported = new Set(own.map((each) => each.toString("hex"))); // came as text, which stays in the heap for a while
    const made = leaves.filter((each) => !imported.has(each.toString("hex")));
    expect(count(processes.control, root, custody, masters, made)).toBe(0);
    expect(count(processes.edge, root, custody, masters, leaves, signers)).toBe(0); // the supervisor passes them on sealed
    expect(Math.max(...workers.map((worker) => count(worker, leaves)))).toBeGreaterThan(0);
    for (const worker of workers) expect(count(worker, root, custody, masters, signers, own)).toBe(0);

    const secrets = [root, custody, masters, leaves, signers]
      .flat()
      .flatMap(formsOf)
      .concat(pem.map((line) => Buffer.from(line)));
    const places = [product.dataDir, copies, ...(postgres ? [postgres.directory] : [])];
    const files = places.flatMap(filesOf).filter((path) => !path.endsWith("root.key"));
    expect(files.some((path) => path.endsWith("-wal") || path.includes("pg_wal/"))).toBe(true);
    for (const secret of secrets) expect(log.includes(secret.toString("latin1"))).toBe(false);
    for (const path of files) {
      const content = readFileSync(path);
      for (const secret of secrets) expect(content.includes(secret), path).toBe(false);
    }
    console.log(
      `${name}: hunted ${[root, custody, masters, leaves, signers].flat().length} secrets in ${files.length} files, 3 core dumps and ${3 + workers.length} processes`,
    );
  },
);

/** Whatever is sealed in the database, the journal has the birth of: also what later releases seal. */
async function expectBirths({ purposes }: KnownKeys, database: string): Promise<void> {
  const store = await openStore(database);
  const born = await store
    .selectFrom("auditRecords")
    .select(["resource", "eventName"])
    .where("eventName", "in", [...SEALED, ...KEYS, ...IMPORT, "CreateKeyPair"])
    .execute();
  await store.destroy();
  for (const purpose of purposes) {
    const [service, id = ""] = purpose.split(":");
    const acts = service === "kms" ? (id === "wrapping-key" ? IMPORT : KEYS) : SEALED;
    const name = service === "kms" ? `/${id.split(".").at(-1)}` : purpose;
    const isBorn = born.some(({ eventName, resource }) =>
      purpose === POOL
        ? eventName === "CreateKeyPair"
        : acts.includes(eventName) && (acts === IMPORT || resource?.endsWith(name)),
    );
    expect(isBorn, purpose).toBe(true);
  }
}

function dump(pid: number, path: string): void {
  execFileSync("gcore", ["-o", path, String(pid)], { stdio: "ignore" });
}

function filesOf(place: string): string[] {
  return readdirSync(place, { recursive: true, encoding: "utf8" })
    .map((name) => join(place, name))
    .filter((path) => statSync(path).isFile());
}

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "canary-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

const SEALED: readonly string[] = ["CreateSealedKey"];
const KEYS: readonly string[] = ["CreateKey", "RotateKey", "ImportKeyMaterial"];
const IMPORT: readonly string[] = ["GetParametersForImport"];
