import { sign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import type { EdgeMutualAuthentication, EdgeTrustStore } from "#domain/edge-config.ts";
import { utf8String } from "#lib/der.ts";
import { DAY } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import { pem } from "#lib/pem.ts";
import { distinguishedName, readCertificate, signed } from "#lib/x509-certificate.ts";
import { extendedKeyUsage } from "#lib/x509-extensions.ts";
import {
  keyPem,
  type TestCertificate,
  type TestCertificateFields,
  testCa,
  testCertificate,
} from "../../../tests/support/certificates.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { testCrl } from "../../../tests/support/revocation-list.ts";
import { handshake } from "../../../tests/support/tls-client.ts";
import { type FrontWorld, frontWorld } from "../../../tests/support/tls-front.ts";
import { verifyStatus } from "./handshake.ts";
import { mutualTls, trustStores } from "./mutual.ts";

const NOW = Date.now();
const DATES = { notBefore: new Date(NOW - 30 * DAY), notAfter: new Date(NOW + 30 * DAY) };
const SERVER = testCertificate(DATES);
const ROOT = testCa("clients", DATES);
const MIDDLE = testCa("middle", { ...DATES, issuer: ROOT });
const STRANGER = testCa("strangers", DATES);
const NAME = distinguishedName([
  [OID.countryName, utf8String("DE")],
  [OID.organizationName, utf8String('Müller, "Söhne"')],
  [OID.commonName, utf8String("client")],
]);
const clientOf = (issuer: TestCertificate, more: TestCertificateFields = {}): TestCertificate =>
  testCertificate({ ...DATES, name: NAME, issuer, extensions: [extendedKeyUsage(OID.clientAuth)], ...more });
const CLIENT = clientOf(MIDDLE);

const store = (authorities: readonly TestCertificate[], revocations: readonly Buffer[] = []): EdgeTrustStore => ({
  arn: "store",
  version: String(Math.random()),
  bundle: Buffer.from(authorities.map(({ pem }) => pem).join("")),
  revocations,
});

const VERIFY: EdgeMutualAuthentication = {
  mode: "verify",
  trustStoreArn: "store",
  ignoreExpiry: false,
  advertiseCaNames: false,
};

async function mutualWorld(
  setting: EdgeMutualAuthentication,
  first?: EdgeTrustStore,
): Promise<FrontWorld & { put(store: EdgeTrustStore | undefined): void }> {
  const world = await frontWorld();
  world.certify(SERVER);
  let current = first;
  const stores = trustStores(
    () => current,
    (what, error) => void world.said.push(`${what} ${String(error)}`),
  );
  const put = (next: EdgeTrustStore | undefined): void => {
    current = next;
    world.configure({ mutual: mutualTls(setting, stores) });
  };
  put(first);
  return { ...world, put };
}

const shows = (certificate: TestCertificate, ...above: readonly TestCertificate[]): ConnectionOptions => ({
  cert: [certificate, ...above].map(({ pem }) => pem).join(""),
  key: Buffer.from(keyPem(certificate.key).bytes),
});

/** What a client sees: `served` when what it says comes back. In TLS 1.3 it is done before the server has judged it. */
async function attempt(world: FrontWorld, options: ConnectionOptions): Promise<"served" | "refused"> {
  const before = world.handshakes.length;
  let socket: TLSSocket | undefined;
  try {
    socket = await handshake(world.port, { servername: "example.com", ...options });
    const closed = once(socket, "close").then(() => "refused" as const);
    const answered = once(socket, "data").then(() => "served" as const);
    socket.write("ping");
    return await Promise.race([closed, answered]).catch(() => "refused" as const);
  } catch {
    return "refused";
  } finally {
    socket?.destroy();
    await world.settled(before + 1);
  }
}

const status = (world: FrontWorld): string => verifyStatus(world.handshakes.at(-1)!);
const fields = (world: FrontWorld): Record<string, string> =>
  Object.fromEntries(world.served.at(-1)?.tls.mutual.map(({ name, value }) => [name, value]) ?? []);
const asHeader = (...chain: readonly TestCertificate[]): string =>
  chain
    .map(({ pem }) => encodeURIComponent(pem).replaceAll("%2B", "+").replaceAll("%2F", "/").replaceAll("%3D", "="))
    .join("");

for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
  test(`over ${maxVersion} a trusted client is served, and its targets are told who it is`, async () => {
    const world = await mutualWorld(VERIFY, store([ROOT]));
    expect(await attempt(world, { maxVersion, ...shows(CLIENT, MIDDLE) })).toBe("served");
    const seconds = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
    expect(fields(world)).toEqual({
      "X-Amzn-Mtls-Clientcert-Serial-Number": new X509Certificate(CLIENT.der).serialNumber,
      "X-Amzn-Mtls-Clientcert-Issuer": "CN=middle",
      "X-Amzn-Mtls-Clientcert-Subject": 'CN=client,O=M\\C3\\BCller\\, \\"S\\C3\\B6hne\\",C=DE',
      "X-Amzn-Mtls-Clientcert-Validity": `NotBefore=${seconds(DATES.notBefore)};NotAfter=${seconds(DATES.notAfter)}`,
      "X-Amzn-Mtls-Clientcert-Leaf": asHeader(CLIENT),
    });
    expect(status(world)).toBe("Success");
    expect(world.handshakes.at(-1)?.client?.subject).toContain("CN=client");
  });

  test.for([
    ["none", {}, "Failed:ClientCertUntrusted"],
    ["a stranger's", shows(clientOf(STRANGER)), "Failed:ClientCertUntrusted"],
    ["one without its intermediate", shows(CLIENT), "Failed:ClientCertUntrusted"],
    ["an expired one", shows(clientOf(ROOT, { notAfter: new Date(NOW - DAY) })), "Failed:ClientCertExpired"],
    [
      "a server's",
      shows(clientOf(ROOT, { extensions: [extendedKeyUsage(OID.serverAuth)] })),
      "Failed:ClientCertPurposeInvalid",
    ],
  ] as const)(`over ${maxVersion} a client that shows %s is refused`, async ([, options, expected]) => {
    const world = await mutualWorld(VERIFY, store([ROOT]));
    expect(await attempt(world, { maxVersion, ...options })).toBe("refused");
    expect([status(world), world.served.length]).toEqual([expected, 0]);
  });

  test(`over ${maxVersion} everybody is passed through with the chain that came, or without any`, async () => {
    const world = await mutualWorld({ mode: "passthrough" });
    expect(await attempt(world, { maxVersion, ...shows(clientOf(STRANGER), STRANGER) })).toBe("served");
    expect(Object.keys(fields(world))).toEqual(["X-Amzn-Mtls-Clientcert"]);
    expect(await attempt(world, { maxVersion, ...shows(CLIENT, MIDDLE, ROOT) })).toBe("served");
    expect(fields(world)).toEqual({ "X-Amzn-Mtls-Clientcert": asHeader(CLIENT, MIDDLE, ROOT) });
    expect(await attempt(world, { maxVersion })).toBe("served");
    expect(fields(world)).toEqual({});
  });
}

test("a change of the trust store counts for the next handshake, and connections go on", async () => {
  const world = await mutualWorld(VERIFY, store([MIDDLE]));
  const kept = await handshake(world.port, { servername: "example.com", ...shows(CLIENT) });
  kept.write("a");
  await once(kept, "data");
  world.put(store([MIDDLE], [testCrl(MIDDLE, [Buffer.from(new X509Certificate(CLIENT.der).serialNumber, "hex")])]));
  expect(await attempt(world, shows(CLIENT))).toBe("refused");
  expect(status(world)).toBe("Failed:ClientCertCrlHit");
  world.put(store([STRANGER]));
  expect(await attempt(world, shows(CLIENT))).toBe("refused");
  world.put(undefined);
  expect(await attempt(world, shows(CLIENT))).toBe("refused");
  world.put(store([ROOT, MIDDLE]));
  expect(await attempt(world, shows(CLIENT))).toBe("served");
  kept.write("b");
  expect(String((await once(kept, "data"))[0])).toBe("b");
  kept.destroy();
});

test("sessions are not resumed: whoever comes back is judged again", async () => {
  for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
    const world = await mutualWorld(VERIFY, store([MIDDLE]));
    const options = { servername: "example.com", maxVersion, ...shows(CLIENT) };
    const first = await handshake(world.port, options);
    const session = maxVersion === "TLSv1.3" ? ((await once(first, "session"))[0] as Buffer) : first.getSession();
    first.destroy();
    const second = await handshake(world.port, { ...options, session });
    expect(second.isSessionReused()).toBe(false);
    second.destroy();
  }
});

test("an expired certificate passes where the listener says so", async () => {
  const world = await mutualWorld({ ...VERIFY, ignoreExpiry: true }, store([ROOT]));
  expect(await attempt(world, shows(clientOf(ROOT, { notAfter: new Date(NOW - DAY) })))).toBe("served");
});

test("the names of the trusted CAs are told where the listener says so, and only there", async () => {
  for (const advertiseCaNames of [false, true]) {
    const world = await mutualWorld({ ...VERIFY, advertiseCaNames }, store([ROOT, MIDDLE]));
    const said = await openssl(`s_client -connect 127.0.0.1:${world.port} -servername example.com`);
    expect(said.includes("Acceptable client certificate CA names")).toBe(advertiseCaNames);
    expect(/CN ?= ?clients\n.*CN ?= ?middle/.test(said)).toBe(advertiseCaNames);
  }
});

test("a chain too large for header fields is refused", async () => {
  const world = await mutualWorld({ mode: "passthrough" });
  const wide = testCertificate({
    ...DATES,
    name: distinguishedName(
      Array.from({ length: 600 }, (_, at) => [OID.organizationName, utf8String(`part ${at} ${"x".repeat(40)}`)]),
    ),
  });
  expect(await attempt(world, shows(wide))).toBe("refused");
  expect(status(world)).toBe("Failed:ClientCertMaxSizeExceeded");
});

/** A certificate whose validity begins at what is no time, signed all the same. */
function undated(issuer: TestCertificate, utcTime: string): TestCertificate {
  const certificate = clientOf(issuer, { notBefore: new Date("2001-02-03T04:05:06Z") });
  const { tbs, algorithm } = readCertificate(certificate.der);
  const changed = Buffer.from(tbs.toString("latin1").replace("010203040506Z", utcTime), "latin1");
  const der = signed(changed, algorithm, sign("sha256", changed, issuer.key));
  return { ...certificate, der, pem: pem("CERTIFICATE", der) };
}

test.for(["000000000000Z", "260231000000Z"])(
  "a certificate of the date %s ends no more than its connection",
  async (at) => {
    const strange = undated(ROOT, at);
    for (const ignoreExpiry of [false, true]) {
      const world = await mutualWorld({ ...VERIFY, ignoreExpiry }, store([ROOT]));
      expect(await attempt(world, shows(strange))).toBe("refused");
      expect(status(world)).toBe("Failed:ClientCertInvalid");
      expect(await attempt(world, shows(clientOf(ROOT)))).toBe("served");
    }
    const world = await mutualWorld({ mode: "passthrough" });
    expect(await attempt(world, shows(strange))).toBe("served");
    expect(fields(world)).toEqual({ "X-Amzn-Mtls-Clientcert": asHeader(strange) });
    expect(world.handshakes.at(-1)?.client).toBeUndefined();
  },
);
