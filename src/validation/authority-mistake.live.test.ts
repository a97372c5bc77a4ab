import packet from "dns-packet";
import { describe, expect, onTestFinished, test } from "vitest";
import { randomIds } from "#lib/ids.ts";
import { authority, book, nameServer, referral, type Says } from "../../tests/support/internet-dns.ts";
import { ALICE, BOB, type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { type CnameDeps, lookUpCname } from "./dns-cname.ts";

const OWNER = "_0123456789abcdef0123456789abcdef";
const NAME = `${OWNER}.example.com`;
const VALUE = "_fedcba9876543210fedcba9876543210.zfyfvmchrl.acm-validations.aws";
const PARENT = "127.71.0.1";
const FIRST = "127.71.0.2";
const SECOND = "127.71.0.3";

type Speech = (name: string, type: string) => Says | undefined;

interface Internet {
  /** What the resolver knows. */
  readonly resolver: readonly string[];
  /** Whom com delegates example.com to. */
  readonly delegatedTo?: readonly string[];
  readonly first?: Speech;
  readonly second?: Speech;
}

/** A resolver, the servers of com, and two name servers, on addresses of their own. */
async function internet({ resolver, delegatedTo = ["ns1.host.net", "ns2.host.net"], first, second }: Internet) {
  const own = await zoneWorld();
  onTestFinished(() => own[Symbol.asyncDispose]());
  const parent = await nameServer(
    (name, type) => (name === "example.com" && type === "NS" ? referral("example.com", ...delegatedTo) : undefined),
    { address: PARENT },
  );
  const { port } = parent;
  if (first) await nameServer(first, { address: FIRST, port });
  if (second) await nameServer(second, { address: SECOND, port });
  const world = await nameServer(
    book(
      "com NS a.gtld.net",
      `a.gtld.net A ${PARENT}`,
      `ns1.host.net A ${FIRST}`,
      `ns2.host.net A ${SECOND}`,
      "ns9.other.net A 127.71.0.9",
      ...resolver,
    ),
  );
  const deps: CnameDeps = { ...own, resolvers: [world], authorityPort: port, ids: randomIds, patience: 300 };
  return { own, deps, world };
}

const DELEGATED = ["example.com NS ns1.host.net", "example.com NS ns2.host.net"];
const look = (deps: CnameDeps, account: string = ALICE) => lookUpCname(NAME, VALUE, deps, { account, thorough: true });

describe("a record that the resolver does not see", () => {
  test("but all name servers have, is only remembered as missing", async () => {
    const says = authority(`${NAME} CNAME ${VALUE}`);
    const { deps } = await internet({ resolver: DELEGATED, first: says, second: says });
    const { reason, lookups } = await look(deps);
    expect(reason).toMatch(/ It stands at the domain's name servers, but the resolver still remembers/);
    expect(lookups).toContainEqual({
      name: NAME,
      type: "CNAME",
      server: `ns1.host.net (${FIRST}:${deps.authorityPort})`,
      answer: VALUE,
    });
  });

  test("and one name server has not either, is said to stand at the other", async () => {
    const { deps } = await internet({
      resolver: DELEGATED,
      first: authority(`${NAME} CNAME ${VALUE}`),
      second: authority("example.com A 192.0.2.1"),
    });
    expect((await look(deps)).reason).toContain("It stands at ns1.host.net, but not at every name server.");
  });

  test("because the parent delegates to others than the zone names, says who names whom", async () => {
    const { deps } = await internet({
      resolver: ["example.com NS ns9.other.net", "example.com NS ns1.host.net"],
      first: authority("example.com A 192.0.2.1"),
      second: authority("example.com A 192.0.2.1"),
    });
    expect((await look(deps)).reason).toContain(
      "com delegates example.com to ns1.host.net, ns2.host.net, but the zone's own NS records name ns1.host.net, ns9.other.net: correct the name servers at the registrar",
    );
  });

  test("because a name server does not know the zone, is silent or is nowhere, says which", async () => {
    const { deps } = await internet({
      resolver: [...DELEGATED, "example.com NS ns3.host.net", "example.com NS ns4.host.net"],
      delegatedTo: ["ns1.host.net", "ns2.host.net", "ns3.host.net", "ns4.host.net"],
      first: () => ({ code: 5 }),
      second: () => ({}),
    });
    const { reason } = await look(deps);
    expect(reason).toContain("The domain is delegated to ns1.host.net, which answered REFUSED (a lame delegation).");
    expect(reason).toContain("to ns2.host.net, which does not speak for this name (a lame delegation).");
    expect(reason).toContain("The name server ns3.host.net has no address.");
  });

  test("because the domain is not delegated at all, asks whether it is registered", async () => {
    const { deps } = await internet({ resolver: [] });
    expect((await look(deps)).reason).toContain(
      "There is no zone for example.com: com does not delegate it. Is the domain registered",
    );
  });

  test("and that is simply missing everywhere has no hint", async () => {
    const says = authority("example.com A 192.0.2.1");
    const { deps } = await internet({ resolver: DELEGATED, first: says, second: says });
    expect((await look(deps)).reason).toBe(`There is no CNAME record at ${NAME}.`);
  });

  test("is looked for at its name servers only when it has been missing for some time", async () => {
    const { deps, world } = await internet({ resolver: DELEGATED });
    await lookUpCname(NAME, VALUE, deps, { account: ALICE });
    expect(world.asked.filter((asked) => asked.startsWith("NS "))).toEqual([]);
  });

  test("whose name servers never answer costs a few seconds at most", async () => {
    const { deps } = await internet({ resolver: DELEGATED, first: () => undefined, second: () => undefined });
    const before = performance.now();
    expect((await look(deps)).reason).toContain("did not answer in time");
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});

test("a record whose zone is signed wrongly is said to be so, even where the resolver does not say why", async () => {
  const own = await zoneWorld();
  onTestFinished(() => own[Symbol.asyncDispose]());
  const validating = await nameServer((name, type, flags) =>
    (flags & packet.CHECKING_DISABLED) === 0 ? { code: 2 } : book(`${NAME} CNAME ${VALUE}`)(name, type),
  );
  const { found, reason } = await lookUpCname(NAME, VALUE, { ...own, resolvers: [validating], ids: randomIds });
  expect(found).toBe(false);
  expect(reason).toMatch(
    / answered SERVFAIL\. Without a check of its DNSSEC signatures \S+ can be looked up: the signatures/,
  );
});

describe("a hosted zone of ours", () => {
  async function hosted(resolver: readonly string[]): Promise<{ own: ZoneWorld; deps: CnameDeps }> {
    return await internet({ resolver });
  }

  test("that the world does not use, while the record stands there", async () => {
    const { own, deps } = await hosted([...DELEGATED, `${NAME} CNAME ${VALUE}`]);
    const zone = await own.zone("example.com");
    expect((await look(deps)).reason).toBe(
      `There is no CNAME record at ${NAME}. example.com is a hosted zone here (${zone.id}), which is asked; the world's name servers for it are ns1.host.net, ns2.host.net, where the record stands. Create it in the hosted zone as well, or delete that zone.`,
    );
  });

  test("with a private name is not told to the world", async () => {
    const { own, deps, world } = await internet({ resolver: [] });
    await own.zone("shop.internal");
    const how = { account: ALICE, thorough: true };
    expect((await lookUpCname(`${OWNER}.shop.internal`, VALUE, deps, how)).found).toBe(false);
    expect(world.asked.filter((asked) => asked.includes("NS shop.internal"))).toEqual([]);
  });

  test("that the world uses has no hint", async () => {
    const own = await zoneWorld();
    onTestFinished(() => own[Symbol.asyncDispose]());
    const zone = await own.zone("example.com");
    const world = await nameServer(book(`example.com NS ns-1.${zone.id.toLowerCase()}.dns.sealkeeper.internal`));
    const deps = { ...own, resolvers: [world], ids: randomIds, patience: 300 };
    expect((await look(deps)).reason).toBe(`There is no CNAME record at ${NAME}.`);
  });

  test("of which there is an older one of another account is not believed", async () => {
    const { own, deps } = await hosted([]);
    await own.zone("example.com", BOB);
    const zone = await own.zone("example.com", ALICE);
    await own.put(zone, `${OWNER} CNAME 60 ${VALUE}`);
    expect((await look(deps)).reason).toContain(
      `Your hosted zone example.com (${zone.id}) is not believed: another account has an older zone of that name.`,
    );
  });

  test("of which there are two in one account: the older one is asked", async () => {
    const { own, deps } = await hosted([]);
    const elder = await own.zone("example.com");
    const younger = await own.zone("example.com");
    await own.put(younger, `${OWNER} CNAME 60 ${VALUE}`);
    expect((await look(deps)).reason).toContain(
      `There are two hosted zones example.com: the older one, ${elder.id}, is asked, and ${NAME} must stand there, not in ${younger.id}.`,
    );
  });

  test("below another account's, which does not delegate to it, is not believed", async () => {
    const { own, deps } = await hosted([]);
    await own.zone("com.example", BOB);
    const zone = await own.zone("shop.com.example", ALICE);
    await own.put(zone, `${OWNER} CNAME 60 ${VALUE}`);
    const { reason } = await lookUpCname(`${OWNER}.shop.com.example`, VALUE, deps, { account: ALICE });
    expect(reason).toContain(
      `Your hosted zone shop.com.example (${zone.id}) is not believed: com.example is a zone of another account, which does not delegate to it.`,
    );
  });

  test("whose name a zone above delegates elsewhere is not asked", async () => {
    const { own, deps } = await hosted([]);
    await own.put(await own.zone("com.example", ALICE), "shop NS 60 ns.elsewhere.net");
    const zone = await own.zone("shop.com.example", ALICE);
    const { reason } = await lookUpCname(`${OWNER}.shop.com.example`, VALUE, deps, { account: ALICE });
    expect(reason).toContain(
      `Your hosted zone shop.com.example (${zone.id}) is not asked: the zone com.example delegates that name to servers elsewhere.`,
    );
  });
});
