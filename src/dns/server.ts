import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { type Millis, SECOND } from "#lib/duration.ts";
import { type AnswerDeps, answer } from "./answer.ts";
import { serveConnection } from "./tcp-connection.ts";

export interface DnsServer {
  readonly address: string;
  readonly port: number;
  /** Stops listening, ends every connection, and waits for the answers that are being looked up. */
  close(): Promise<void>;
}

export interface DnsServerOptions extends AnswerDeps {
  readonly address: string;
  /** 0 takes a free one, the same for UDP and TCP. */
  readonly port: number;
  /** After how much silence a TCP connection is ended; 10 seconds when it is not said. */
  readonly idle?: Millis;
}

/** Starts the authoritative name server, on UDP and TCP. Rejects when the address or the port is not to be had. */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const [tcp, udp] = await bindBoth(options);
  const atWork = new Set<Promise<void>>();
  const track = (work: Promise<void>): void => {
    atWork.add(work);
    void work.finally(() => atWork.delete(work));
  };

  udp.on("message", (message, from) => {
    // Beyond what we can do, silence: askers come again, and a queue would only answer those who have left.
    if (atWork.size >= MOST_AT_WORK || from.port === 0) return;
    track(
      answer(message, "udp", options).then((response) => {
        if (response) send(udp, response, from.port, from.address);
      }, options.onError),
    );
  });
  udp.on("error", options.onError);

  const connections = new Set<() => void>();
  tcp.maxConnections = MOST_CONNECTIONS;
  tcp.on("connection", (socket) => {
    const end = (): void => void socket.destroy();
    connections.add(end);
    socket.on("close", () => connections.delete(end));
    serveConnection(socket, options.idle ?? IDLE, (message) => {
      const work = answer(message, "tcp", options);
      track(work.then(() => {}));
      return work;
    });
  });
  tcp.on("error", options.onError);

  const { address, port } = udp.address();
  return {
    address,
    port,
    async close() {
      const closed = [once(tcp, "close"), once(udp, "close")];
      tcp.close();
      udp.close();
      for (const end of connections) end();
      await Promise.all([...closed, ...atWork]);
    },
  };
}

/** A free port for TCP may be taken for UDP; then another one is tried. */
async function bindBoth({ address, port }: DnsServerOptions): Promise<readonly [Server, UdpSocket]> {
  for (let attempt = 1; ; attempt += 1) {
    const tcp = createServer({ noDelay: true, allowHalfOpen: true });
    const udp = createSocket({ type: address.includes(":") ? "udp6" : "udp4" });
    try {
      await listen(tcp, address, port);
      await bind(udp, address, (tcp.address() as { readonly port: number }).port);
      return [tcp, udp];
    } catch (error) {
      tcp.close();
      udp.close();
      if (port !== 0 || attempt === BIND_ATTEMPTS) throw error;
    }
  }
}

async function listen(tcp: Server, host: string, port: number): Promise<void> {
  tcp.listen({ host, port });
  await once(tcp, "listening");
}

async function bind(udp: UdpSocket, address: string, port: number): Promise<void> {
  udp.bind({ address, port, exclusive: true });
  await once(udp, "listening");
}

/** Nothing comes of a datagram that can not be sent. */
function send(udp: UdpSocket, response: Buffer, port: number, address: string): void {
  try {
    udp.send(response, port, address, () => {});
  } catch {
    // the socket was closed meanwhile
  }
}

const IDLE: Millis = 10 * SECOND;
const MOST_AT_WORK = 2_000;
const MOST_CONNECTIONS = 256;
const BIND_ATTEMPTS = 10;
