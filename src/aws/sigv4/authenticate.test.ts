import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { HttpRequest } from "@smithy/core/protocols";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "#lib/clock.ts";
import { TEST_KEY, testCredential } from "../../../tests/support/access-key.ts";
import { authenticateUpgrade, type Principal, sigv4 } from "./authenticate.ts";

/** Asks for an upgrade, signed for `service`, and answers whom the server takes the caller for. */
async function upgrade(service: string, secretAccessKey = TEST_KEY.secretAccessKey): Promise<Principal> {
  const credential = testCredential(TEST_KEY);
  const authenticate = sigv4({ credentials: () => credential, clock: systemClock });
  const outcome = Promise.withResolvers<Principal>();
  const server = createServer().listen(0, "127.0.0.1");
  server.on("upgrade", (asked: IncomingMessage, socket) => {
    outcome.resolve(authenticateUpgrade(asked, "sealkeeper", { authenticate }));
    socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
  });
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const signer = new SignatureV4({
    service,
    region: "eu-west-1",
    credentials: { ...TEST_KEY, secretAccessKey },
    sha256: Hash.bind(null, "sha256") as never,
  });
  const signed = await signer.sign(
    new HttpRequest({ method: "GET", path: "/_sealkeeper/edge", headers: { host: `127.0.0.1:${port}` } }),
  );
  const call = request({
    port,
    host: "127.0.0.1",
    path: signed.path,
    headers: { ...signed.headers, connection: "upgrade", upgrade: "x" },
  });
  call.on("upgrade", (_, socket) => socket.destroy()).end();
  return outcome.promise;
}

test("an upgrade is believed to come from whom it is signed by", async () => {
  expect(await upgrade("sealkeeper")).toMatchObject({
    account: "123456789012",
    kind: "root",
    arn: "arn:aws:iam::123456789012:root",
    accessKeyId: TEST_KEY.accessKeyId,
    region: "eu-west-1",
    facts: { "aws:sourceip": ["127.0.0.1"], "aws:securetransport": ["false"], "aws:requestedregion": ["eu-west-1"] },
  });
});

test("an upgrade signed for another service, or by another key, is refused with InvalidSignatureException", async () => {
  await expect(upgrade("kms")).rejects.toMatchObject({ code: "InvalidSignatureException" });
  await expect(upgrade("sealkeeper", "no")).rejects.toMatchObject({ code: "InvalidSignatureException" });
});
