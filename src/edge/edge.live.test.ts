import { execFile } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { BALANCER, balancer, doing } from "../../tests/support/edge-config.ts";
import { edgeWorld, eventually } from "../../tests/support/edge-world.ts";
import { get, handshake, serialOf, shown, text } from "../../tests/support/tls-client.ts";

const bare = (serial: string): string => serial.replace(/^0+/, "");

describe("the certificate for a name", () => {
  test("is served as soon as it is put on a listener, its chain verified", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [certificate.arn] }));
    const answer = await get(await world.port(), "/", { ca: certificate.pem });
    expect(answer).toMatchObject({ status: 200, body: "hello", headers: { server: "awselb/2.0" } });
    await world.served(certificate.arn, certificate.serial);
    expect(world.warnings).toEqual([]);
  });

  test("is the exact one before that of a wildcard before the default one", async () => {
    const world = await edgeWorld();
    const standard = await world.certify(["default.test"]);
    const exact = await world.certify(["a.example.test"]);
    const wildcard = await world.certify(["*.example.test"]);
    await world.put(balancer({ certificates: [standard.arn, exact.arn, wildcard.arn] }));
    const port = await world.port();
    const names = ["a.example.test", "B.Example.Test", "x.b.example.test", "default.test"];
    const serials = [];
    for (const servername of names) serials.push(await shown(port, { servername }));
    serials.push(await shown(port));
    expect(serials).toEqual([exact, wildcard, standard, standard, standard].map(({ serial }) => bare(serial)));
  });

  test("is the ECDSA one for clients that can, the RSA one for those that cannot, in TLS 1.2 and 1.3", async () => {
    const world = await edgeWorld();
    const rsa = await world.certify(["a.test"], { key: "RSA" });
    const ecdsa = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [rsa.arn, ecdsa.arn] }));
    const port = await world.port();
    const servername = "a.test";
    const rsaOnly = { servername, sigalgs: "rsa_pss_rsae_sha256:RSA+SHA256" };
    expect(await shown(port, { servername })).toBe(bare(ecdsa.serial));
    expect(await shown(port, { servername, maxVersion: "TLSv1.2" })).toBe(bare(ecdsa.serial));
    expect(await shown(port, rsaOnly)).toBe(bare(rsa.serial));
    expect(await shown(port, { ...rsaOnly, maxVersion: "TLSv1.2" })).toBe(bare(rsa.serial));
    const suites = { servername, maxVersion: "TLSv1.2", ciphers: "ECDHE-RSA-AES128-GCM-SHA256" } as const;
    expect(await shown(port, suites)).toBe(bare(rsa.serial));
  });

  test("that no certificate is for, and no name, are refused by alerts when there is no default one", async () => {
    const world = await edgeWorld();
    await world.put(balancer());
    const port = await world.port();
    await expect(handshake(port, { servername: "a.test" })).rejects.toThrow(/unrecognized name|alert number 112/);
    await expect(handshake(port)).rejects.toThrow(/handshake failure/);
  });
});

describe("a new version of a certificate", () => {
  test("is swapped in under load: no request fails, no connection is lost", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [certificate.arn] }));
    const port = await world.port();
    await world.served(certificate.arn, certificate.serial);

    const kept = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, servername: "a.test" });
    const keptSockets = new Set<unknown>();
    const serials = new Set<string>();
    let running = true;
    let requests = 0;
    const onKept = async (): Promise<void> => {
      while (running) {
        const asked = request({ host: "127.0.0.1", port, agent: kept, headers: { host: "a.test" } }).end();
        const [response] = await once(asked, "response");
        expect(await text(response)).toBe("hello");
        keptSockets.add(response.socket ?? asked.socket);
        requests++;
      }
    };
    const onNew = async (): Promise<void> => {
      while (running) {
        serials.add(await shown(port, { servername: "a.test" }));
        requests++;
      }
    };
    const load = Promise.all([onKept(), onNew(), onNew()]);
    const versions = [certificate.serial];
    for (let swap = 0; swap < 5; swap++) {
      const { serial } = await world.certify(["a.test"], { arn: certificate.arn });
      versions.push(serial);
      await world.served(certificate.arn, serial);
    }
    running = false;
    await load;
    kept.destroy();
    expect(await shown(port, { servername: "a.test" })).toBe(bare(versions.at(-1)!));
    expect([...serials].every((serial) => versions.map(bare).includes(serial))).toBe(true);
    expect(keptSockets.size).toBe(1);
    expect(requests).toBeGreaterThan(20);
    expect(world.warnings).toEqual([]);
  });
});

test("a new version with the serial number of the one before is swapped in all the same", async () => {
  const world = await edgeWorld();
  const first = await world.certify(["a.test"], { serial: "01" });
  await world.put(balancer({ certificates: [first.arn] }));
  const port = await world.port();
  await world.served(first.arn, first.serial);

  const { pem } = await world.certify(["a.test"], { arn: first.arn, serial: "01" });
  const expected = new X509Certificate(pem).fingerprint256;
  await eventually("the new version", async () => {
    const socket = await handshake(port, { servername: "a.test" });
    const { fingerprint256 } = socket.getPeerCertificate();
    socket.destroy();
    return fingerprint256 === expected ? true : undefined;
  });
});

test("a message that an edge cannot read keeps nothing else from it", async () => {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  await world.put(balancer({ certificates: [certificate.arn] }));
  await world.add({ ...balancer(), arn: `${BALANCER}-odd` as typeof BALANCER, dnsName: "x".repeat(10_000) });
  const { serial } = await world.certify(["a.test"], { arn: certificate.arn });
  await world.served(certificate.arn, serial);
  expect(await get(await world.port(), "/")).toMatchObject({ status: 200 });
  expect(world.warnings.join()).toContain("this is no balancer-put");
});

describe("a retired grant", () => {
  test("ends the connections and refuses handshakes, those of ticket holders too", async () => {
    const world = await edgeWorld();
    const gone = await world.certify(["gone.test"]);
    const stays = await world.certify(["stays.test"]);
    await world.put(balancer({ certificates: [stays.arn, gone.arn] }));
    const port = await world.port();
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const again = await resumable(port, "gone.test", version);
      expect(again.reused, version).toBe(true);
    }
    const open = await handshake(port, { servername: "gone.test" });
    const other = await handshake(port, { servername: "stays.test" });
    const ticket12 = (await resumable(port, "gone.test", "TLSv1.2")).session;
    const ticket13 = (await resumable(port, "gone.test", "TLSv1.3")).session;

    await world.put(balancer({ certificates: [stays.arn] }));
    await world.detach(gone.arn);
    if (!open.destroyed) await once(open, "close");
    for (const session of [ticket12, ticket13]) {
      const socket = await handshake(port, { servername: "gone.test", session });
      expect([socket.isSessionReused(), serialOf(socket)]).toEqual([false, bare(stays.serial)]);
      socket.destroy();
    }
    expect(other.destroyed).toBe(false);
    other.destroy();
  });

  test("leaves nothing to serve when it was the only one", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [certificate.arn] }));
    const port = await world.port();
    await shown(port, { servername: "a.test" });
    await world.detach(certificate.arn);
    await expect(handshake(port, { servername: "a.test" })).rejects.toThrow(/unrecognized name|alert number 112/);
    const dropped = await eventually("the journal", async () => {
      const rows = await world.store.selectFrom("auditRecords").select(["eventName", "resource"]).execute();
      return rows.find(({ eventName }) => eventName === "DropKey");
    });
    expect(dropped.resource).toBe(certificate.arn);
  });

  test("is enforced by KMS even before the edge hears of it", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.store.deleteFrom("grants").execute();
    await world.put(balancer({ certificates: [certificate.arn] }));
    await expect(handshake(await world.port(), { servername: "a.test" })).rejects.toThrow(/handshake failure/);
    expect(world.warnings.some((warning) => warning.includes("AccessDenied"))).toBe(true);
  });
});

describe("without the control plane", () => {
  test("the edge serves on, and follows again when it is back", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [certificate.arn] }));
    const port = await world.port();
    await world.served(certificate.arn, certificate.serial);
    await world.stopControl();
    expect(await get(port, "/", { ca: certificate.pem })).toMatchObject({ status: 200, body: "hello" });
    await world.startControl();
    const { serial } = await world.certify(["a.test"], { arn: certificate.arn });
    await world.served(certificate.arn, serial);
    expect(await shown(port, { servername: "a.test" })).toBe(bare(serial));
  });

  test("an edge that starts later learns everything, and what is gone meanwhile is dropped", async () => {
    const world = await edgeWorld({ withEdge: false });
    const certificate = await world.certify(["a.test"]);
    const put = world.put(balancer({ certificates: [certificate.arn] }));
    const edge = world.startEdge();
    try {
      await put;
      expect(await shown(await world.port(), { servername: "a.test" })).toBe(bare(certificate.serial));
      await world.stopControl();
      await world.store.deleteFrom("edgeChanges").execute();
      await world.startControl();
      await world.put(undefined);
      await eventually("no listener", async () => {
        const rows = await world.store.selectFrom("edgeListeners").select("port").execute();
        return rows.length === 0 ? true : undefined;
      });
    } finally {
      await edge.stop();
    }
  });
});

describe("a change of a listener", () => {
  test("takes effect without closing its socket or any connection", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    await world.put(balancer({ certificates: [certificate.arn] }));
    const port = await world.port();
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, servername: "a.test" });
    const ask = async (): Promise<[string, TLSSocket]> => {
      const asked = request({ host: "127.0.0.1", port, agent, headers: { host: "a.test" } }).end();
      const [response] = await once(asked, "response");
      const socket = response.socket as TLSSocket;
      return [await text(response), socket];
    };
    const [before, socket] = await ask();
    await world.put(
      balancer({
        certificates: [certificate.arn],
        sslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
        defaultRule: doing({ type: "fixed-response", statusCode: 200, contentType: "text/plain", body: "changed" }),
      }),
    );
    const [after, sameSocket] = await ask();
    expect([before, after, sameSocket === socket]).toEqual(["hello", "changed", true]);
    agent.destroy();
    expect(await world.port()).toBe(port);
    await expect(handshake(port, { servername: "a.test", maxVersion: "TLSv1.2" })).rejects.toThrow(/protocol version/);
  });

  test("that removes it frees its port", async () => {
    const world = await edgeWorld();
    await world.put(balancer({ protocol: "HTTP" }));
    const port = await world.port();
    await world.put({ ...balancer(), listeners: [] });
    const refused = connectTcp(port, "127.0.0.1");
    await expect(once(refused, "connect")).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe("TLS policies", () => {
  test.for([
    ["ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1.3", "TLSv1.2"],
    ["ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "TLSv1.2", "TLSv1.1"],
    ["ELBSecurityPolicy-TLS-1-1-2017-01", "TLSv1.1", "TLSv1"],
    ["ELBSecurityPolicy-2016-08", "TLSv1", undefined],
    ["ELBSecurityPolicy-FS-1-2-Res-2020-10", "TLSv1.2", "TLSv1.1"],
  ] as const)("%s takes %s", async ([sslPolicy, oldest, refused]) => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"], { key: "RSA" });
    await world.put(balancer({ certificates: [certificate.arn], sslPolicy }));
    const port = await world.port();
    const only = (version: string): object => ({
      servername: "a.test",
      minVersion: version,
      maxVersion: version,
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    const socket = await handshake(port, only(oldest));
    expect(socket.getProtocol()).toBe(oldest);
    socket.destroy();
    if (refused) await expect(handshake(port, only(refused))).rejects.toThrow(/version|protocol/);
  });

  test("hybrid key exchange is offered by PQ policies only", async () => {
    const world = await edgeWorld();
    const certificate = await world.certify(["a.test"]);
    const hybrid = { servername: "a.test", ecdhCurve: "X25519MLKEM768" };
    await world.put(
      balancer({ certificates: [certificate.arn], sslPolicy: "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09" }),
    );
    const port = await world.port();
    expect(await shown(port, hybrid)).toBe(bare(certificate.serial));
    await world.put(balancer({ certificates: [certificate.arn], sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06" }));
    await expect(handshake(port, hybrid)).rejects.toThrow(/handshake failure/);
  });
});

describe("clients that are no TLS clients", () => {
  test("are told so when they speak HTTP to an HTTPS port", async () => {
    const world = await edgeWorld();
    await world.put(balancer());
    const socket = connectTcp(await world.port(), "127.0.0.1");
    socket.write("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
    expect(await text(socket)).toMatch(
      /^HTTP\/1\.1 400 Bad Request\r\n[^]*The plain HTTP request was sent to HTTPS port/,
    );
  });

  test.for([
    ["a record that is too long", Buffer.from([22, 3, 1, 0xff, 0xff, 1])],
    ["a message that is no ClientHello", Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
  ] as const)("get decode_error for %s", async ([, bytes]) => {
    const world = await edgeWorld();
    await world.put(balancer());
    const socket = connectTcp(await world.port(), "127.0.0.1");
    socket.write(bytes);
    expect(Buffer.from(await text(socket), "utf8").subarray(-2)).toEqual(Buffer.from([2, 50]));
  });
});

test("a client that sends its ClientHello byte by byte is served", async () => {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  await world.put(balancer({ certificates: [certificate.arn] }));
  const port = await world.port();
  const relay = createServer({ noDelay: true }, (client) => {
    const edge = connectTcp({ port, host: "127.0.0.1", noDelay: true });
    for (const socket of [client, edge]) socket.on("error", () => {});
    edge.pipe(client);
    client.on("data", (bytes: Buffer) => {
      for (const byte of bytes) edge.write(Buffer.of(byte));
    });
    client.on("close", () => edge.destroy());
  }).listen(0, "127.0.0.1");
  await once(relay, "listening");
  const answer = await get((relay.address() as AddressInfo).port, "/", { ca: certificate.pem });
  expect(answer).toMatchObject({ status: 200, body: "hello" });
  relay.close();
});

test("openssl and curl agree", async () => {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  await world.put(balancer({ certificates: [certificate.arn] }));
  const port = await world.port();
  const run = promisify(execFile);
  const url = `https://a.test:${port}/`;
  const curl = ["-sk", "--resolve", `a.test:${port}:127.0.0.1`, "-w", " %{http_version}"];
  expect((await run("curl", [...curl, "--http2", url])).stdout).toBe("hello 2");
  expect((await run("curl", [...curl, "--http1.1", url])).stdout).toBe("hello 1.1");
  const openssl = run("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, "-servername", "a.test", "-alpn", "h2"]);
  openssl.child.stdin?.end();
  expect((await openssl).stdout).toMatch(/ALPN protocol: h2/);
  expect(BALANCER).toContain("loadbalancer/app/");
});

/** Connects twice; the second time with the ticket of the first. */
async function resumable(
  port: number,
  servername: string,
  version: "TLSv1.2" | "TLSv1.3",
): Promise<{ session: Buffer; reused: boolean }> {
  const options = { servername, minVersion: version, maxVersion: version };
  const first = await handshake(port, options);
  first.write("GET / HTTP/1.1\r\nHost: gone.test\r\n\r\n"); // TLS 1.3 tickets come with the first bytes
  const [session] = version === "TLSv1.2" ? [first.getSession()] : await once(first, "session");
  first.destroy();
  const second = await handshake(port, { ...options, session });
  const reused = second.isSessionReused();
  second.destroy();
  return { session, reused };
}
