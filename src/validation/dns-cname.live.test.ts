import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import packet from "dns-packet";
import { describe, expect, onTestFinished, test } from "vitest";
import { type DnsServer, startDnsServer } from "#dns/server.ts";
import { randomIds } from "#lib/ids.ts";
import { BOB, type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { type CnameDeps, lookUpCname } from "./dns-cname.ts";

const NAME = "_0123456789abcdef0123456789abcdef.example.com";
const VALUE = "_fedcba9876543210fedcba9876543210.zfyfvmchrl.acm-validations.aws.";

/** Our own zones, and the world outside: another name server, which the resolver address points to. */
async function twoWorlds(): Promise<{ own: ZoneWorld; outside: ZoneWorld; deps: CnameDeps; server: DnsServer }> {
  const [own, outside] = [await zoneWorld(), await zoneWorld()];
  const onError = (error: unknown): void => expect(error).toBeUndefined();
  const server = await startDnsServer({ ...outside, address: "127.0.0.1", port: 0, onError });
  onTestFinished(async () => {
    await server.close();
    await own[Symbol.asyncDispose]();
    await outside[Symbol.asyncDispose]();
  });
  return { own, outside, server, deps: depsOf(own, server) };
}

function depsOf(
  own: ZoneWorld,
  ...resolvers: readonly { readonly address: string; readonly port: number }[]
): CnameDeps {
  return {
    ...own,
    resolvers: resolvers.map(({ address, port }) => ({ address, port })),
    ids: randomIds,
    patience: 500,
  };
}

const owner = NAME.slice(0, -".example.com".length);

describe("the CNAME of a validation", () => {
  test("is found in our own zone, without asking anybody else", async () => {
    const { own } = await twoWorlds();
    await own.put(await own.zone("example.com"), `${owner} CNAME 300 ${VALUE}`);
    expect(await lookUpCname(NAME, VALUE, depsOf(own))).toEqual({
      found: true,
      lookups: [{ name: NAME, type: "CNAME", server: "own zones", answer: VALUE.slice(0, -1) }],
    });
  });

  test("is found elsewhere, through the resolver, and compared without case, last dot and first underscore", async () => {
    const { outside, deps, server } = await twoWorlds();
    await outside.put(await outside.zone("example.com"), `${owner} CNAME 300 ${VALUE.slice(1).toUpperCase()}`);
    const finding = await lookUpCname(`${NAME.toUpperCase()}.`, VALUE, deps);
    expect(finding).toMatchObject({ found: true, lookups: [{ name: NAME, server: `127.0.0.1:${server.port}` }] });
  });

  test("is found over five CNAMEs, from the outside into our zones and back, but not over six", async () => {
    const { own, outside, deps } = await twoWorlds();
    const away = await outside.zone("example.com");
    const home = await own.zone("home.example");
    await outside.put(
      away,
      `${owner} CNAME 60 a.home.example`,
      "b CNAME 60 c.home.example",
      "d CNAME 60 e.home.example",
    );
    await own.put(home, "a CNAME 60 b.example.com", "c CNAME 60 d.example.com", `e CNAME 60 ${VALUE}`);
    const six = await lookUpCname(NAME, VALUE, deps);
    expect(six).toMatchObject({ found: false, reason: `More than 5 CNAME records follow one another from ${NAME}.` });
    expect(six.lookups).toHaveLength(5);
    const five = await lookUpCname("a.home.example", VALUE, deps);
    expect(five.found).toBe(true);
    expect(five.lookups.map(({ server }) => server === "own zones")).toEqual([true, false, true, false, true]);
  });

  test.for<[string, string, RegExp]>([
    ["nothing", "", /^There is no CNAME record at _0123\w+\.example\.com\.$/],
    [
      "the domain appended twice",
      `${NAME} CNAME 60 ${VALUE}`,
      /^There is no CNAME record at \S+ It stands at _0123\w+\.example\.com\.example\.com: the domain was appended twice\. Enter the name as "_0123456789abcdef0123456789abcdef", or with a dot at its end\.$/,
    ],
    [
      "a value of another request",
      `${owner} CNAME 60 _other.zfyfvmchrl.acm-validations.aws`,
      /has the value _other\.zfyfvmchrl\.acm-validations\.aws, but it must be _fedc/,
    ],
    [
      "a name that leads nowhere",
      `${owner} CNAME 60 lost.example.com`,
      /^There is no CNAME record at lost\.example\.com\. The CNAME at _0123\w+\.example\.com leads there, not to _fedc\w+\.zfyfvmchrl\.acm-validations\.aws\.$/,
    ],
    ["a TXT record", `${owner} TXT 60 "${VALUE}"`, /Its value stands there in a TXT record: the type must be CNAME\.$/],
    [
      "a circle",
      `${owner} CNAME 60 ${NAME}`,
      /^The CNAME records from _0123\w+\.example\.com lead back to _0123\w+\.example\.com\.$/,
    ],
  ])("with %s in its place is not found, and the reason says so, here as elsewhere", async ([, line, reason]) => {
    const { own, outside, deps } = await twoWorlds();
    for (const world of [outside, own]) {
      const zone = await world.zone("example.com");
      if (line !== "") await world.put(zone, line);
      const finding = await lookUpCname(NAME, VALUE, world === own ? depsOf(own) : deps);
      expect(finding).toMatchObject({ found: false, reason: expect.stringMatching(reason) });
    }
  });

  test("at the domain itself is not found, and the reason says where it belongs", async () => {
    const { own } = await twoWorlds();
    await own.put(await own.zone("example.com"), `www CNAME 60 ${VALUE}`);
    const name = `${owner}.www.example.com`;
    const { reason } = await lookUpCname(name, VALUE, depsOf(own));
    expect(reason).toBe(
      `There is no CNAME record at ${name}. Its value stands at www.example.com itself: the record's name must be ${name}.`,
    );
  });

  test("in a zone of another account that nobody delegated to is not believed", async () => {
    const { own } = await twoWorlds();
    await own.zone("example.com");
    await own.put(await own.zone("sub.example.com", BOB), `_x CNAME 60 ${VALUE}`);
    await own.put(await own.zone("example.com", BOB), `_x CNAME 60 ${VALUE}`);
    expect((await lookUpCname("_x.sub.example.com", VALUE, depsOf(own))).found).toBe(false);
    expect((await lookUpCname("_x.example.com", VALUE, depsOf(own))).found).toBe(false);
  });

  test("below a delegation to servers elsewhere is looked for there", async () => {
    const { own, outside, deps } = await twoWorlds();
    await own.put(await own.zone("example.com"), "sub NS 60 ns.elsewhere.example");
    await outside.put(await outside.zone("sub.example.com"), `_x CNAME 60 ${VALUE}`);
    expect((await lookUpCname("_x.sub.example.com", VALUE, deps)).found).toBe(true);
  });

  test("is not found under a name that is none", async () => {
    const { deps } = await twoWorlds();
    expect(await lookUpCname("_x..example.com", VALUE, deps)).toEqual({
      found: false,
      reason: '"_x..example.com" is not a domain name.',
      lookups: [],
    });
  });
});

describe("a resolver", () => {
  /** Answers each datagram with what `reply` makes of it. */
  async function fakeResolver(
    reply: (query: Buffer) => readonly Buffer[],
    tcp?: (query: Buffer) => Buffer,
  ): Promise<AddressInfo> {
    const server: Server = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("data", (bytes) => void (tcp && socket.write(tcp(bytes.subarray(2)))));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const udp: Socket = createSocket("udp4");
    udp.bind((server.address() as AddressInfo).port, "127.0.0.1");
    await once(udp, "listening");
    udp.on("message", (query, from) => {
      for (const message of reply(query)) udp.send(message, from.port, from.address);
    });
    onTestFinished(() => {
      udp.close();
      server.close();
    });
    return udp.address();
  }

  const respond = (query: Buffer, more: packet.Packet): Buffer => {
    const { id, questions } = packet.decode(query);
    return packet.encode({
      type: "response",
      ...(id !== undefined && { id }),
      ...(questions && { questions }),
      ...more,
    });
  };
  const right = (query: Buffer): Buffer => respond(query, { answers: [{ type: "CNAME", name: NAME, data: VALUE }] });
  const framed = (message: Buffer, length = message.length): Buffer =>
    Buffer.concat([Buffer.from([length >> 8, length & 0xff]), message]);

  async function find(...resolvers: readonly AddressInfo[]) {
    const own = await zoneWorld();
    onTestFinished(() => own[Symbol.asyncDispose]());
    return lookUpCname(NAME, VALUE, { ...depsOf(own, ...resolvers), patience: 100 });
  }

  test("that can not be reached, is silent, fails or babbles is named in the reason", async () => {
    const silent = await fakeResolver(() => []);
    expect((await find(silent)).reason).toBe(
      `${NAME} could not be looked up: 127.0.0.1:${silent.port} did not answer in time.`,
    );
    const failing = await fakeResolver((query) => [respond(query, { flags: 2 })]);
    expect((await find(failing)).reason).toContain("answered SERVFAIL.");
    const babbling = await fakeResolver((query) => [Buffer.from("babble"), query, right(query).subarray(0, 40)]);
    expect((await find(babbling)).reason).toContain("did not answer in time.");
    expect((await find()).reason).toBe(`${NAME} could not be looked up: the resolver is not configured.`);
  });

  test("that fails is followed by the next one, and by a second try", async () => {
    const failing = await fakeResolver((query) => [respond(query, { flags: 2 })]);
    const good = await fakeResolver((query) => [right(query)]);
    expect((await find(failing, good)).found).toBe(true);
    let tries = 0;
    const late = await fakeResolver((query) => ((tries += 1) > 1 ? [right(query)] : []));
    expect((await find(late)).found).toBe(true);
  });

  test("is not believed when the id, the question or the owner is another", async () => {
    const forged = (query: Buffer): Buffer[] => {
      const wrongId = Buffer.from(right(query));
      wrongId.writeUInt16BE((query.readUInt16BE(0) + 1) & 0xffff, 0);
      const wrongQuestion = packet.encode({
        ...packet.decode(right(query)),
        type: "response",
        questions: [{ name: "other.example", type: "CNAME" }],
      });
      return [
        wrongId,
        wrongQuestion,
        respond(query, { answers: [{ type: "CNAME", name: "other.example", data: VALUE }] }),
      ];
    };
    expect(await find(await fakeResolver(forged))).toMatchObject({
      found: false,
      reason: expect.stringMatching(/^There is no CNAME/),
    });
  });

  test("that truncates is asked again over TCP, within bounds", async () => {
    const truncate = (query: Buffer): Buffer[] => [respond(query, { flags: packet.TRUNCATED_RESPONSE })];
    expect((await find(await fakeResolver(truncate, (query) => framed(right(query))))).found).toBe(true);
    const huge = await fakeResolver(truncate, (query) => framed(right(query), 60_000));
    expect((await find(huge)).reason).toContain("answered with 60000 bytes, which is too much");
    const other = await fakeResolver(truncate, () => framed(Buffer.from("nothing that is DNS")));
    expect((await find(other)).reason).toContain("answered something else over TCP");
    const mute = await fakeResolver(truncate);
    expect((await find(mute)).reason).toContain("did not answer in time over TCP");
  });
});
