import { execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureHierarchy } from "#ca/hierarchy.ts";
import { prepareLeaf, signLeaf } from "#ca/issue.ts";
import { leafTbs } from "#ca/leaf.ts";
import { lintLeaf } from "#ca/lint/lint.ts";
import { type CertifiedKey, certifiedKey } from "#ca/lint/linted-leaf.ts";
import { type LeafIssuer, Signers, signAs } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import { certificateArn } from "#domain/arn.ts";
import { parseAccountId, parseDomainName, parseRegion } from "#domain/names.ts";
import { systemClock } from "#lib/clock.ts";
import { DAY, later, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { signed } from "#lib/x509-certificate.ts";
import { openStore } from "#store/store.ts";
import { debian } from "../tests/support/debian.ts";
import { median, type Result } from "./result.ts";

/**
 * Leafs for each second of one core. The core of an issuance (build, lint, sign, assemble; the leaf's key is given)
 * against `crypto.sign` alone and against Go's `x509.CreateCertificate`, measured in turn; and the whole recorded issuance.
 */
export async function issuance(): Promise<readonly Result[]> {
  debian("golang-go");
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-bench-"));
  const store = await openStore("file::memory:");
  try {
    const go = join(directory, "go-certificates");
    const environment = { ...process.env, GOCACHE: join(directory, "cache"), GO111MODULE: "off" };
    execFileSync("go", ["build", "-o", go, new URL("go-certificates.go", import.meta.url).pathname], {
      env: environment,
    });
    const signers = new Signers({ root: keyFileRoot(randomBytes(32)), caUrl: "http://127.0.0.1:4566" });
    const deps = { store, clock: systemClock, ids: randomIds, signers };
    await ensureHierarchy(deps);
    const results: Result[] = [];
    for (const one of ISSUERS) {
      const issuer = await signers.issuer(store, one.id);
      const key = certifiedKey(leafKey(one.keyAlgorithm));
      const tbs = build(key, issuer);
      const raw = (): unknown => sign(issuer.algorithm.hash, tbs, issuer.key);
      const core = (): unknown => issueCore({ ...key }, issuer);
      for (let n = 0; n < WARM_UP; n++) core();
      const rounds = Array.from({ length: ROUNDS }, () => ({
        raw: perSecond(raw),
        core: perSecond(core),
        go: 1e6 / Number(execFileSync(go, [one.go, "0.5"]).toString()),
      }));
      const of = (name: "raw" | "core" | "go"): number => median(rounds.map((round) => round[name]));
      const unit = "/s";
      const signing = { name: "crypto.sign", value: of("raw") };
      const ours = { what: `${one.what}: built, linted, signed`, ours: of("core"), unit, more: true };
      results.push(
        { ...ours, against: signing },
        { ...ours, against: { name: "Go's CreateCertificate", value: of("go") } },
        {
          what: `${one.what}: key read, intent, lint, sign, check, record`,
          ours: await wholePerSecond(issuer, key.spki, deps),
          unit,
          more: true,
          against: signing,
        },
      );
    }
    return results;
  } finally {
    await store.destroy();
    rmSync(directory, { recursive: true });
  }
}

/** The way of `prepareLeaf` and `signLeaf` without the store. */
function issueCore(key: CertifiedKey, issuer: LeafIssuer): Buffer {
  const tbs = build(key, issuer);
  lintLeaf(tbs, { profile: "server", issuer, now: NOW, certified: key });
  return signed(tbs, issuer.algorithm.identifier, signAs(issuer, tbs));
}

function build({ spki, algorithm }: CertifiedKey, issuer: LeafIssuer): Buffer {
  if (!algorithm) throw new Error("not a key of a leaf");
  const period = { notBefore: NOW, notAfter: later(NOW, 198 * DAY - SECOND) };
  const fields = { serial: SERIAL, keyAlgorithm: algorithm, subjectPublicKeyInfo: spki, names: NAMES, shard: 0 };
  return leafTbs({ ...fields, ...period }, issuer);
}

/** Calls for each second of processor time, over half a second. */
function perSecond(work: () => unknown): number {
  const before = process.cpuUsage();
  let calls = 0;
  for (const end = performance.now() + 500; performance.now() < end; calls++) work();
  const { user, system } = process.cpuUsage(before);
  return (calls / (user + system)) * 1e6;
}

async function wholePerSecond(
  { id }: LeafIssuer,
  subjectPublicKeyInfo: Buffer,
  deps: Parameters<typeof signLeaf>[1] & Parameters<typeof prepareLeaf>[2],
): Promise<number> {
  const before = process.cpuUsage();
  let issued = 0;
  for (const end = performance.now() + 1_500; performance.now() < end; issued++) {
    const request = {
      certificateArn: certificateArn(OWNER, `${id}-${issued}`),
      generation: 1,
      subjectPublicKeyInfo,
      names: NAMES,
      validity: 198 * DAY,
    };
    const prepared = await deps.store.transaction().execute((tx) => prepareLeaf(tx, request, deps));
    await signLeaf(prepared, deps);
  }
  const { user, system } = process.cpuUsage(before);
  return (issued / (user + system)) * 1e6;
}

function leafKey(algorithm: "RSA_2048" | "EC_prime256v1"): Buffer {
  const { publicKey } =
    algorithm === "RSA_2048"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 })
      : generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  return publicKey.export({ type: "spki", format: "der" });
}

const ISSUERS = [
  { id: "ec1", what: "P-256", keyAlgorithm: "EC_prime256v1", go: "p256" },
  { id: "rsa1", what: "RSA-2048", keyAlgorithm: "RSA_2048", go: "rsa2048" },
] as const;
const ROUNDS = 9;
/** Until V8 has compiled all of it. */
const WARM_UP = 20_000;
const NOW = new Date(Math.floor(Date.now() / 1_000) * 1_000);
const SERIAL = Buffer.concat([Buffer.of(0x40), randomBytes(15)]);
const OWNER = parsed({ account: parseAccountId("123456789012"), region: parseRegion("eu-west-1") });
const NAMES = ["bench.example", "*.bench.example", "www.bench.example"].map(
  (name) => parsed({ name: parseDomainName(name) }).name,
);

/** What is written here is well-formed. */
function parsed<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return values as T;
}
