import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { HOUR, SECOND } from "#lib/duration.ts";
import { acmeStub } from "../../../tests/support/acme-stub.ts";
import { selfSigned } from "../../../tests/support/self-signed.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { upstreamCa } from "../../../tests/support/upstream-world.ts";
import { AcmeClient } from "./acme-client.ts";
import type { UpstreamCa } from "./upstream-ca.ts";

const clock = testClock("2026-11-22T12:00:00Z");
const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });

const client = (directory: string, more: Partial<UpstreamCa> = {}): AcmeClient => {
  const made = new AcmeClient(upstreamCa(directory, "ca", more), { clock, patience: SECOND });
  onTestFinished(() => made.close());
  return made;
};
const serving = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe("the client of an ACME server", () => {
  test("makes an account, reads the directory once an hour, and takes the nonces that answers bring", async () => {
    const stub = await acmeStub(() => clock.now());
    const nonces: string[] = [];
    const directories: string[] = [];
    stub.answer = (resource) => {
      if (resource === "nonce") nonces.push(resource);
      if (resource === "directory") directories.push(resource);
      return undefined;
    };
    const own = client(stub.directory);
    const { newAccount, newOrder } = await own.directory();
    const { location } = await own.post(newAccount, {}, { key, account: undefined });
    for (let order = 0; order < 5; order += 1) {
      await own.post(newOrder, { identifiers: [{ type: "dns", value: "kiln.com" }] }, { key, account: location });
    }
    expect([nonces.length, directories.length]).toEqual([0, 1]); // the directory's answer brought the first nonce
    await own.directory();
    clock.advance(HOUR);
    await own.directory();
    expect(directories).toHaveLength(2);
  });

  test("asks again with the nonce that a refusal brings, a hundred times and not for ever", async () => {
    const stub = await acmeStub(() => clock.now());
    let refused = 0;
    stub.refuse = () => (refused++ < 99 ? { type: "badNonce" } : undefined);
    const { newAccount } = await client(stub.directory).directory();
    const own = client(stub.directory);
    await own.post(newAccount, {}, { key, account: undefined });
    expect(refused).toBe(100);
    stub.refuse = () => ({ type: "badNonce" });
    await expect(own.post(newAccount, {}, { key, account: undefined })).rejects.toMatchObject({
      name: "AcmeProblem",
      problem: { type: "badNonce" },
    });
  });

  test("says which URL it does not follow, and to where", async () => {
    const origin = await serving((_, response) => void response.writeHead(302, { location: "/new" }).end());
    await expect(client(`${origin}/dir`).directory()).rejects.toThrow(`${origin}/dir redirects to /new`);
  });

  test("takes no endless answer, and no half one", async () => {
    const long = await serving((_, response) => void response.end("x".repeat(600_000)));
    await expect(client(long).directory()).rejects.toThrow("answered more than 524288 bytes");
    const half = await serving((request, response) => {
      response.writeHead(200, { "content-length": 100 });
      response.write("{");
      setImmediate(() => request.socket.destroy());
    });
    await expect(client(half).directory()).rejects.toThrow("cannot be asked: ");
  });

  test("does not wait for ever, neither for an answer nor for its end", async () => {
    const silent = await serving(() => {});
    await expect(client(silent).directory()).rejects.toThrow("it did not answer within 1 seconds");
    const slow = await serving((_, response) => void response.writeHead(200).write("{"));
    await expect(client(slow).directory()).rejects.toThrow("it did not answer within 1 seconds");
  });

  test("reads the directory again after it could not be read, and after an object was not found", async () => {
    const stub = await acmeStub(() => clock.now());
    stub.answer = (resource) => (resource === "directory" ? { status: 500 } : undefined);
    const own = client(stub.directory);
    await expect(own.directory()).rejects.toThrow("HTTP status 500");
    let reads = 0;
    stub.answer = (resource) => {
      if (resource === "directory") reads += 1;
      return undefined;
    };
    const { newAccount } = await own.directory();
    await expect(own.post(newAccount.replace("/account", "/moved"), {}, { key, account: undefined })).rejects.toThrow(
      "HTTP status 404",
    );
    await own.directory();
    expect(reads).toBe(2);
  });

  test("speaks clear HTTP to this machine only, and to nobody under a name and password", async () => {
    for (const url of ["http://ca.kiln.com/dir", "ftp://127.0.0.1/", "https://me:secret@ca.kiln.com/", "no URL", ""]) {
      await expect(client(url).directory(), url).rejects.toThrow("is no https:// URL");
    }
  });

  test("believes no server whose certificate is not of a root that it trusts", async () => {
    const [own, other] = await Promise.all(
      [1, 2].map(() => selfSigned({ names: ["localhost"], notAfter: new Date("2040-01-01") })),
    );
    const server = createTlsServer(
      { cert: own!.certificate, key: own!.privateKey },
      (_, response) => void response.end("{}"),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const url = `https://localhost:${(server.address() as AddressInfo).port}/dir`;
    await expect(client(url).directory()).rejects.toThrow(/cannot be asked: .*self-signed certificate/);
    await expect(client(url, { trust: other!.certificate }).directory()).rejects.toThrow(
      /cannot be asked: .*certificate/,
    );
    await expect(client(url, { trust: own!.certificate }).directory()).rejects.toThrow("not as RFC 8555 has it");
  });

  test("goes nowhere in clear for a CA that is asked over TLS", async () => {
    const asked: (string | undefined)[] = [];
    const inside = await serving(({ url }, response) => void response.end(String(asked.push(url))));
    const own = client("https://ca.example/directory");
    await expect(own.get(`${inside}/admin`)).rejects.toMatchObject({ name: "Unreachable" });
    await expect(own.get(`${inside}/admin`)).rejects.toThrow("is asked over TLS");
    expect(asked).toEqual([]);
  });
});
