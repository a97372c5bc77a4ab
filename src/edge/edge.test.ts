import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { request } from "node:https";
import { connect as connectTcp } from "node:net";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { BALANCER, balancer, edgeWorld } from "../../tests/support/edge-world.ts";

/** A finished handshake; rejects with what refused it. */
async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
  await once(socket, "secureConnect");
  return socket;
}

const serialOf = (socket: TLSSocket): string => socket.getPeerCertificate().serialNumber.toLowerCase();

async function get(port: number, ca: string, host = "a.test"): Promise<{ status: number; body: string }> {
  const asked = request({ host: "127.0.0.1", port, servername: host, ca, headers: { host }, agent: false });
  asked.end();
  const [response] = await once(asked, "response");
  let body = "";
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body };
}

test("a certificate that is put on a listener is served, its chain verified", async () => {
  const world = await edgeWorld();
  const certificate = await world.certify(["a.test"]);
  await world.put(balancer({ certificates: [certificate.arn] }));
  expect(await get(await world.port(), certificate.pem)).toEqual({ status: 200, body: "hello" });
  await world.served(certificate.arn, certificate.serial);
  expect(world.warnings).toEqual([]);
});

test("the name a client asks for decides: exact before wildcard before the default certificate", async () => {
  const world = await edgeWorld();
  const standard = await world.certify(["default.test"]);
  const exact = await world.certify(["a.example.test"]);
  const wildcard = await world.certify(["*.example.test"]);
  await world.put(balancer({ certificates: [standard.arn, exact.arn, wildcard.arn] }));
  const port = await world.port();
  const asked = async (servername?: string): Promise<string> => {
    const socket = await handshake(port, servername === undefined ? {} : { servername });
    const serial = serialOf(socket);
    socket.destroy();
    return serial;
  };
  const serials = [];
  for (const name of ["a.example.test", "b.example.test", "x.b.example.test", "default.test", undefined]) {
    serials.push(await asked(name));
  }
  expect(serials).toEqual(
    [exact, wildcard, standard, standard, standard].map(({ serial }) => serial.replace(/^00/, "")),
  );
});
