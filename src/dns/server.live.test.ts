import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { promisify } from "node:util";
import packet from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BOB, WEB, type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { type DnsServer, startDnsServer } from "./server.ts";

let world: ZoneWorld;
let server: DnsServer;
const failures: unknown[] = [];

beforeAll(async () => {
  world = await zoneWorld();
  const zone = await world.zone("example.com");
  await world.put(
    zone,
    "@ A 300 192.0.2.1 | 192.0.2.2",
    "@ MX 300 10 mail.example.com. | 20 mail2.example.com.",
    '@ TXT 300 "v=spf1 -all" | "two" "strings"',
    '@ CAA 300 0 issue "sealkeeper.internal"',
    "v6 AAAA 300 2001:db8::1",
    "www CNAME 300 example.com",
    "far CNAME 300 www.example.net",
    "loop CNAME 300 loop2.example.com",
    "loop2 CNAME 300 loop.example.com",
    "dead CNAME 300 nothing.example.com",
    "_sip._tcp SRV 300 1 2 5060 sip.example.com",
    '*.wild TXT 300 "wild"',
    "real.wild A 300 192.0.2.9",
    "x.y.wild A 300 192.0.2.10",
    "lb A 300 alias:dualstack.web-1.eu-west-1.elb.sealkeeper.internal",
    "lb AAAA 300 alias:web-1.eu-west-1.elb.sealkeeper.internal",
    "same A 300 alias:v4.example.com",
    "v4 A 77 192.0.2.44",
    "sub NS 300 ns1.sub.example.com | ns.elsewhere.example",
    "ns1.sub A 300 192.0.2.53",
    "ns1.sub AAAA 300 2001:db8::53",
    "sub DS 300 12345 13 2 " + "ab".repeat(32),
    `big TXT 300 ${Array.from({ length: 30 }, (_, at) => `"${String(at).padEnd(100, "x")}"`).join(" | ")}`,
    `medium TXT 300 ${Array.from({ length: 6 }, (_, at) => `"${String(at).padEnd(100, "x")}"`).join(" | ")}`,
    "ptr PTR 300 host.example.com",
    "svc HTTPS 300 1 . alpn=h2",
    "sp\\040ace A 300 192.0.2.77",
  );
  const own = await world.zone("own.example.com"); // same account, not delegated
  await world.put(own, "www A 300 192.0.2.60");
  const foreign = await world.zone("foreign.example.com", BOB); // another account, not delegated
  await world.put(foreign, "@ A 300 192.0.2.66", "www A 300 192.0.2.66");
  const given = await world.zone("given.example.com", BOB);
  await world.put(given, "www A 300 192.0.2.61");
  const servers = [1, 2].map((n) => `ns-${n}.${given.id.toLowerCase()}.dns.sealkeeper.internal`);
  await world.put(zone, `given NS 300 ${servers.join(" | ")}`);
  const twin = await world.zone("example.com", BOB);
  await world.put(twin, "twin A 300 192.0.2.62");
  server = await startDnsServer({ ...world, address: "127.0.0.1", port: 0, onError: (error) => failures.push(error) });
});

afterAll(async () => {
  await server.close();
  await world[Symbol.asyncDispose]();
  expect(failures).toEqual([]);
});

const run = promisify(execFile);

interface Dug {
  readonly status: string;
  readonly flags: string;
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
  readonly all: string;
}

async function dig(...question: readonly string[]): Promise<Dug> {
  const asked = ["@127.0.0.1", "-p", String(server.port), "+norec", "+tries=1", "+time=5", ...question];
  const { stdout } = await run("dig", asked);
  const section = (title: string): string[] =>
    (new RegExp(`;; ${title} SECTION:\\n((?:[^\\n]+\\n)+)`).exec(stdout)?.[1] ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace(/\s+/g, " "));
  return {
    status: /status: (\w+)/.exec(stdout)?.[1] ?? "",
    flags: /flags: ([\w ]+);/.exec(stdout)?.[1] ?? "",
    answer: section("ANSWER").sort(),
    authority: section("AUTHORITY").sort(),
    additional: section("ADDITIONAL").sort(),
    all: stdout,
  };
}

describe("dig", () => {
  test.for<[string, string, readonly string[]]>([
    ["example.com", "A", ["example.com. 300 IN A 192.0.2.1", "example.com. 300 IN A 192.0.2.2"]],
    [
      "example.com",
      "MX",
      ["example.com. 300 IN MX 10 mail.example.com.", "example.com. 300 IN MX 20 mail2.example.com."],
    ],
    ["example.com", "TXT", ['example.com. 300 IN TXT "two" "strings"', 'example.com. 300 IN TXT "v=spf1 -all"']],
    ["example.com", "CAA", ['example.com. 300 IN CAA 0 issue "sealkeeper.internal"']],
    ["v6.example.com", "AAAA", ["v6.example.com. 300 IN AAAA 2001:db8::1"]],
    ["_sip._tcp.example.com", "SRV", ["_sip._tcp.example.com. 300 IN SRV 1 2 5060 sip.example.com."]],
    ["ptr.example.com", "PTR", ["ptr.example.com. 300 IN PTR host.example.com."]],
    ["svc.example.com", "TYPE65", ['svc.example.com. 300 IN HTTPS 1 . alpn="h2"']],
    ["sub.example.com", "DS", [`sub.example.com. 300 IN DS 12345 13 2 ${"AB".repeat(28)} ${"AB".repeat(4)}`]],
    ["sp\\032ace.example.com", "A", ["sp\\032ace.example.com. 300 IN A 192.0.2.77"]],
    [
      "www.example.com",
      "A",
      [
        "example.com. 300 IN A 192.0.2.1",
        "example.com. 300 IN A 192.0.2.2",
        "www.example.com. 300 IN CNAME example.com.",
      ],
    ],
    ["www.example.com", "CNAME", ["www.example.com. 300 IN CNAME example.com."]],
    ["far.example.com", "A", ["far.example.com. 300 IN CNAME www.example.net."]],
    [
      "loop.example.com",
      "A",
      ["loop.example.com. 300 IN CNAME loop2.example.com.", "loop2.example.com. 300 IN CNAME loop.example.com."],
    ],
    ["any.wild.example.com", "TXT", ['any.wild.example.com. 300 IN TXT "wild"']],
    ["a.b.c.wild.example.com", "TXT", ['a.b.c.wild.example.com. 300 IN TXT "wild"']],
    ["*.wild.example.com", "TXT", ['*.wild.example.com. 300 IN TXT "wild"']],
    ["lb.example.com", "A", ["lb.example.com. 60 IN A 127.0.0.7", "lb.example.com. 60 IN A 127.0.0.8"]],
    [WEB, "A", [`${WEB}. 60 IN A 127.0.0.7`, `${WEB}. 60 IN A 127.0.0.8`]],
    ["same.example.com", "A", ["same.example.com. 77 IN A 192.0.2.44"]],
    ["www.own.example.com", "A", ["www.own.example.com. 300 IN A 192.0.2.60"]],
    ["www.given.example.com", "A", ["www.given.example.com. 300 IN A 192.0.2.61"]],
    ["example.com", "ANY", ['example.com. 3600 IN HINFO "RFC8482" ""']],
  ])("%s %s is answered with authority", async ([name, type, answer]) => {
    const dug = await dig(name, type, ...(type === "ANY" ? ["+notcp"] : []));
    expect(dug).toMatchObject({ status: "NOERROR", flags: "qr aa", answer, authority: [] });
    expect((await dig(name, type, "+tcp")).answer).toEqual(answer);
  });

  test.for([
    ["lb.example.com", "AAAA", "an alias to a load balancer that has no such address"],
    ["v6.example.com", "A", "a name with other types only"],
    ["_tcp.example.com", "A", "an empty non-terminal (RFC 4592)"],
    ["real.wild.example.com", "TXT", "a name that exists, whatever the wildcard says"],
    ["y.wild.example.com", "TXT", "an empty non-terminal below the wildcard's parent"],
  ])("%s %s is NODATA with the SOA: %s", async ([name, type]) => {
    expect(await dig(name!, type!)).toMatchObject({
      status: "NOERROR",
      flags: "qr aa",
      answer: [],
      authority: [
        expect.stringMatching(
          /^example\.com\. 900 IN SOA ns-1\.\S+ hostmaster\.sealkeeper\.internal\. 1 7200 900 1209600 86400$/,
        ),
      ],
    });
  });

  test.for([
    ["nothing.example.com", "a name that is not there"],
    ["a.real.wild.example.com", "no wildcard reaches below a name that exists"],
    ["a.y.wild.example.com", "nor below an empty non-terminal"],
    ["foreign.example.com", "another account's zone that nobody delegated to"],
    ["www.foreign.example.com", "nor is anything of it served"],
    ["twin.example.com", "the oldest of equal names speaks alone"],
  ])("%s is NXDOMAIN with the SOA: %s", async ([name]) => {
    expect(await dig(name!, "A")).toMatchObject({
      status: "NXDOMAIN",
      flags: "qr aa",
      answer: [],
      authority: [expect.stringMatching(/^example\.com\. 900 IN SOA /)],
    });
  });

  test("a CNAME to a name that is not there is NXDOMAIN, with the CNAME (RFC 6604)", async () => {
    expect(await dig("dead.example.com", "A")).toMatchObject({
      status: "NXDOMAIN",
      answer: ["dead.example.com. 300 IN CNAME nothing.example.com."],
      authority: [expect.stringContaining("SOA")],
    });
  });

  test.for([["sub.example.com"], ["deep.below.sub.example.com"]])("%s is referred, with glue", async ([name]) => {
    expect(await dig(name!, "A")).toMatchObject({
      status: "NOERROR",
      flags: "qr",
      answer: [],
      authority: [
        "sub.example.com. 300 IN NS ns.elsewhere.example.",
        "sub.example.com. 300 IN NS ns1.sub.example.com.",
      ],
      additional: ["ns1.sub.example.com. 300 IN A 192.0.2.53", "ns1.sub.example.com. 300 IN AAAA 2001:db8::53"],
    });
  });

  test("the apex has its four name servers, and they have addresses", async () => {
    const { answer } = await dig("example.com", "NS");
    expect(answer).toHaveLength(4);
    const host = answer[0]!.split(" ").at(-1)!;
    expect(host).toMatch(/^ns-[1-4]\.z[a-z0-9]{19}\.dns\.sealkeeper\.internal\.$/);
    expect((await dig(host, "A")).answer).toEqual([`${host} 60 IN A 127.0.0.53`]);
  });

  test.for([
    ["example.org", "A", "REFUSED"],
    [".", "NS", "REFUSED"],
    ["com", "SOA", "REFUSED"],
    ["example.com", "TKEY", "NOTIMP"],
  ])("%s %s is %s", async ([name, type, status]) => {
    expect((await dig(name!, type!)).status).toBe(status);
  });

  test("a class other than IN is REFUSED, a transfer too", async () => {
    expect((await dig("version.bind", "TXT", "CH")).status).toBe("REFUSED");
    expect((await dig("example.com", "AXFR")).all).toContain("Transfer failed");
  });

  test("what is too large for a datagram comes by TCP", async () => {
    const dug = await dig("big.example.com", "TXT");
    expect(dug.answer).toHaveLength(30);
    expect(dug.all).toContain("Truncated, retrying in TCP mode");
    expect((await dig("big.example.com", "TXT", "+ignore")).flags).toBe("qr aa tc");
    expect((await dig("medium.example.com", "TXT", "+ignore")).flags).toBe("qr aa");
    expect((await dig("medium.example.com", "TXT", "+ignore", "+noedns")).flags).toBe("qr aa tc");
    expect((await dig("medium.example.com", "TXT", "+ignore", "+bufsize=600")).flags).toBe("qr aa tc");
  });

  test("EDNS is answered: our payload size, DO repeated, BADVERS for a later version", async () => {
    expect((await dig("example.com", "A", "+dnssec")).all).toMatch(/EDNS: version: 0, flags: do; udp: 1232/);
    expect((await dig("example.com", "A", "+noedns")).all).not.toContain("OPT PSEUDOSECTION");
    expect((await dig("example.com", "A", "+edns=1", "+noednsneg")).status).toBe("BADVERS");
    expect((await dig("example.com", "A", "+cookie", "+subnet=192.0.2.0/24", "+nsid")).status).toBe("NOERROR");
  });

  test("the case of the question comes back, and RD with it", async () => {
    const { all, answer } = await dig("eXaMpLe.CoM", "A", "+rec");
    expect(all).toMatch(/^;eXaMpLe\.CoM\.\s+IN\s+A$/m);
    expect(answer[0]).toBe("eXaMpLe.CoM. 300 IN A 192.0.2.1");
    expect(all).toMatch(/flags: qr aa rd;/);
  });

  test("an inverse query is NOTIMP", async () => {
    expect((await dig("example.com", "A", "+opcode=1")).status).toBe("NOTIMP");
    expect((await dig("example.com", "SOA", "+opcode=NOTIFY")).status).toBe("NOTIMP");
  });
});

const query = (name: string, id: number): Buffer =>
  packet.encode({ type: "query", id, questions: [{ name, type: "A" }] });
const framed = (message: Buffer): Buffer => {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(message.length);
  return Buffer.concat([length, message]);
};

async function tcp(): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

async function read(socket: Socket): Promise<packet.DecodedPacket[]> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) bytes = Buffer.concat([bytes, chunk as Buffer]);
  const messages: packet.DecodedPacket[] = [];
  for (let at = 0; at < bytes.length; at += 2 + bytes.readUInt16BE(at)) {
    messages.push(packet.decode(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at))));
  }
  return messages;
}

describe("a TCP connection", () => {
  test("takes many questions at once, in pieces of any size, and answers all before it ends", async () => {
    const socket = await tcp();
    const bytes = Buffer.concat(Array.from({ length: 100 }, (_, id) => framed(query("v4.example.com", id))));
    for (let at = 0; at < bytes.length; at += 7) socket.write(bytes.subarray(at, at + 7));
    socket.end();
    const answers = await read(socket);
    expect(answers.map(({ id }) => id).sort((a, b) => a! - b!)).toEqual(Array.from({ length: 100 }, (_, id) => id));
    expect(answers.every(({ answers: [record] = [] }) => record?.type === "A" && record.data === "192.0.2.44")).toBe(
      true,
    );
  });

  test.for([
    ["an empty message", Buffer.from([0, 0])],
    ["less than a header", Buffer.from([0, 3, 1, 2, 3])],
    ["a response", framed(packet.encode({ type: "response", id: 1 }))],
  ])("is ended by %s", async ([, bytes]) => {
    const socket = await tcp();
    socket.on("error", () => {});
    socket.write(bytes as Buffer);
    await once(socket, "close");
  });

  test("is ended after a while of silence, and turned away when there are too many", async () => {
    const onError = (error: unknown): void => expect(error).toBeUndefined();
    const busy = await startDnsServer({ ...world, address: "127.0.0.1", port: 0, idle: 50, onError });
    const idle = connect(busy.port, "127.0.0.1");
    await once(idle, "close");
    await busy.close();

    const full = await startDnsServer({ ...world, address: "127.0.0.1", port: 0, onError });
    const sockets: Socket[] = [];
    for (let at = 0; at < 256; at += 1) {
      const socket = connect(full.port, "127.0.0.1");
      await once(socket, "connect");
      sockets.push(socket);
    }
    const last = connect(full.port, "127.0.0.1");
    last.on("error", () => {});
    await once(last, "close");
    sockets[0]!.end(framed(query("v4.example.com", 9)));
    expect((await read(sockets[0]!)).map(({ id }) => id)).toEqual([9]);
    await full.close();
  });

  test("that ends in the middle of a message is ended without an answer", async () => {
    const socket = await tcp();
    socket.end(framed(query("v4.example.com", 1)).subarray(0, 9));
    expect(await read(socket)).toEqual([]);
  });
});

test("a datagram that can not be read is FORMERR, and nothing at all when it has no header", async () => {
  const socket = createSocket("udp4");
  const got: Buffer[] = [];
  socket.on("message", (message) => got.push(message));
  const send = (bytes: Buffer): void => socket.send(bytes, server.port, "127.0.0.1");
  send(Buffer.from([1, 2, 3]));
  send(packet.encode({ type: "response", id: 2 }));
  const two = packet.encode({
    type: "query",
    id: 3,
    questions: [
      { name: "a.example", type: "A" },
      { name: "b.example", type: "A" },
    ],
  });
  send(two);
  await once(socket, "message");
  expect(got).toHaveLength(1);
  expect(packet.decode(got[0]!)).toMatchObject({ id: 3, type: "response", rcode: "FORMERR" });
  socket.close();
});
