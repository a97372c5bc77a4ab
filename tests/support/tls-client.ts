import { once } from "node:events";
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { request as requestHttps } from "node:https";
import { type ConnectionOptions, connect, type TLSSocket } from "node:tls";

/** A finished handshake that verified nothing; rejects with what refused it. */
export async function handshake(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ...options });
  try {
    await once(socket, "secureConnect");
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.on("error", () => {});
  return socket;
}

/** The serial number of the certificate that was shown, without leading zeros. */
export async function shown(port: number, options: ConnectionOptions = {}): Promise<string> {
  const socket = await handshake(port, options);
  const serial = serialOf(socket);
  socket.destroy();
  return serial;
}

export function serialOf(socket: TLSSocket): string {
  return socket.getPeerCertificate().serialNumber.toLowerCase().replace(/^0+/, "");
}

export interface Got {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** One HTTPS request over HTTP/1.1, on a connection of its own; the chain is verified when `ca` is given. */
export async function get(
  port: number,
  path: string,
  more: {
    readonly ca?: string;
    readonly host?: string;
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders;
    readonly body?: string | Buffer;
  } = {},
): Promise<Got> {
  const { ca, host = "a.test", method = "GET", headers = {}, body } = more;
  const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
  const asked = requestHttps({
    host: "127.0.0.1",
    port,
    path,
    method,
    servername: host,
    agent: false,
    ...trust,
    headers: { host, ...headers },
  });
  asked.end(body);
  const [response] = (await once(asked, "response")) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    rawHeaders: response.rawHeaders,
    body: await text(response),
  };
}

export async function text(stream: AsyncIterable<unknown>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk as Buffer));
  return Buffer.concat(chunks).toString();
}
