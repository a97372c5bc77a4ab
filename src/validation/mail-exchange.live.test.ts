import { createSocket } from "node:dgram";
import { once } from "node:events";
import packet, { type Answer } from "dns-packet";
import { expect, onTestFinished, test } from "vitest";
import type { DomainName } from "#domain/names.ts";
import { type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { findMailExchange, type MailExchange } from "./mail-exchange.ts";

async function ownZones(): Promise<ZoneWorld> {
  const world = await zoneWorld();
  onTestFinished(() => world[Symbol.asyncDispose]());
  return world;
}

/** What the world says, by type; nothing for what it is not told. */
type World = Readonly<Record<string, readonly Answer[] | "NXDOMAIN" | "SERVFAIL">>;

async function look(domain: string, world: World): Promise<MailExchange> {
  const socket = createSocket("udp4");
  socket.on("message", (message, from) => {
    const { id = 0, questions = [] } = packet.decode(message);
    const said = world[questions[0]?.type ?? ""] ?? [];
    const flags = said === "NXDOMAIN" ? 3 : said === "SERVFAIL" ? 2 : 0;
    const answers = typeof said === "string" ? [] : [...said];
    socket.send(packet.encode({ type: "response", id, flags, questions, answers }), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const resolvers = [{ address: "127.0.0.1", port: socket.address().port }];
  return findMailExchange(domain as DomainName, { ...(await ownZones()), resolvers, patience: 500 });
}

const NAME = "shop.example";
const mx = (exchange: string, name = NAME): Answer => ({ type: "MX", name, data: { preference: 10, exchange } });
const a: Answer = { type: "A", name: NAME, data: "192.0.2.1" };
const aaaa: Answer = { type: "AAAA", name: NAME, data: "2001:db8::1" };

test.for<[string, World, MailExchange["takesMail"], string?]>([
  ["with an MX record takes mail", { MX: [mx("mx.shop.example")] }, "yes"],
  [
    "whose CNAME leads to an MX record takes mail",
    { MX: [{ type: "CNAME", name: NAME, data: "other.example" }, mx("mx.other.example", "other.example")] },
    "yes",
  ],
  ["with an IPv4 address and no MX record takes mail there (RFC 5321 §5.1)", { A: [a] }, "yes"],
  ["with an IPv6 address and no MX record takes mail there", { AAAA: [aaaa] }, "yes"],
  ["with a null MX takes no mail (RFC 7505), whatever its address", { MX: [mx(".")], A: [a] }, "no", "RFC 7505"],
  ["with neither takes no mail", {}, "no", "neither an MX record nor an address"],
  ["that does not exist takes no mail", { MX: "NXDOMAIN" }, "no", "There is no domain shop.example."],
  ["whose servers fail is not known", { MX: "SERVFAIL" }, "unknown", "could not be looked up"],
  ["whose address cannot be found out is not known", { A: "SERVFAIL" }, "unknown", "could not be looked up"],
])("a domain %s", async ([, world, takesMail, problem]) => {
  const found = await look(NAME, world);
  expect(found.takesMail).toBe(takesMail);
  if (problem === undefined) expect(found.problem).toBeUndefined();
  else expect(found.problem).toContain(problem);
  expect(found.lookups[0]).toMatchObject({ name: NAME, type: "MX" });
});

test("a domain in one of our zones is looked up there, without a resolver", async () => {
  const world = await ownZones();
  const zone = await world.zone("shop.example");
  await world.put(zone, "@ MX 300 10 mx.shop.example.", 'silent TXT 300 "nothing"');
  const deps = { ...world, resolvers: [] };
  expect(await findMailExchange("shop.example" as DomainName, deps)).toEqual({
    takesMail: "yes",
    lookups: [{ name: "shop.example", type: "MX", server: "own zones", answer: "10 mx.shop.example" }],
  });
  expect(await findMailExchange("silent.shop.example" as DomainName, deps)).toMatchObject({ takesMail: "no" });
  expect(await findMailExchange("gone.shop.example" as DomainName, deps)).toMatchObject({ takesMail: "no" });
});
