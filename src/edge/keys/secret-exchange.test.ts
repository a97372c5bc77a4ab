import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { exchangeSecret } from "./secret-exchange.ts";

/** A server that says these pieces and ends, or waits. */
async function saying(pieces: readonly string[], { ends = true } = {}): Promise<URL> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      for (const piece of pieces) socket.write(piece, "latin1");
      if (ends) socket.end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const ask = <T>(endpoint: URL, read: (answer: { status: number; body: Buffer }) => T, timeout = 5_000): Promise<T> =>
  exchangeSecret(Buffer.from("GET / HTTP/1.1\r\n\r\n"), read, { endpoint, timeout });

test("an answer is read whole, and wiped behind its reader", async () => {
  const endpoint = await saying(["HTTP/1.1 200 OK\r\nContent-", "Length: 6\r\n\r\nsec", "ret"], { ends: false });
  const seen = await ask(endpoint, ({ status, body }) => ({ status, said: String(body), body }));
  expect([seen.status, seen.said]).toEqual([200, "secret"]);
  await expect.poll(() => seen.body.every((byte) => byte === 0)).toBe(true);
});

test.for([
  ["ends too early", ["HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsec"], /ended the connection/],
  ["has no length", ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], /content-length/],
  ["is no HTTP", ["SSH-2.0-OpenSSH_9.2\r\n\r\n"], /no HTTP/],
  ["is too long", [`HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n${"x".repeat(70_000)}`], /too long/],
] as const)("an answer that %s is refused", async ([, pieces, reason]) => {
  await expect(ask(await saying(pieces), () => undefined)).rejects.toThrow(reason);
});

test("nobody waits for ever", async () => {
  await expect(ask(await saying([], { ends: false }), () => undefined, 20)).rejects.toThrow(/in time/);
});

test("what the reader throws is the outcome", async () => {
  const endpoint = await saying(["HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"]);
  const refuse = (): never => {
    throw new Error("refused");
  };
  await expect(ask(endpoint, refuse)).rejects.toThrow("refused");
});
