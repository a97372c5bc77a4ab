import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { http1Exchange } from "./http1-exchange.ts";

/** What becomes of a request that begins with this line. */
async function ask(line: string): Promise<ReturnType<typeof http1Exchange>> {
  const server = createServer({ requireHostHeader: false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => {
    socket.destroy();
    server.close();
  });
  socket.write(`${line}\r\nHost: a.test\r\n\r\n`);
  const [request, response] = await once(server, "request");
  const client = { address: "192.0.2.1", port: 1234, scheme: "http", listenerPort: 80 } as const;
  return http1Exchange(request, response, client, () => true);
}

test("the authority of an absolute target takes the place of the Host field", async () => {
  const made = await ask("GET http://b.test:81/x?y HTTP/1.1");
  expect(made).toMatchObject({ host: "b.test:81", target: "/x?y" });
});

test("an absolute target whose authority no Host field may hold is answered 400", async () => {
  expect(await ask("GET http://a.test@b.test/ HTTP/1.1")).toMatchObject({ refused: 400 });
});
