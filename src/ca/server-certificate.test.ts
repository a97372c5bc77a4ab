import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import { beforeAll, expect, test } from "vitest";
import { MINUTE } from "#lib/duration.ts";
import { openStore } from "#store/store.ts";
import { type CaWorld, caWorld, issuerPem } from "../../tests/support/ca-world.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { issueServerCertificate } from "./server-certificate.ts";

let world: CaWorld;
beforeAll(async () => {
  world = await caWorld(await openStore("file::memory:"), testClock(new Date()));
  return () => world.store.destroy();
});

test.for(["r1", "r2"])(
  "a server of ours is accepted by clients that trust root %s, by name and by address",
  async (root) => {
    const names = ["localhost", "keeper.internal", "127.0.0.1", "::1"];
    using served = await issueServerCertificate({ names }, world);
    const server = createServer({ key: served.privateKey.bytes, cert: served.chain });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ca = await issuerPem(world, root);
    for (const host of names) {
      const socket = connect({
        port,
        host: "127.0.0.1",
        ca,
        servername: host.includes(":") || /^\d/.test(host) ? "" : host,
        checkServerIdentity: () => undefined,
      });
      await once(socket, "secureConnect");
      expect(socket.authorized).toBe(true);
      expect(
        socket.getPeerX509Certificate()?.[host.includes(":") || /^\d/.test(host) ? "checkIP" : "checkHost"](host),
      ).toBe(host);
      socket.destroy();
    }
    server.close();
  },
);

test("the key is wiped with its block, and every call makes another", async () => {
  const bytes: Buffer[] = [];
  {
    using one = await issueServerCertificate({ names: ["localhost"], validity: 10 * MINUTE }, world);
    using two = await issueServerCertificate({ names: ["localhost"] }, world);
    bytes.push(one.privateKey.bytes);
    expect(one.privateKey.bytes.equals(two.privateKey.bytes)).toBe(false);
    expect(one.privateKey.bytes.toString()).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(one.notAfter.getTime() - world.clock.now().getTime()).toBeLessThan(10 * MINUTE);
  }
  expect(bytes[0]?.every((byte) => byte === 0)).toBe(true);
});

test("what is no name is not certified", async () => {
  await expect(issueServerCertificate({ names: ["not a name"] }, world)).rejects.toThrow("hostNamesAreWellFormed");
});
