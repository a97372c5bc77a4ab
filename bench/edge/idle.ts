import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type TLSSocket } from "node:tls";
import type { Engine } from "./peers.ts";

/** What an idle, kept-alive TLS connection costs, in kB: the proportional set size before and after `count` of them. */
export async function idleMemory(engine: Engine, count: number): Promise<number> {
  await (await open(engine)).close();
  const before = pss(engine.pid);
  const sockets: TLSSocket[] = [];
  for (let made = 0; made < count; made += AT_ONCE) {
    const more = await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - made) }, () => open(engine)));
    sockets.push(...more.map(({ socket }) => socket));
  }
  const after = pss(engine.pid);
  for (const socket of sockets) socket.destroy();
  return (after - before) / count;
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

/** Of a process and its descendants, in kB. */
function pss(pid: number): number {
  const own = Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return children.reduce((sum, child) => sum + pss(Number(child)), own);
}

const AT_ONCE = 50;
