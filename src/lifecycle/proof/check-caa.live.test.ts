import { describe, expect, onTestFinished, test } from "vitest";
import { parseNameSuffix } from "#domain/certificate/public-names.ts";
import { type AccountId, type DomainName, parseDomainName } from "#domain/names.ts";
import { randomIds } from "#lib/ids.ts";
import { book, type NameServer, nameServer, type Says } from "../../../tests/support/internet-dns.ts";
import { type ZoneWorld, zoneWorld } from "../../../tests/support/zone-world.ts";
import { type CaaDeps, checkCaa, ownCaaIssuer } from "./check-caa.ts";

const ISSUER = { identities: ["sealkeeper.internal", "amazon.com"] };
const ALLOWED = '{"flags":0,"tag":"issue","value":"amazon.com"}';
const OTHER = '{"flags":0,"tag":"issue","value":"letsencrypt.org"}';

interface World {
  readonly own: ZoneWorld;
  readonly deps: CaaDeps;
}

async function world(...resolvers: readonly NameServer[]): Promise<World> {
  const own = await zoneWorld();
  onTestFinished(() => own[Symbol.asyncDispose]());
  const policy = { privateNames: [parseNameSuffix("internal")!], highRiskNames: [], caaIdentities: ISSUER.identities };
  return { own, deps: { ...own, ...policy, resolvers, ids: randomIds, patience: 200 } };
}

const names = (...texts: readonly string[]): readonly DomainName[] => texts.map((text) => parseDomainName(text)!);

describe("the CAA records of a name outside our zones", () => {
  test.for<[string, readonly string[], string, RegExp | undefined]>([
    ["none at all", ["www.example.com A 192.0.2.1"], "permitted", undefined],
    ["one at the name", [`www.example.com CAA ${ALLOWED}`, `example.com CAA ${OTHER}`], "permitted", undefined],
    [
      "one above",
      [`example.com CAA ${OTHER}`, "www.example.com A 192.0.2.1"],
      "forbidden",
      /at example\.com stand only/,
    ],
    ["one at the top-level domain", [`com CAA ${OTHER}`, "www.example.com A 192.0.2.1"], "forbidden", /at com stand/],
    [
      "one where the name leads by a CNAME",
      ["www.example.com CNAME cdn.example.net", `cdn.example.net CAA ${OTHER}`, `example.com CAA ${ALLOWED}`],
      "forbidden",
      /at cdn\.example\.net, where www\.example\.com leads by a CNAME, stand only/,
    ],
    [
      "none where the name leads, one above that, which is not asked",
      ["www.example.com CNAME a.cdn.example.net", "a.cdn.example.net A 192.0.2.1", `cdn.example.net CAA ${OTHER}`],
      "permitted",
      undefined,
    ],
    [
      "one where the name above leads by a CNAME",
      ["www.example.com A 192.0.2.1", "example.com CNAME other.example.net", `other.example.net CAA ${OTHER}`],
      "forbidden",
      /where example\.com leads by a CNAME/,
    ],
  ])("%s", async ([, lines, kind, problem]) => {
    const { deps } = await world(await nameServer(book(...lines)));
    const outcome = await checkCaa(names("www.example.com"), ISSUER, deps);
    expect(outcome.kind).toBe(kind);
    if (problem) expect(outcome.problem).toMatch(problem);
    else expect(outcome.problem).toBeUndefined();
  });

  test("that cannot be looked up permit nothing yet, and the reason says what the resolver says", async () => {
    const failing = (name: string): Says =>
      name === "example.com" ? { code: 2, because: [[9, "no DNSKEY"]] } : { code: 0 };
    const { deps } = await world(await nameServer(failing));
    const { kind, problem, lookups } = await checkCaa(names("www.example.com"), ISSUER, deps);
    expect(kind).toBe("unknown");
    expect(problem).toMatch(
      /^The CAA records of example\.com could not be looked up: 127\.0\.0\.1:\d+ answered SERVFAIL \(DNSKEY Missing: no DNSKEY\)\.$/,
    );
    expect(lookups.map(({ name, type }) => `${type} ${name}`)).toEqual(["CAA www.example.com", "CAA example.com"]);
  });

  test("that one of two perspectives does not see are not decided on", async () => {
    const [strict, lax] = [await nameServer(book(`example.com CAA ${OTHER}`)), await nameServer(book())];
    const { deps } = await world();
    const both = { ...deps, perspectives: [[lax], [strict]] };
    expect(await checkCaa(names("example.com"), ISSUER, both)).toMatchObject({
      kind: "unknown",
      problem: expect.stringContaining("The perspectives disagree (2 of 2 must find it)."),
    });
    expect((await checkCaa(names("example.com"), ISSUER, { ...deps, perspectives: [[strict], [strict]] })).kind).toBe(
      "forbidden",
    );
  });

  test("that forbid one of many names win over what is not known of another", async () => {
    const server = await nameServer((name, type) =>
      name === "slow.org" ? { code: 2 } : book(`bad.net CAA ${OTHER}`)(name, type),
    );
    const { deps } = await world(server);
    const outcome = await checkCaa(names("slow.org", "good.com", "*.bad.net"), ISSUER, deps);
    expect(outcome).toMatchObject({
      kind: "forbidden",
      problem: expect.stringMatching(/certificate for \*\.bad\.net/),
    });
  });

  test("take no longer than they may: who answers slowly is asked on later, and holds up nobody", async () => {
    const known = new Set<string>();
    // As a resolver that must ask a slow name server first: it has the answer when it is asked again.
    const server = await nameServer((name) => {
      if (known.has(name)) return { code: 0 };
      known.add(name);
      return undefined;
    });
    const { deps } = await world(server);
    const deep = names(`${"a.".repeat(40)}example.com`);
    const hurried = { ...deps, patience: 50, caaPatience: 300 };
    const { kind, problem } = await checkCaa(deep, ISSUER, hurried);
    expect(kind).toBe("unknown");
    expect(problem).toContain("was not asked any more, because the look-ups took too long.");
    expect(known.size).toBeLessThan(20);
    await expect.poll(async () => (await checkCaa(deep, ISSUER, hurried)).kind, { timeout: 20_000 }).toBe("permitted");
  });

  test("are asked once for a hundred names below one domain", async () => {
    const server = await nameServer(book("example.com A 192.0.2.1"));
    const { deps } = await world(server);
    await checkCaa(names(...Array.from({ length: 100 }, (_, index) => `n${index}.example.com`)), ISSUER, deps);
    expect(server.asked).toHaveLength(102);
  });
});

describe("the CAA records of a name in our zones", () => {
  test("are asked there and nowhere else, with a handful of questions", async () => {
    const elsewhere = await nameServer(() => ({ code: 2 }));
    const { own, deps } = await world(elsewhere);
    const zone = await own.zone("example.com");
    await own.put(zone, "www A 60 192.0.2.1");
    let questions = 0;
    const store = own.store.withPlugin({
      transformQuery: ({ node }) => {
        questions += 1;
        return node;
      },
      transformResult: ({ result }) => Promise.resolve(result),
    });
    expect((await checkCaa(names("www.example.com"), ISSUER, { ...deps, store })).kind).toBe("permitted");
    expect(elsewhere.asked).toEqual([]);
    expect(questions).toBeLessThanOrEqual(16);
    await own.put(zone, '@ CAA 60 0 issue "letsencrypt.org"');
    expect(await checkCaa(names("www.example.com"), ISSUER, deps)).toMatchObject({
      kind: "forbidden",
      lookups: [{ name: "www.example.com" }, { server: "own zones", answer: '0 issue "letsencrypt.org"' }],
    });
  });

  test("go on outside where our zone is only a part of the domain", async () => {
    const { own, deps } = await world(await nameServer(book(`example.com CAA ${OTHER}`)));
    await own.zone("shop.example.com");
    expect((await checkCaa(names("www.shop.example.com"), ISSUER, deps)).kind).toBe("forbidden");
    expect((await checkCaa(names("www.shop.example.com"), ISSUER, { ...deps, resolvers: [] })).kind).toBe("permitted");
  });

  test("follow a CNAME from our zone to the outside", async () => {
    const { own, deps } = await world(await nameServer(book(`cdn.example.net CAA ${OTHER}`)));
    await own.put(await own.zone("example.com"), "www CNAME 60 cdn.example.net");
    expect((await checkCaa(names("www.example.com"), ISSUER, deps)).kind).toBe("forbidden");
  });
});

test("nobody is asked for private names, nor where the CA has no identity", async () => {
  const server = await nameServer(() => ({ code: 2 }));
  const { deps } = await world(server);
  expect((await checkCaa(names("db.internal", "*.db.internal"), ISSUER, deps)).kind).toBe("permitted");
  expect((await checkCaa(names("www.example.com"), { identities: [] }, deps)).kind).toBe("permitted");
  expect(server.asked).toEqual([]);
});

test("an account is named by its ARN, a method by its label", () => {
  const certificate = { account: "123456789012" as AccountId, validationMethod: "HTTP" } as const;
  expect(ownCaaIssuer(certificate, { caaIdentities: ["ca.example"] })).toEqual({
    identities: ["ca.example"],
    accountUri: "arn:aws:iam::123456789012:root",
    methods: ["http-01", "ca-http"],
  });
});
