import packet from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import type { DomainName, Region } from "#domain/names.ts";
import { insertCertificate } from "#store/certificates.ts";
import { insertChallengeAnswers } from "#store/challenge-answers.ts";
import { insertUpstreamOrder } from "#store/upstream-orders.ts";
import { ALICE, name, type ZoneWorld, zoneWorld } from "../../tests/support/zone-world.ts";
import { answer } from "./answer.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

let world: ZoneWorld;
beforeAll(async () => {
  world = await zoneWorld();
  await world.store.transaction().execute(async (tx) => {
    const certificateArn = "arn:aws:acm:eu-west-1:111111111111:certificate/1" as CertificateArn;
    await insertCertificate(tx, {
      arn: certificateArn,
      account: ALICE,
      region: "eu-west-1" as Region,
      createdAt: 1,
      type: "AMAZON_ISSUED",
      keyPairOrigin: "AWS_MANAGED",
      status: "PENDING_VALIDATION",
      keyAlgorithm: "RSA_2048",
      domainName: "kiln.com" as DomainName,
      names: ["kiln.com" as DomainName],
      exportOption: "DISABLED",
      generation: 0,
      keyUsages: "",
      extendedKeyUsages: "",
      renewal: "NONE",
    });
    for (const id of ["one", "two"]) {
      const order = { id, certificateArn, generation: id === "one" ? 1 : 2, ca: "ca", attempt: 1, dueAt: 0, madeAt: 0 };
      await insertUpstreamOrder(tx, { ...order, replaces: null });
    }
    for (const zone of ["acme.sealkeeper.internal", "acme.kiln.com"]) {
      const at = { type: "dns-01", name: `${TOKEN}.${zone}` } as const;
      await insertChallengeAnswers(tx, "one", [
        { ...at, value: "first" },
        { ...at, value: "second" },
      ]);
      await insertChallengeAnswers(tx, "two", [
        { ...at, value: "second" },
        { ...at, value: "third" },
      ]);
    }
  });
});
afterAll(() => world[Symbol.asyncDispose]());

const ask = async (zone: string, asked: string, type: "TXT" | "A" | "NS" | "SOA" | "CNAME") => {
  const product = { ...world.product, challenges: name(zone) };
  const onError = (error: unknown): never => {
    throw error;
  };
  const query = packet.encode({ type: "query", id: 1, questions: [{ name: asked, type }] });
  const response = packet.decode(
    (await answer(query, "udp", { ...world, product, onError }))!,
  ) as packet.DecodedPacket & {
    rcode: string;
  };
  return {
    code: response.rcode,
    authoritative: response.flag_aa,
    answers: (response.answers ?? []).map(valueOf),
    soa: response.authorities?.[0]?.name,
  };
};

/** The one thing of a record that the tests look at. */
const valueOf = (record: packet.Answer): string => {
  if (record.type === "SOA") return record.data.mname;
  if (record.type === "TXT") return String(Array.isArray(record.data) ? record.data.join("") : record.data);
  return "data" in record && typeof record.data === "string" ? record.data : "";
};

describe.for(["acme.sealkeeper.internal", "acme.kiln.com"])("the zone of challenges %s", (zone) => {
  test("answers every value of every order once, in any case of letters", async () => {
    const found = await ask(zone, `${TOKEN.toUpperCase()}.${zone}`, "TXT");
    expect(found).toMatchObject({ code: "NOERROR", authoritative: true, answers: ["first", "second", "third"] });
  });

  test("knows no other type at such a name, and no other name", async () => {
    expect(await ask(zone, `${TOKEN}.${zone}`, "A")).toMatchObject({ code: "NOERROR", answers: [] });
    expect(await ask(zone, `f${TOKEN.slice(1)}.${zone}`, "TXT")).toMatchObject({ code: "NXDOMAIN", answers: [] });
  });

  test("is reached through its own name server", async () => {
    expect((await ask(zone, `ns.${zone}`, "A")).answers).toEqual(["127.0.0.53"]);
  });
});

test("a part of the product zone does not begin a zone", async () => {
  const apex = await ask("acme.sealkeeper.internal", "acme.sealkeeper.internal", "NS");
  expect(apex).toMatchObject({ code: "NOERROR", answers: [], soa: "sealkeeper.internal" });
});

test("a zone of its own has what every zone has, whoever has made one of that name here", async () => {
  await world.zone("acme.kiln.com");
  expect(await ask("acme.kiln.com", "acme.kiln.com", "NS")).toMatchObject({ answers: ["ns.acme.kiln.com"] });
  expect(await ask("acme.kiln.com", "acme.kiln.com", "SOA")).toMatchObject({ answers: ["ns.acme.kiln.com"] });
  expect(await ask("acme.kiln.com", "nobody.acme.kiln.com", "TXT")).toMatchObject({
    code: "NXDOMAIN",
    soa: "acme.kiln.com",
  });
});

test("the record that an owner wrote once leads to it", async () => {
  const kiln = await world.zone("kiln.com");
  await world.put(kiln, `_acme-challenge CNAME 60 ${TOKEN}.acme.sealkeeper.internal`);
  const found = await ask("acme.sealkeeper.internal", "_acme-challenge.kiln.com", "TXT");
  expect(found.answers).toEqual([`${TOKEN}.acme.sealkeeper.internal`, "first", "second", "third"]);
});
