import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { type ConnectionOptions, connect } from "node:tls";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MOST_HELLO_BYTES, readClientHello } from "./client-hello.ts";

/** The first bytes that node:tls sends. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect({ port: (server.address() as AddressInfo).port, host: "127.0.0.1", ...options });
  client.on("error", () => {});
  const [socket] = await once(server, "connection");
  const [bytes] = await once(socket, "data");
  socket.destroy();
  client.destroy();
  server.close();
  return bytes as Buffer;
}

/** The same message in records of `size` bytes. */
function recut(hello: Buffer, size: number): Buffer {
  const message = hello.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records);
}

describe("a ClientHello", () => {
  test("says its name, versions, suites, signature algorithms and groups", async () => {
    const bytes = await helloOf({ servername: "A.Example.Test", ecdhCurve: "P-256:X25519" });
    const reading = readClientHello(bytes);
    expect(reading).toMatchObject({ state: "whole", hello: { serverName: "a.example.test", groups: [23, 29] } });
    if (reading.state !== "whole") return;
    expect(reading.hello.versions).toContain(0x0304);
    expect(reading.hello.cipherSuites).toContain(0x1301);
    expect(reading.hello.signatureAlgorithms).toContain(0x0403);
  });

  test("of TLS 1.2 says its version the old way", async () => {
    const reading = readClientHello(await helloOf({ maxVersion: "TLSv1.2" }));
    expect(reading).toMatchObject({ state: "whole", hello: { versions: [0x0301, 0x0302, 0x0303] } });
    expect(reading).not.toHaveProperty("hello.serverName");
  });

  test("is read whole from any cut, and from any number of records", async () => {
    const bytes = await helloOf({ servername: "a.test" });
    const whole = readClientHello(bytes);
    for (let end = 1; end < bytes.length; end++) expect(readClientHello(bytes.subarray(0, end)).state).toBe("more");
    for (const size of [1, 2, 3, 7, 100]) expect(readClientHello(recut(bytes, size))).toEqual(whole);
  });

  test("is nothing else than one: changed or any bytes are read, refused, or waited for, never beyond their end", async () => {
    const bytes = await helloOf({ servername: "a.test" });
    const change = fc.record({ at: fc.nat(bytes.length - 1), to: fc.integer({ min: 0, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = Buffer.from(bytes);
        for (const { at, to } of changes) changed[at] = to;
        expect(["whole", "more", "not-tls", "malformed"]).toContain(readClientHello(changed).state);
      }),
      { numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        const handshake = Buffer.from([22, 3, 3, 0, any.length, ...any]);
        for (const tried of [any, handshake]) expect(readClientHello(tried).state).toBeTypeOf("string");
      }),
    );
  });

  test.for([
    ["plain HTTP", Buffer.from("GET / HTTP/1.1\r\n"), "not-tls"],
    ["SSLv2", Buffer.from([0x80, 0x2e, 1, 3, 1]), "not-tls"],
    ["an alert", Buffer.from([21, 3, 1, 0, 2, 1, 0]), "not-tls"],
    ["an empty record", Buffer.from([22, 3, 1, 0, 0]), "malformed"],
    ["another protocol version", Buffer.from([22, 2, 0, 0, 1, 1]), "malformed"],
    ["a message of more than 64 kB", Buffer.from([22, 3, 1, 0, 4, 1, 2, 0, 0]), "malformed"],
    ["64 kB without an end", endless(), "malformed"],
  ] as const)("is not %s", ([, bytes, state]) => {
    expect(readClientHello(bytes).state).toBe(state);
  });

  test("with a name of odd characters has no name", async () => {
    const bytes = await helloOf({ servername: "a.test" });
    const at = bytes.indexOf("a.test");
    bytes[at] = 0;
    expect(readClientHello(bytes)).not.toHaveProperty("hello.serverName");
  });
});

function endless(): Buffer {
  const message = Buffer.alloc(MOST_HELLO_BYTES);
  message.set([1, 0, 0xff, 0xff]);
  const records = [];
  for (let at = 0; at < MOST_HELLO_BYTES; at += 16_000) {
    const part = message.subarray(at, at + 16_000);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 0xff]), part);
  }
  return Buffer.concat(records).subarray(0, MOST_HELLO_BYTES);
}
