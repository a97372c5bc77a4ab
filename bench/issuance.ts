import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { ensureHierarchy } from "#ca/hierarchy.ts";
import { prepareLeaf, signLeaf } from "#ca/issue.ts";
import { buildLeaf } from "#ca/leaf.ts";
import { type LeafIssuer, Signers } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import { certificateArn } from "#domain/arn.ts";
import { parseAccountId, parseDomainName, parseRegion } from "#domain/names.ts";
import { systemClock } from "#lib/clock.ts";
import { DAY, later } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore } from "#store/store.ts";
import { median, type Result } from "./result.ts";

/** Leafs for each second of one core: building and signing, and the whole recorded, linted issuance, against `crypto.sign` alone. */
export async function issuance(): Promise<readonly Result[]> {
  const store = await openStore("file::memory:");
  const signers = new Signers({ root: keyFileRoot(randomBytes(32)), caUrl: "http://127.0.0.1:4566" });
  const deps = { store, clock: systemClock, ids: randomIds, signers };
  await ensureHierarchy(deps);
  const results: Result[] = [];
  for (const { id, what, keyAlgorithm } of ISSUERS) {
    const issuer = await signers.issuer(store, id);
    const fields = { ...FIELDS, serial: randomBytes(16), keyAlgorithm, subjectPublicKeyInfo: leafKey(keyAlgorithm) };
    const tbs = buildLeaf(fields, issuer);
    const rounds = Array.from({ length: 5 }, () => ({
      raw: perSecond(() => sign(issuer.algorithm.hash, tbs, issuer.key)),
      built: perSecond(() => buildLeaf(fields, issuer)),
    }));
    const against = { name: "crypto.sign", value: median(rounds.map(({ raw }) => raw)) };
    results.push({
      what: `${what}: built and signed`,
      ours: median(rounds.map(({ built }) => built)),
      unit: "/s",
      more: true,
      against,
    });
    const whole = await wholePerSecond(issuer, fields.subjectPublicKeyInfo, deps);
    results.push({
      what: `${what}: intent, lint, sign, check, record (SQLite in memory)`,
      ours: whole,
      unit: "/s",
      more: true,
      against,
    });
  }
  await store.destroy();
  return results;
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
  { id: "ec1", what: "P-256", keyAlgorithm: "EC_prime256v1" },
  { id: "rsa1", what: "RSA-2048", keyAlgorithm: "RSA_2048" },
] as const;
const OWNER = parsed({ account: parseAccountId("123456789012"), region: parseRegion("eu-west-1") });
const NAMES = ["bench.example", "*.bench.example", "www.bench.example"].map(
  (name) => parsed({ name: parseDomainName(name) }).name,
);
const FIELDS = { shard: 1, names: NAMES, notBefore: new Date(), notAfter: later(new Date(), 198 * DAY) };

/** What is written here is well-formed. */
function parsed<T extends object>(values: { [K in keyof T]: T[K] | undefined }): T {
  return values as T;
}
