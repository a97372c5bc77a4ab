import { execFile } from "node:child_process";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { EVERY_TLS_POLICY } from "#domain/tls/every-policy.ts";
import type { TlsPolicy, TlsVersion } from "#domain/tls/policies.ts";
import { testCertificate, testKey } from "../support/certificates.ts";
import { debian } from "../support/debian.ts";
import { handshake } from "../support/tls-client.ts";
import { type FrontWorld, frontWorld } from "../support/tls-front.ts";

debian("openssl", "sslscan", "testssl.sh");

const DATES = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 30 * 86_400_000) };
const EC = testCertificate(DATES);
const RSA = testCertificate({ ...DATES, key: testKey("RSA_2048") });
const VERSIONS: readonly TlsVersion[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
const CIPHERS: readonly string[] = [...new Set(EVERY_TLS_POLICY.flatMap(({ ciphers }) => ciphers))];
const GROUPS: readonly string[] = [...new Set(EVERY_TLS_POLICY.flatMap(({ groups }) => groups)), "MLKEM1024", "X448"];

/** Whether a version knows a suite: those with SHA-1 are as old as TLS 1.0, the others came with 1.2 and 1.3. */
function speaks(version: TlsVersion, cipher: string): boolean {
  if (version === "TLSv1.3" || cipher.startsWith("TLS_")) return version === "TLSv1.3" && cipher.startsWith("TLS_");
  return version === "TLSv1.2" || cipher.endsWith("-SHA");
}

/** TLS 1.0 and 1.1 need OpenSSL's level 0; the suites of TLS 1.3 are a list of their own. */
function alone(cipher: string): string {
  return cipher.startsWith("TLS_") ? cipher : `${cipher}:@SECLEVEL=0`;
}

async function serving(policy: TlsPolicy): Promise<FrontWorld> {
  const world = await frontWorld();
  world.certify(EC);
  world.certify(RSA);
  world.configure({ policy });
  return world;
}

/** What was agreed, or undefined. */
async function agreed(port: number, options: object): Promise<{ cipher: string; version: string } | undefined> {
  let socket: TLSSocket;
  try {
    socket = await handshake(port, { servername: "example.com", ...options });
  } catch {
    return undefined;
  }
  const answer = { cipher: socket.getCipher().name, version: socket.getProtocol() ?? "" };
  socket.destroy();
  return answer;
}

describe("every policy, by real handshakes with OpenSSL 3.5", () => {
  const lines: string[] = [];
  let tried = 0;
  let wrong = 0;

  test.for(EVERY_TLS_POLICY)("$name", async (policy) => {
    const { port } = await serving(policy);
    const mismatches: string[] = [];
    const marks: string[] = [];
    for (const version of VERSIONS) {
      let mark = `${version.replace("TLSv1", "1").padEnd(3)} `;
      for (const cipher of CIPHERS.filter((one) => speaks(version, one))) {
        const expected = policy.versions.includes(version) && policy.ciphers.includes(cipher);
        const got = await agreed(port, { minVersion: version, maxVersion: version, ciphers: alone(cipher) });
        tried++;
        const right = expected ? got?.cipher === cipher && got.version === version : got === undefined;
        if (!right) mismatches.push(`${version} ${cipher}: ${JSON.stringify(got)}`);
        mark += right ? (expected ? "●" : "·") : "✗";
      }
      marks.push(mark);
    }
    let mark = "groups ";
    for (const ecdhCurve of GROUPS) {
      const [newest = "TLSv1.2"] = policy.versions.toReversed();
      const usable = policy.groups.includes(ecdhCurve) && (newest === "TLSv1.3" || !ecdhCurve.includes("MLKEM"));
      const ciphers = `${CIPHERS.filter((one) => !one.startsWith("A")).join(":")}:@SECLEVEL=0`;
      const got = await agreed(port, { ecdhCurve, ciphers, minVersion: newest, maxVersion: newest });
      tried++;
      if ((got !== undefined) !== usable) mismatches.push(`${ecdhCurve}: ${JSON.stringify(got)}`);
      mark += (got !== undefined) === usable ? (usable ? "●" : "·") : "✗";
    }
    wrong += mismatches.length;
    lines.push(`${policy.name.padEnd(56)} ${marks.join("  ")}  ${mark}`);
    expect(mismatches).toEqual([]);
  });

  test.for(EVERY_TLS_POLICY.filter(({ versions }) => versions.includes("TLSv1.2")))(
    "$name chooses in the server's order, whatever order the client has",
    async (policy) => {
      const { port } = await serving(policy);
      const backwards = policy.ciphers.filter((one) => !one.startsWith("TLS_")).toReversed();
      const older = { maxVersion: "TLSv1.2", ciphers: `${backwards.join(":")}:@SECLEVEL=0` };
      const withEc = await agreed(port, older);
      expect(withEc?.cipher).toBe(policy.ciphers.find((one) => one.startsWith("ECDHE-ECDSA-")));
      const withRsa = await agreed(port, { ...older, sigalgs: "RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA1" });
      expect(withRsa?.cipher).toBe(policy.ciphers.find((one) => !/^TLS_|ECDSA/.test(one)));
      if (!policy.versions.includes("TLSv1.3")) return;
      const newer = policy.ciphers.filter((one) => one.startsWith("TLS_")).toReversed();
      expect((await agreed(port, { minVersion: "TLSv1.3", ciphers: newer.join(":") }))?.cipher).toBe(policy.ciphers[0]);
    },
  );

  test("in all", () => {
    console.log(`suites: ${CIPHERS.join(" ")}\ngroups: ${GROUPS.join(" ")}\n${lines.join("\n")}`);
    console.log(`${tried} handshakes, ${wrong} mismatches (● served, · refused)`);
    expect([tried >= 1_221, wrong]).toEqual([true, 0]);
  });
});

const REPRESENTATIVES = [
  "ELBSecurityPolicy-2016-08",
  "ELBSecurityPolicy-TLS13-1-2-2021-06",
  "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04",
  "ELBSecurityPolicy-FS-1-2-Res-2020-10",
  "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
  "ELBSecurityPolicy-TLS13-1-2-RFC9151-INTEROP3-FIPS-2023-07",
  "TLSv1.1_2016",
  "SecurityPolicy_TLS12_PFS_2025_EDGE",
];
const named = (name: string): TlsPolicy => EVERY_TLS_POLICY.find((policy) => policy.name === name)!;

/** As pairs of version and suite. */
function table(policy: TlsPolicy, known: (cipher: string) => boolean = () => true): string[] {
  return policy.versions
    .flatMap((version) =>
      policy.ciphers.filter((one) => speaks(version, one) && known(one)).map((one) => `${version} ${one}`),
    )
    .sort();
}

test.for(REPRESENTATIVES)("sslscan finds of %s what its row says", async (name) => {
  const policy = named(name);
  const { port } = await serving(policy);
  const at = ["--sni-name=example.com", "--xml=-", "--no-heartbleed", "--no-colour", `127.0.0.1:${port}`];
  const { stdout } = await promisify(execFile)("sslscan", at, { maxBuffer: 2 ** 24 });
  const found = [...stdout.matchAll(/<cipher status="[^"]*" sslversion="([^"]*)" bits="\d+" cipher="([^"]*)"/g)].map(
    ([, version = "", cipher = ""]) => `${version.replace("TLSv1.0", "TLSv1")} ${cipher}`,
  );
  expect([...new Set(found)].sort()).toEqual(table(policy));
});

test.for(["ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"])(
  "testssl.sh finds of %s what its row says, and no weakness of the server",
  async (name) => {
    const policy = named(name);
    const { port } = await serving(policy);
    const args = [
      "--quiet",
      "--color",
      "0",
      "--warnings",
      "off",
      "--mapping",
      "openssl",
      "--sneaky",
      "--ip",
      "127.0.0.1",
    ];
    const run = promisify(execFile)(
      "testssl",
      [...args, "--protocols", "--each-cipher", "--renegotiation", `example.com:${port}`],
      { maxBuffer: 2 ** 24, timeout: 110_000 },
    );
    run.child.stdin?.end();
    const { stdout } = await run;
    const offered = (version: string): boolean => new RegExp(`^ ${version} +offered`, "m").test(stdout);
    expect([offered("SSLv2"), offered("SSLv3"), offered("TLS 1")]).toEqual([
      false,
      false,
      policy.versions.includes("TLSv1"),
    ]);
    expect([offered("TLS 1.2"), offered("TLS 1.3")]).toEqual([true, policy.versions.includes("TLSv1.3")]);
    const found = [...stdout.matchAll(/^ x[0-9a-f]+ +(\S+) +/gm)].map(([, cipher = ""]) => cipher);
    expect([...new Set(found)].sort()).toEqual([...policy.ciphers].sort());
    expect(stdout).toMatch(/Secure Client-Initiated Renegotiation +not vulnerable/);
  },
);
