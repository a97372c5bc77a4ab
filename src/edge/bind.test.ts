import { createServer, type Server } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { bind, bindAttempts } from "./bind.ts";

function server(): Server {
  const made = createServer();
  onTestFinished(() => void made.close());
  return made;
}

test("a listener tries its port, 8000 above, any, and the same on 127.0.0.1", () => {
  expect(bindAttempts("127.0.0.7", 443).map(({ address, port }) => `${address}:${port}`)).toEqual([
    "127.0.0.7:443",
    "127.0.0.7:8443",
    "127.0.0.7:0",
    "127.0.0.1:443",
    "127.0.0.1:8443",
    "127.0.0.1:0",
  ]);
  expect(bindAttempts("127.0.0.1", 60_000)).toHaveLength(2);
});

test("a port that is taken is passed over", async () => {
  const taken = await bind(server(), [{ address: "127.0.0.1", port: 0 }]);
  const bound = await bind(server(), [taken, { address: "127.0.0.1", port: 0 }]);
  expect(bound.port).not.toBe(taken.port);
});

test("an address that this machine does not have is passed over, and named when it is the last", async () => {
  const foreign = { address: "192.0.2.1", port: 0 };
  expect((await bind(server(), [foreign, { address: "127.0.0.1", port: 0 }])).address).toBe("127.0.0.1");
  await expect(bind(server(), [foreign])).rejects.toThrow(/EADDRNOTAVAIL/);
});
