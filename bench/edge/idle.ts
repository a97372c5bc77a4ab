import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { memoryOf } from "../../tests/support/process-memory.ts";
import type { Engine } from "./peers.ts";

/** What an idle, kept-alive TLS connection costs, in kB: the proportional set size before and after `count` of them. */
export async function idleMemory(engine: Engine, count: number): Promise<number> {
  await (await open(engine)).close();
  const before = memoryOf(engine.pid);
  const sockets: TLSSocket[] = [];
  for (let made = 0; made < count; made += AT_ONCE) {
    const more = await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - made) }, () => open(engine)));
    sockets.push(...more.map(({ socket }) => socket));
  }
  const after = memoryOf(engine.pid);
  for (const socket of sockets) socket.destroy();
  return (after - before) / count / 1000;
}

/** A connection that has had one answer. */
async function open({ https: { host, port } }: Engine): Promise<{ socket: TLSSocket; close(): Promise<void> }> {
  const socket = connect({
    host,
    port,
    servername: "bench.example",
    rejectUnauthorized: false,
    ALPNProtocols: ["http/1.1"],
  });
  await once(socket, "secureConnect");
  socket.write("GET / HTTP/1.1\r\nHost: bench.example\r\n\r\n");
  let length = 0;
  for await (const [chunk] of on(socket)) {
    length += chunk.length;
    if (length > 128) break;
  }
  socket.on("error", () => {});
  return {
    socket,
    async close() {
      socket.destroy();
      await once(socket, "close");
    },
  };
}

async function* on(socket: TLSSocket): AsyncGenerator<[Buffer]> {
  for (;;) yield [(await once(socket, "data"))[0] as Buffer];
}

const AT_ONCE = 50;
