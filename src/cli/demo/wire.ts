import { Agent, request } from "node:https";
import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

/** Where a load balancer listens, whom to ask for, and which root to trust. */
export interface Front {
  readonly address: string;
  readonly port: number;
  readonly host: string;
  readonly root: string;
}

/** What a client sees of a TLS connection that it verified. */
export interface Seen {
  readonly protocol: string;
  readonly cipher: string;
  readonly issuer: string;
  readonly serial: string;
  readonly validTo: string;
  readonly names: string;
  /** The leaf's RSA modulus, hexadecimal. */
  readonly modulus: string;
}

/** The first of the ports that accepts a connection. */
export async function openPort(address: string, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    if (await accepts(address, port)) return port;
  }
  throw new Error(`${address} accepts no connection on ${ports.join(" or ")}`);
}

/** A verified handshake; rejects with the reason when the chain, the name or the server refuse. */
export function handshake(front: Front): Promise<Seen> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: front.address, port: front.port, servername: front.host, ca: front.root });
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer for 5 s")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
    socket.once("secureConnect", () => {
      resolve(seen(socket));
      socket.end();
    });
  });
}

/** One GET. Without an agent each is a connection, and so a handshake, of its own. */
export function get(front: Front, agent?: Agent): Promise<{ status: number; body: string; socket: Socket }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: front.address,
        port: front.port,
        servername: front.host,
        headers: { host: front.host },
        ca: front.root,
        agent: agent ?? false,
        timeout: 5_000,
      },
      (answer) => {
        const { socket } = answer;
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => {
          body += text;
        });
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body, socket }));
        answer.once("error", reject);
      },
    );
    asked.once("timeout", () => asked.destroy(new Error("no answer for 5 s")));
    asked.once("error", reject);
    asked.end();
  });
}

/** An agent that keeps one connection for as long as it lives. */
export function oneConnection(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 1, keepAliveMsecs: 60_000 });
}

function seen(socket: TLSSocket): Seen {
  const leaf = socket.getPeerCertificate();
  return {
    protocol: socket.getProtocol() ?? "",
    cipher: socket.getCipher().standardName,
    issuer: String(leaf.issuer.CN),
    serial: leaf.serialNumber.toLowerCase(),
    validTo: leaf.valid_to,
    names: leaf.subjectaltname ?? "",
    modulus: leaf.modulus ?? "",
  };
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
