import { execFileSync } from "node:child_process";
import { generateKeyPairSync, hash, randomBytes, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildCrl } from "#ca/crl.ts";
import { ensureHierarchy } from "#ca/hierarchy.ts";
import { prepareLeaf, signLeaf } from "#ca/issue.ts";
import { answerOcsp } from "#ca/ocsp.ts";
import { type LeafIssuer, Signers } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import { certificateArn } from "#domain/arn.ts";
import { parseAccountId, parseDomainName, parseRegion } from "#domain/names.ts";
import { systemClock } from "#lib/clock.ts";
import { encode, integer, NULL, octetString, oid, sequence, tagged } from "#lib/der.ts";
import { DAY, later } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { OID } from "#lib/oids.ts";
import { publicKeyBits } from "#lib/x509-certificate.ts";
import { openStore } from "#store/store.ts";
import { median, type Result } from "./result.ts";

/** What telling who is revoked costs: a CRL of 100,000 entries beside OpenSSL, OCSP answers beside `crypto.sign` alone. */
export async function status(): Promise<readonly Result[]> {
  const store = await openStore("file::memory:");
  const signers = new Signers({ root: keyFileRoot(randomBytes(32)), caUrl: "http://127.0.0.1:4566" });
  const deps = { store, clock: systemClock, ids: randomIds, signers };
  await ensureHierarchy(deps);
  const issuer = await signers.issuer(store, "ec1");
  const results = [crls(issuer), ...(await ocsp(issuer, deps))];
  await store.destroy();
  return results;
}

function crls(issuer: LeafIssuer): Result {
  const begin = Date.UTC(2026, 0, 1);
  const entries = Array.from({ length: ENTRIES }, (_, index) => ({
    serial: `4${randomBytes(16).toString("hex").slice(1)}`,
    revokedAt: begin + index * 1_000,
    reason: 4,
  }));
  const thisUpdate = new Date();
  const fields = { number: 1, thisUpdate, nextUpdate: later(thisUpdate, 7 * DAY), entries };
  const theirs = openssl(entries);
  try {
    for (let n = 0; n < WARM_UP; n++) buildCrl(fields, issuer);
    const rounds = Array.from({ length: 5 }, () => ({
      ours: milliseconds(() => buildCrl(fields, issuer)),
      theirs: theirs.build(),
    }));
    return {
      what: `a CRL of ${ENTRIES.toLocaleString("en")} entries, built, signed, checked`,
      ours: median(rounds.map(({ ours }) => ours)),
      unit: "ms",
      more: false,
      against: { name: "openssl ca -gencrl", value: median(rounds.map(({ theirs: value }) => value)) },
    };
  } finally {
    theirs.forget();
  }
}

/** `openssl ca` with a database that lists the same certificates. */
function openssl(entries: readonly { readonly serial: string; readonly revokedAt: number }[]): {
  readonly build: () => number;
  readonly forget: () => void;
} {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-bench-"));
  const file = (name: string, text: string): void => writeFileSync(join(directory, name), text);
  const day = (at: number): string =>
    new Date(at)
      .toISOString()
      .replaceAll(/[-:T]|\.\d+/g, "")
      .slice(2);
  const end = day(Date.now() + 100 * DAY);
  const lines = entries.map(
    ({ serial, revokedAt }, index) =>
      `R\t${end}\t${day(revokedAt)},superseded\t${serial.toUpperCase()}\tunknown\t/CN=${index}`,
  );
  file("index.txt", `${lines.join("\n")}\n`);
  file("crlnumber", "01\n");
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  file("key.pem", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
  /** Answers its milliseconds of processor time, as the shell counts them. */
  const run = (args: string): number => {
    const said = execFileSync("bash", ["-c", `openssl ${args} 2>/dev/null; times`], { cwd: directory }).toString();
    const [, user = "0", system = "0"] = /(?:\S+ \S+\n)0m(\S+)s 0m(\S+)s/.exec(said) ?? [];
    return (Number(user) + Number(system)) * 1_000;
  };
  run("req -x509 -new -key key.pem -subj /CN=bench -days 30 -out ca.pem");
  file(
    "ca.cnf",
    "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n",
  );
  return {
    build: () => run("ca -config ca.cnf -gencrl -cert ca.pem -keyfile key.pem -out list.pem"),
    forget: () => rmSync(directory, { recursive: true, force: true }),
  };
}

async function ocsp(
  issuer: LeafIssuer,
  deps: Parameters<typeof answerOcsp>[1] & Parameters<typeof prepareLeaf>[2] & Parameters<typeof signLeaf>[1],
): Promise<readonly Result[]> {
  const leaf = await issueLeaf(deps);
  const certId = sequence(
    sequence(oid(OID.sha1), NULL),
    octetString(hash("sha1", issuer.name, "buffer")),
    octetString(hash("sha1", publicKeyBits(issuer.subjectPublicKeyInfo), "buffer")),
    integer(Buffer.from(leaf, "hex")),
  );
  const nonce = sequence(oid(OID.ocspNonce), octetString(octetString(randomBytes(32))));
  const asked = encode(sequence(sequence(sequence(sequence(certId)))));
  const once = encode(sequence(sequence(sequence(sequence(certId)), tagged(2, sequence(nonce)))));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const data = randomBytes(300);
  const rounds = [];
  for (let round = 0; round < 5; round++) {
    rounds.push({
      raw: await perSecond(() => sign("sha256", data, privateKey)),
      signed: await perSecond(() => answerOcsp(once, deps)),
      kept: await perSecond(() => answerOcsp(asked, deps)),
    });
  }
  const against = { name: "crypto.sign", value: median(rounds.map(({ raw }) => raw)) };
  const answers = { unit: "/s", more: true, against };
  return [
    {
      what: "OCSP with a nonce: read, looked up, signed (SQLite in memory)",
      ours: median(rounds.map(({ signed }) => signed)),
      ...answers,
    },
    {
      what: "OCSP without one: read, looked up, given again",
      ours: median(rounds.map(({ kept }) => kept)),
      ...answers,
    },
  ];
}

async function issueLeaf(deps: Parameters<typeof prepareLeaf>[2] & Parameters<typeof signLeaf>[1]): Promise<string> {
  const account = parseAccountId("123456789012");
  const region = parseRegion("eu-west-1");
  const name = parseDomainName("bench.example");
  if (!account || !region || !name) throw new Error("what is written here is well-formed");
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const request = {
    certificateArn: certificateArn({ account, region }, "status"),
    generation: 1,
    subjectPublicKeyInfo: publicKey.export({ type: "spki", format: "der" }),
    names: [name],
    validity: 198 * DAY,
  };
  return (await signLeaf(await deps.store.transaction().execute((tx) => prepareLeaf(tx, request, deps)), deps)).serial;
}

/** Of processor time. */
function milliseconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** Calls for each second of processor time, over half a second. */
async function perSecond(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  let calls = 0;
  for (const end = performance.now() + 500; performance.now() < end; calls++) await work();
  const { user, system } = process.cpuUsage(before);
  return (calls / (user + system)) * 1e6;
}

const ENTRIES = 100_000;
/** Until V8 has compiled what writes entries. */
const WARM_UP = 5;
