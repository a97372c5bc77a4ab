import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import type { EdgeListener, EdgeTargetGroup } from "#domain/edge-config.ts";
import { balancer, FORWARD, targetGroup } from "../../../tests/support/edge-config.ts";
import { edgeWorld } from "../../../tests/support/edge-world.ts";
import { handshake, text } from "../../../tests/support/tls-client.ts";
import { proxyHeader } from "./proxy-protocol.ts";

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Closed, whether or not it was broken off. */
const gone = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once("close", () => resolve()));

/** A target that says back what it hears, and ends when its client has. */
const echo = (): Server =>
  createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });

async function networkBalancer(
  listener: Partial<EdgeListener>,
  port: number,
  group: Partial<EdgeTargetGroup> = {},
): Promise<{ port: number; pem: string }> {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  const check = { ...targetGroup([]).healthCheck, protocol: "TCP" } as const;
  const secure = listener.protocol === "TLS" ? { certificates: [certificate.arn] } : {};
  await world.put(
    balancer(
      { defaultRule: FORWARD, ...secure, ...listener },
      { type: "network", targetGroups: [targetGroup([port], { protocol: "TCP", healthCheck: check, ...group })] },
    ),
  );
  return { port: await world.port(), pem: certificate.pem };
}

test("TCP is passed through, and a side that has ended may still be answered", async () => {
  const { port } = await networkBalancer({ protocol: "TCP" }, await listening(echo()));
  const socket = connectTcp({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.end("x".repeat(1_000_000));
  expect((await text(socket)).length).toBe(1_000_000);
});

test("TLS ends at the edge, with ALPN only as the policy says", async () => {
  const target = await listening(echo());
  for (const [alpnPolicy, expected] of [
    ["None", false],
    ["HTTP1Only", "http/1.1"],
    ["HTTP2Optional", "http/1.1"],
    ["HTTP2Preferred", "h2"],
  ] as const) {
    const { port, pem } = await networkBalancer({ protocol: "TLS", alpnPolicy }, target);
    const options = { servername: "a.test", ca: pem, rejectUnauthorized: true, ALPNProtocols: ["h2", "http/1.1"] };
    const socket = await handshake(port, options);
    expect(socket.alpnProtocol, alpnPolicy).toBe(expected);
    socket.write("ping");
    expect(String((await once(socket, "data"))[0])).toBe("ping");
    socket.destroy();
  }
});

test("TLS to a TLS target is encrypted again, whatever its certificate", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-target-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const [key, cert] = [join(directory, "key"), join(directory, "cert")];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=target"];
  execFileSync("openssl", ["req", "-x509", ...ec, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (socket) => {
    socket.on("error", () => {});
    socket.pipe(socket);
  });
  const { port } = await networkBalancer({ protocol: "TLS" }, await listening(server), { protocol: "TLS" });
  const socket = await handshake(port, { servername: "a.test" });
  socket.write("ping");
  expect(String((await once(socket, "data"))[0])).toBe("ping");
  socket.destroy();
});

test("PROXY protocol version 2 tells the target who its client is", async () => {
  const heard = Promise.withResolvers<Buffer>();
  const target = createServer((socket) => socket.on("error", () => {}).once("data", heard.resolve));
  const attributes = { "proxy_protocol_v2.enabled": "true" };
  const { port } = await networkBalancer({ protocol: "TCP" }, await listening(target), { attributes });
  const socket = connectTcp(port, "127.0.0.1");
  await once(socket, "connect");
  const source = { address: "127.0.0.1", port: socket.localPort! };
  expect(await heard.promise).toEqual(proxyHeader({ source, destination: { address: "127.0.0.1", port } }));
  socket.destroy();
});

test("a client whose target is down, or goes down, is cut off", async () => {
  const dead = createServer();
  const deadPort = await listening(dead);
  dead.close();
  for (const target of [
    deadPort,
    await listening(
      createServer((socket) => socket.on("error", () => {}).once("data", () => socket.resetAndDestroy())),
    ),
  ]) {
    const { port } = await networkBalancer({ protocol: "TCP" }, target);
    const client = connectTcp(port, "127.0.0.1").resume();
    client.on("error", () => {});
    client.write("hello");
    await gone(client);
  }
  const nobody = await networkBalancer({ protocol: "TLS" }, 0, { targets: [] });
  const client = await handshake(nobody.port, { servername: "a.test" });
  await gone(client.resume());
});

test("a target whose client is gone is let go", async () => {
  const arrived = Promise.withResolvers<Socket>();
  const target = createServer((socket) => socket.once("data", () => arrived.resolve(socket)));
  const { port } = await networkBalancer({ protocol: "TLS" }, await listening(target));
  const client = await handshake(port, { servername: "a.test" });
  client.write("hello");
  const socket = await arrived.promise;
  client.destroy();
  socket.on("error", () => {});
  socket.resume();
  await once(socket, "close");
});
