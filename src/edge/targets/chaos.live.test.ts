import { connect, createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { seededRandom } from "#lib/seeded-random.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { forwardingWorld, listening } from "../../../tests/support/forwarding.ts";

/** Everything that a target may do to a request, many of them while others go on. */
const DEEDS: readonly ((socket: Socket) => void)[] = [
  (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  (socket) => socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  (socket) => socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
  (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"),
  (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
  (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf"),
  (socket) => socket.end("HTTP/1.0 200 OK\r\n\r\nok"),
  (socket) => socket.destroy(),
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.write("nonsense\r\n\r\n"),
  (socket) => socket.write("HTTP/1.1 204 No Content\r\n\r\n"),
  (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Le");
    setImmediate(() => socket.write("ngth: 2\r\n\r\no"));
    setImmediate(() => setImmediate(() => socket.write("k")));
  },
  (socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    setImmediate(() => socket.destroy()); // just as the next request comes
  },
];

test("whatever targets and clients do, each request gets one answer or a broken connection, and nothing is left over", async () => {
  const random = seededRandom(11);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  const ports = await Promise.all(
    Array.from({ length: 4 }, () =>
      listening(
        createServer((socket) => {
          let text = "";
          socket.on("error", () => {});
          socket.on("data", (piece) => {
            text += piece.toString("latin1");
            for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
              const length = Number(/content-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
              if (text.length < end + 4 + length) return;
              text = text.slice(end + 4 + length);
              pick(DEEDS)(socket);
            }
          });
        }),
      ),
    ),
  );
  const attributes = { "load_balancing.algorithm.type": "least_outstanding_requests" };
  const world = await forwardingWorld({ groups: [targetGroup(ports, { attributes })] });
  let [sent, answered, broken] = [0, 0, 0];
  const visit = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(world.port, "127.0.0.1");
      let heard = "";
      const leaves = random() < 0.1;
      const method = pick(["GET", "POST", "DELETE"]);
      const body = method === "POST" ? "some body" : "";
      socket.on("error", () => {});
      socket.on("data", (piece) => (heard += piece.toString("latin1")));
      socket.on("close", () => {
        if (/^HTTP\/1\.1 \d{3} [^]*\r\n\r\n(ok|2\r\nok\r\n0\r\n\r\n|<html>[^]*<\/html>\r\n|)$/.test(heard))
          answered += 1;
        else broken += 1;
        resolve();
      });
      sent += 1;
      socket.write(
        `${method} / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${body ? `Content-Length: ${body.length}\r\n` : ""}\r\n${body}`,
      );
      if (leaves) setImmediate(() => socket.destroy());
    });
  const visitor = async (): Promise<void> => {
    for (let i = 0; i < 40; i += 1) await visit();
  };
  await Promise.all(Array.from({ length: 25 }, visitor));
  expect(answered + broken).toBe(sent);
  expect(answered).toBeGreaterThan(sent * 0.7);
  await expect.poll(() => world.outstanding()).toBe(0);
  world.timers.advance(61_000);
  await expect.poll(() => world.connections()).toBe(0);
});
