import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { systemTimers } from "#lib/timers.ts";
import { httpTarget } from "../../../tests/support/application-front.ts";
import { selfSigned } from "../../../tests/support/self-signed.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { testTimers } from "../../../tests/support/test-timers.ts";
import { type ProviderClient, providerClient } from "./provider-call.ts";

function client(roots: readonly string[] = [], timers = systemTimers): ProviderClient {
  const made = providerClient({ timers, roots });
  onTestFinished(() => made.close());
  return made;
}

const get = (url: string) => ({ url, method: "GET", headers: {}, mostBytes: 1_000 }) as const;

test("HTTPS is verified against public and configured roots, and by name", async () => {
  const now = Date.now();
  const period = { notBefore: new Date(now - 60_000), notAfter: new Date(now + 600_000) };
  const { certificate, privateKey } = await selfSigned({ names: ["localhost"], ...period });
  const server = createServer({ key: privateKey, cert: certificate }, (_, response) => response.end("secret"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await expect(client().call(get(`https://localhost:${port}/`))).rejects.toMatchObject({ kind: "unreachable" });
  const trusting = client([certificate]);
  expect((await trusting.call(get(`https://localhost:${port}/`))).body.toString()).toBe("secret");
  await expect(trusting.call(get(`https://127.0.0.1:${port}/`))).rejects.toMatchObject({ kind: "unreachable" });
});

test("HTTP in clear stays on this machine, and other schemes are none", async () => {
  const { port } = await httpTarget((_, response) => response.end("{}"));
  expect((await client().call(get(`http://127.0.0.1:${port}/`))).status).toBe(200);
  for (const url of [
    "http://192.0.2.1/",
    "http://127.0.0.1.evil.test/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "x",
  ]) {
    await expect(client().call(get(url))).rejects.toThrow("is not an HTTPS URL");
  }
});

test("an answer is bounded in size and in time, and redirects are not followed", async () => {
  const { port, requests } = await httpTarget((request, response) => {
    if (request.url === "/large") response.end("x".repeat(1_001));
    else if (request.url === "/broken") {
      response.writeHead(200, { "content-length": "10" });
      response.write("x");
      setImmediate(() => response.destroy());
    } else if (request.url === "/moved") response.writeHead(302, { location: "/large" }).end();
  });
  const base = `http://127.0.0.1:${port}`;
  await expect(client().call(get(`${base}/large`))).rejects.toMatchObject({ kind: "too-large" });
  await expect(client().call(get(`${base}/broken`))).rejects.toMatchObject({ kind: "unreachable" });
  expect((await client().call(get(`${base}/moved`))).status).toBe(302);
  const timers = testTimers(testClock("2026-11-22T00:00:00Z"));
  const silent = client([], timers).call(get(`${base}/silent`));
  silent.catch(() => {});
  while (requests.length < 4) await new Promise(setImmediate);
  timers.advance(10_000);
  await expect(silent).rejects.toThrow("no answer in 10 seconds");
});
