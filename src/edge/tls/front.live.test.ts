import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTcp, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import type { Millis } from "#lib/duration.ts";
import { systemTimers } from "#lib/timers.ts";
import { testCertificate, testKey } from "../../../tests/support/certificates.ts";
import { handshake } from "../../../tests/support/tls-client.ts";
import { type FrontWorld, frontWorld, POLICY } from "../../../tests/support/tls-front.ts";
import { verifyStatus } from "./handshake.ts";
import { ticketSeed } from "./ticket-keys.ts";

const NOW = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };
const EC = testCertificate({ ...NOW });
const RSA = testCertificate({ ...NOW, key: testKey("RSA_2048") });
const CLIENT = { servername: "example.com" };

async function failing(attempt: Promise<TLSSocket>): Promise<string> {
  try {
    (await attempt).destroy();
    return "done";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

/** A session that the server gave out, of a connection that has ended. */
async function session(world: FrontWorld, options: object = {}): Promise<Buffer> {
  const socket = await handshake(world.port, { ...CLIENT, ...options });
  const [given] = socket.getProtocol() === "TLSv1.3" ? await once(socket, "session") : [socket.getSession()];
  socket.destroy();
  return given as Buffer;
}

async function resumes(world: FrontWorld, ticket: Buffer, options: object = {}): Promise<boolean> {
  const socket = await handshake(world.port, { ...CLIENT, ...options, session: ticket });
  const reused = socket.isSessionReused();
  socket.destroy();
  return reused;
}

test("what was agreed is told, with the names of IANA and of OpenSSL", async () => {
  const world = await frontWorld();
  const arn = world.certify(EC);
  world.configure({ alpn: ["h2", "http/1.1"] });
  const socket = await handshake(world.port, { ...CLIENT, ALPNProtocols: ["http/1.1"], ecdhCurve: "P-384:X25519" });
  await world.settled(1);
  expect(world.served[0]?.tls).toEqual({
    version: "TLSv1.3",
    cipherSuite: "TLS_AES_128_GCM_SHA256",
    cipher: "TLS_AES_128_GCM_SHA256",
    serverName: "example.com",
    certificateArn: arn,
    mutual: [],
  });
  expect(world.handshakes).toMatchObject([{ keyExchange: "P-384", protocol: "http/1.1", certificate: { arn } }]);
  expect(verifyStatus(world.handshakes[0]!)).toBe("Success");
  socket.destroy();
  const old = await handshake(world.port, { maxVersion: "TLSv1.2" });
  await world.settled(2);
  expect(world.served[1]?.tls).toMatchObject({
    version: "TLSv1.2",
    cipherSuite: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    cipher: "ECDHE-ECDSA-AES128-GCM-SHA256",
    serverName: undefined,
  });
  old.destroy();
});

test("the key exchange group that is told is the one that the client sees", async () => {
  const world = await frontWorld();
  world.certify(EC);
  const orders = [
    "X25519MLKEM768:X25519",
    "P-256",
    "P-384:P-256",
    "X25519:SecP256r1MLKEM768",
    "SecP384r1MLKEM1024",
    "P-521:P-384",
  ];
  let attempts = 0;
  for (const policy of ["TLS13-1-2-Res-PQ-2025-09", "TLS13-1-2-FIPS-PQ-2025-09", "TLS13-1-2-2021-06"]) {
    for (const ecdhCurve of orders) {
      for (const maxVersion of ["TLSv1.3", "TLSv1.2"] as const) {
        world.configure({ policy: POLICY(policy) });
        let socket: TLSSocket;
        attempts++;
        try {
          socket = await handshake(world.port, { ...CLIENT, ecdhCurve, maxVersion });
        } catch {
          continue; // nothing in common
        }
        await world.settled(attempts);
        const seen = (socket.getEphemeralKeyInfo() as { name?: string }).name;
        const told = world.handshakes.at(-1)?.keyExchange;
        expect([policy, ecdhCurve, maxVersion, SEEN[told ?? ""] ?? told]).toEqual([
          policy,
          ecdhCurve,
          maxVersion,
          seen,
        ]);
        socket.destroy();
      }
    }
  }
});
const SEEN: Readonly<Record<string, string>> = { "P-256": "prime256v1", "P-384": "secp384r1", "P-521": "secp521r1" };

test("a client that offers other protocols only is refused with no_application_protocol", async () => {
  const world = await frontWorld();
  world.certify(EC);
  world.configure({ alpn: ["h2", "http/1.1"] });
  const refused = failing(handshake(world.port, { ...CLIENT, ALPNProtocols: ["ftp"] }));
  expect(await refused).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
  expect((await handshake(world.port, CLIENT)).alpnProtocol).toBe(false);
  await expect.poll(() => world.handshakes.map(({ failure }) => failure?.kind)).toEqual(["negotiation", undefined]);
});

test.for([
  ["nothing in common", { maxVersion: "TLSv1.2", minVersion: "TLSv1.2" }, "TLS13-1-3-2021-06", "PROTOCOL_VERSION"],
  [
    "no suite in common",
    { maxVersion: "TLSv1.2", ciphers: "AES128-SHA" },
    "TLS13-1-2-Res-2021-06",
    "HANDSHAKE_FAILURE",
  ],
] as const)("a client with %s is refused", async ([, options, policy, alert]) => {
  const world = await frontWorld();
  world.certify(EC);
  world.configure({ policy: POLICY(policy) });
  expect(await failing(handshake(world.port, { ...CLIENT, ...options }))).toContain(alert);
  await expect.poll(() => world.handshakes[0]?.failure?.kind).toBe("negotiation");
  expect(verifyStatus(world.handshakes[0]!)).toBe("Failed:UnmappedConnectionError");
});

test("the alert of a client that does not like our certificate is told", async () => {
  const world = await frontWorld();
  world.certify(EC);
  // A client of TLS 1.2 says what it does not like before the server is done.
  const at = `-connect 127.0.0.1:${world.port} -servername example.com -tls1_2`;
  const strict = "-verify_return_error -verify 1 -verify_hostname other.test";
  const client = spawn("openssl", `s_client ${at} ${strict}`.split(" "));
  await once(client, "exit");
  await expect
    .poll(() => world.handshakes[0]?.failure)
    .toMatchObject({ kind: "negotiation", alert: expect.any(Number) });
});

test("clients that say nothing make room for others, the one that came first before the rest", async () => {
  const world = await frontWorld({ mostPending: 10 });
  world.certify(EC);
  const silent = await Promise.all(
    Array.from({ length: 10 }, async () => {
      const socket = connectTcp(world.port, "127.0.0.1");
      socket.on("error", () => {});
      await once(socket, "connect");
      return socket;
    }),
  );
  await expect.poll(() => world.front.pending).toBe(10);
  const gone = once(silent[0]!.resume(), "close");
  const one = await handshake(world.port, CLIENT);
  await gone;
  await world.settled(2);
  one.destroy();
  expect(world.front.pending).toBe(9);
  expect(world.handshakes.map(({ failure }) => failure?.kind)).toEqual(["shed", undefined]);
  for (const socket of silent) socket.destroy();
});

test("a handshake that takes longer than ten seconds is ended, whatever part of it is missing", async () => {
  let due: (() => void)[] = [];
  const timers = { after: (_: Millis, act: () => void) => (due.push(act), () => {}) };
  let now = Date.now();
  const world = await frontWorld({ timers, clock: { now: () => new Date(now) } });
  world.certify(EC);
  const sockets: Socket[] = [];
  for (const said of [Buffer.alloc(0), Buffer.from([22, 3, 1]), HALF_DONE]) {
    const socket = connectTcp(world.port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    if (said.length > 0) socket.write(said);
    sockets.push(socket);
  }
  await expect.poll(() => world.front.pending).toBe(3);
  await once(sockets[2]!, "data"); // ServerHello: the rest of the handshake is the client's turn
  const step = (): void => {
    const acts = due;
    due = [];
    for (const act of acts) act();
  };
  now += 9_999;
  step();
  expect(world.front.pending).toBe(3);
  const gone = Promise.all(sockets.map((socket) => once(socket.resume(), "close")));
  now += 1;
  step();
  await gone;
  expect(world.handshakes.map(({ failure }) => failure?.kind)).toEqual(["timeout", "timeout", "timeout"]);
});

test("plain text is handed on with its first byte", async () => {
  const world = await frontWorld();
  world.certify(EC);
  const socket = connectTcp(world.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\n\r\n");
  expect(String((await once(socket, "data"))[0])).toBe("plain");
  socket.destroy();
});

test("nobody renegotiates", async () => {
  const world = await frontWorld();
  world.certify(RSA);
  const at = `-connect 127.0.0.1:${world.port} -servername example.com -tls1_2`;
  const client = spawn("openssl", `s_client ${at} -legacy_renegotiation`.split(" "));
  let out = "";
  for (const stream of [client.stdout, client.stderr]) stream.on("data", (piece) => (out += String(piece)));
  await expect.poll(() => out, { timeout: 5_000 }).toContain("Verify return code");
  client.stdin.write("R\n");
  await once(client, "exit");
  expect(out).toMatch(/RENEGOTIATING[\s\S]*(no renegotiation|wrong version|unexpected|closed|error)/i);
});

for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
  const options = { minVersion: version, maxVersion: version };

  test(`a ticket of ${version} is worth as much at another worker that shares the seed`, async () => {
    const bytes = Buffer.alloc(32, 3);
    const [one, other, stranger] = [
      await frontWorld({ seed: ticketSeed(bytes) }),
      await frontWorld({ seed: ticketSeed(bytes) }),
      await frontWorld(),
    ];
    for (const world of [one, other, stranger]) world.certify(EC);
    const ticket = await session(one, options);
    expect(await resumes(one, ticket, options)).toBe(true);
    expect(await resumes(other, ticket, options)).toBe(true);
    expect(await resumes(stranger, ticket, options)).toBe(false);
  });

  test(`a ticket of ${version} is worth nothing after the seed was rotated, under another grant, or for another use`, async () => {
    const world = await frontWorld();
    const arn = world.certify(EC);
    let ticket = await session(world, options);
    world.seed.rotate(Buffer.alloc(32, 9));
    expect(await resumes(world, ticket, options)).toBe(false);
    ticket = await session(world, options);
    expect(await resumes(world, ticket, options)).toBe(true);
    world.certify(EC, { arn, grant: "another" });
    expect(await resumes(world, ticket, options)).toBe(false);
    ticket = await session(world, options);
    world.ring.drop(arn);
    expect(await failing(handshake(world.port, { ...CLIENT, ...options, session: ticket }))).not.toBe("done");
    world.certify(EC, { arn, grant: "a third" });
    expect(await resumes(world, ticket, options)).toBe(false);
    ticket = await session(world, options);
    world.configure({ listenerArn: "another listener" });
    expect(await resumes(world, ticket, options)).toBe(false);
  });
}

test("openssl resumes with the tickets that it was given, and without tickets never", async () => {
  const world = await frontWorld();
  world.certify(EC);
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-tickets-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const connect = async (...more: string[]): Promise<string> => {
    const args = ["s_client", "-connect", `127.0.0.1:${world.port}`, "-servername", "example.com", ...more];
    const child = promisify(execFile)("openssl", args);
    child.child.stdin?.end();
    return (await child).stdout;
  };
  const file = join(directory, "session");
  expect(await connect("-tls1_2", "-sess_out", file)).toContain("New, TLSv1.2");
  expect(await connect("-tls1_2", "-sess_in", file)).toContain("Reused, TLSv1.2");
  expect(await connect("-tls1_2", "-reconnect")).toMatch(/(Reused, TLSv1\.2[\s\S]*){5}/);
  const bare = await connect("-tls1_2", "-no_ticket", "-reconnect");
  expect([bare.match(/New, TLSv1\.2/g)?.length, bare.includes("Reused")]).toEqual([6, false]);
  world.seed.rotate(Buffer.alloc(32, 1));
  expect(await connect("-tls1_2", "-sess_in", file)).toContain("New, TLSv1.2");
});

test("a version that cannot be opened is reported once, and the one before it is served on", async () => {
  const world = await frontWorld({ timers: { ...systemTimers, after: () => () => {} } });
  const arn = world.certify(EC);
  (await handshake(world.port, CLIENT)).destroy();
  world.certify(testCertificate({ ...NOW, serial: Buffer.from("77", "hex") }), { arn, grant: "refused" });
  await expect.poll(() => world.said.filter((one) => one.startsWith("cannot serve"))).toHaveLength(1);
  expect(world.said.join("\n")).toContain("the grant is retired");
  const socket = await handshake(world.port, CLIENT);
  expect(socket.getPeerCertificate().raw).toEqual(EC.der);
  socket.destroy();
});

test("a version that nobody has asked for is opened before it is reported as served", async () => {
  const world = await frontWorld();
  const arn = world.certify(EC);
  const next = testCertificate({ ...NOW, name: EC.name, serial: Buffer.from("78", "hex") });
  world.certify(next, { arn, names: ["renamed.test"] });
  await expect.poll(() => world.said.some((one) => one.startsWith(`serving ${arn}`))).toBe(true);
  expect(world.asked.count).toBe(1);
  expect(world.ring.index([arn]).named("example.com")).toBeUndefined();
  expect(world.ring.index([arn]).named("renamed.test")).toHaveLength(1);
});

test("a connection may be ended from above and from below in one turn, and with it what is being written", async () => {
  const ends: readonly ((served: FrontWorld["served"][number]) => void)[] = [
    ({ socket, transport }) => void (transport.destroy(), socket.destroy()),
    ({ socket, transport }) => void (socket.destroy(), transport.destroy()),
    ({ socket, transport }) => void (transport.resetAndDestroy(), socket.destroy()),
    ({ transport }) => void transport.resetAndDestroy(),
    ({ transport }) => void transport.destroy(),
  ];
  let count = 0;
  const world = await frontWorld({
    onSecure(served) {
      const end = ends[count++ % ends.length]!;
      if (count % 3 > 0) served.socket.write(Buffer.alloc(1_000_000));
      if (count % 2 > 0) end(served);
      else setImmediate(end, served);
    },
  });
  world.certify(EC);
  const connect = async (): Promise<void> => {
    const socket = await handshake(world.port, CLIENT).catch(() => undefined);
    if (socket && !socket.destroyed) await new Promise((resolve) => socket.resume().once("close", resolve));
  };
  for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 8 }, connect));
  await expect
    .poll(() => world.served.every(({ socket, transport }) => socket.destroyed && transport.destroyed))
    .toBe(true);
});

test("names that nobody knows grow nothing", async () => {
  const world = await frontWorld();
  const arn = world.certify(EC);
  world.configure({ certificates: ["gone" as CertificateArn, arn] });
  for (let i = 0; i < 50; i++) {
    const refused = failing(handshake(world.port, { servername: `n${i}.unknown.test` }));
    expect(await refused).toBe("ERR_SSL_TLSV1_UNRECOGNIZED_NAME");
  }
  expect([world.asked.count, world.front.pending]).toEqual([0, 0]);
});

/** A ClientHello of TLS 1.3 that openssl sent, without what follows it. */
const HALF_DONE = await firstBytes();

async function firstBytes(): Promise<Buffer> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { connect } = await import("node:tls");
  const client = connect({ ...(server.address() as object), host: "127.0.0.1", ...CLIENT } as never);
  client.on("error", () => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  const [bytes] = (await once(socket, "data")) as [Buffer];
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

test("whatever goes wrong in judging a client or telling of a handshake ends that connection alone, and is told", async () => {
  let broken = true;
  const world = await frontWorld({
    onHandshake() {
      if (broken) throw new Error("nowhere to write");
    },
  });
  world.certify(EC);
  const gone = await handshake(world.port, CLIENT);
  await once(gone.resume(), "close");
  const plain = connectTcp(world.port, "127.0.0.1").resume();
  plain.end("GET / HTTP/1.1\r\n\r\n");
  await once(plain, "close");
  broken = false;
  const judge = (): never => {
    throw new Error("no idea");
  };
  const mutual = { mode: "passthrough", key: "broken", advertised: [], errorOf: () => undefined, judge } as const;
  world.configure({ mutual });
  const unjudged = await handshake(world.port, CLIENT).catch(() => undefined);
  if (unjudged && !unjudged.closed) await once(unjudged.resume(), "close").catch(() => {});
  await world.settled(3);
  expect(verifyStatus(world.handshakes.at(-1)!)).toBe("Failed:ClientCertInvalid");
  world.configure({ mutual: undefined });
  const served = await handshake(world.port, CLIENT);
  await world.settled(4);
  served.destroy();
  expect(world.served.length).toBe(1);
  expect(world.said.filter((said) => said.includes("nowhere to write")).length).toBe(2);
  expect(world.said.filter((said) => said.includes("no idea")).length).toBe(1);
});
