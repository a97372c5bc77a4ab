import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { testClock } from "../../../tests/support/test-clock.ts";
import { testTimers } from "../../../tests/support/test-timers.ts";
import { endWith } from "./tls-alert.ts";

test("a client that goes on sending hears the last word, and is cut off two seconds later all the same", async () => {
  const timers = testTimers(testClock(new Date()));
  const closed = Promise.withResolvers<void>();
  let heard = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (piece) => (heard += piece.length));
    socket.once("close", closed.resolve);
    endWith(socket, "no", timers);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", allowHalfOpen: true });
  client.on("error", () => {});
  expect(String((await once(client, "data"))[0])).toBe("no");
  client.write("more");
  await expect.poll(() => heard).toBe(4);
  timers.advance(1_999);
  client.write("more");
  await expect.poll(() => heard).toBe(8);
  timers.advance(1);
  await closed.promise;
  expect(timers.waiting).toBe(0);
  client.destroy();
});
