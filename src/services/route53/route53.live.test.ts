import { once } from "node:events";
import type { AddressInfo } from "node:net";
import {
  type Change,
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  GetDNSSECCommand,
  GetHostedZoneCommand,
  GetHostedZoneCountCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  type ListResourceRecordSetsCommandInput,
  type ListResourceRecordSetsCommandOutput,
  ListTagsForResourceCommand,
  ListTagsForResourcesCommand,
  type ResourceRecordSet,
  Route53Client,
  TestDNSAnswerCommand,
  UpdateHostedZoneCommentCommand,
  waitUntilResourceRecordSetsChanged,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { type HttpServer, httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { type AccountId, parseRegion } from "#domain/names.ts";
import { randomIds } from "#lib/ids.ts";
import { ALICE, BOB, WEB, type ZoneWorld, zoneWorld } from "../../../tests/support/zone-world.ts";
import { route53 } from "./index.ts";

let world: ZoneWorld;
let door: HttpServer;
let alice: Route53Client;
let bob: Route53Client;

beforeAll(async () => {
  world = await zoneWorld();
  const answer = gateway([mount(route53, world)], {
    // Who calls is told by the access key alone: signatures have tests of their own.
    authenticate: (_, claim) => {
      if (claim instanceof Error) throw claim;
      const account = claim.accessKeyId as AccountId;
      const arn = `arn:aws:iam::${account}:root`;
      return Promise.resolve({ account, region: parseRegion("us-east-1")!, kind: "root", arn, accessKeyId: account });
    },
    ids: randomIds,
    audit: { record: () => Promise.resolve(), note: () => {} },
    log: ({ bug }) => {
      if (bug) throw bug;
    },
  });
  door = httpServer({ answer, ids: randomIds, onError: (error) => expect(error).toBeUndefined() });
  door.server.listen(0, "127.0.0.1");
  await once(door.server, "listening");
  const { port } = door.server.address() as AddressInfo;
  const client = (account: AccountId): Route53Client =>
    new Route53Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: "us-east-1",
      credentials: { accessKeyId: account, secretAccessKey: "x" },
      maxAttempts: 1,
    });
  alice = client(ALICE);
  bob = client(BOB);
});

afterAll(async () => {
  alice.destroy();
  bob.destroy();
  await door.stop();
  await world[Symbol.asyncDispose]();
});

let count = 0;
async function makeZone(name = `zone${(count += 1)}.example.com`): Promise<string> {
  const made = await alice.send(new CreateHostedZoneCommand({ Name: name, CallerReference: randomIds.uuid() }));
  return made.HostedZone!.Id!;
}

const apply = (zone: string, ...changes: readonly Change[]) =>
  alice.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zone, ChangeBatch: { Changes: [...changes] } }));

const a = (Name: string, ...addresses: readonly string[]): ResourceRecordSet => ({
  Name,
  Type: "A",
  TTL: 300,
  ResourceRecords: addresses.map((Value) => ({ Value })),
});

describe("a hosted zone", () => {
  test("is made with its name servers, SOA and NS, and shown with the prefix of its id", async () => {
    const made = await alice.send(
      new CreateHostedZoneCommand({
        Name: "Made.Example.com",
        CallerReference: "made-1",
        HostedZoneConfig: { Comment: "hello", PrivateZone: false },
      }),
    );
    expect(made).toMatchObject({
      HostedZone: {
        Id: expect.stringMatching(/^\/hostedzone\/Z[0-9A-Z]{19}$/),
        Name: "made.example.com.",
        CallerReference: "made-1",
        Config: { Comment: "hello", PrivateZone: false },
        ResourceRecordSetCount: 2,
      },
      ChangeInfo: {
        Id: expect.stringMatching(/^\/change\/C[0-9A-Z]{19}$/),
        Status: "INSYNC",
        SubmittedAt: expect.any(Date),
      },
      Location: expect.stringMatching(/^https:\/\/route53\.amazonaws\.com\/2013-04-01\/hostedzone\/Z/),
    });
    expect(made.DelegationSet!.NameServers).toHaveLength(4);
    expect(made.DelegationSet!.NameServers![0]).toMatch(/^ns-1\.z[0-9a-z]{19}\.dns\.sealkeeper\.internal$/);
    const id = made.HostedZone!.Id!;
    const got = await alice.send(new GetHostedZoneCommand({ Id: id }));
    expect(got.HostedZone).toEqual(made.HostedZone);
    expect(got.DelegationSet).toEqual(made.DelegationSet);
    const sets = (await alice.send(new ListResourceRecordSetsCommand({ HostedZoneId: id }))).ResourceRecordSets!;
    expect(sets.map(({ Name, Type, TTL }) => [Name, Type, TTL])).toEqual([
      ["made.example.com.", "NS", 172800],
      ["made.example.com.", "SOA", 900],
    ]);
    expect(await alice.send(new GetChangeCommand({ Id: made.ChangeInfo!.Id! }))).toMatchObject({
      ChangeInfo: made.ChangeInfo!,
    });
    const waited = await waitUntilResourceRecordSetsChanged(
      { client: alice, maxWaitTime: 60 },
      { Id: made.ChangeInfo!.Id! },
    );
    expect(waited.state).toBe("SUCCESS");
  });

  test("is made once for a caller reference: HostedZoneAlreadyExists", async () => {
    await alice.send(new CreateHostedZoneCommand({ Name: "once.example.com", CallerReference: "once" }));
    await expect(
      alice.send(new CreateHostedZoneCommand({ Name: "other.example.com", CallerReference: "once" })),
    ).rejects.toMatchObject({
      name: "HostedZoneAlreadyExists",
      message: "A hosted zone has already been created with the specified caller reference.",
      $metadata: { httpStatusCode: 409 },
    });
    await bob.send(new CreateHostedZoneCommand({ Name: "once.example.com", CallerReference: "once" }));
  });

  test.for([
    [
      "a..example.com",
      "InvalidDomainName",
      "FATAL problem: DomainLabelEmpty (Domain label is empty) encountered with 'a..example.com'",
    ],
    ["com", "InvalidDomainName", "com. is reserved: it is a public top-level domain"],
    ["", "InvalidDomainName", "FATAL problem: DomainNameEmpty (Domain name is empty) encountered with ''"],
  ])("can not be called %j: %s", async ([Name, name, message]) => {
    await expect(
      alice.send(new CreateHostedZoneCommand({ Name, CallerReference: randomIds.uuid() })),
    ).rejects.toMatchObject({ name, message, $metadata: { httpStatusCode: 400 } });
  });

  test("is not private (InvalidInput) and has no reusable delegation set (NoSuchDelegationSet)", async () => {
    const zone = { Name: "p.example.com", CallerReference: "p" };
    await expect(
      alice.send(new CreateHostedZoneCommand({ ...zone, VPC: { VPCId: "vpc-1", VPCRegion: "eu-west-1" } })),
    ).rejects.toMatchObject({ name: "InvalidInput" });
    await expect(alice.send(new CreateHostedZoneCommand({ ...zone, DelegationSetId: "N1" }))).rejects.toMatchObject({
      name: "NoSuchDelegationSet",
    });
  });

  test("is deleted when nothing but SOA and NS is in it: HostedZoneNotEmpty before", async () => {
    const id = await makeZone("full.example.com");
    await apply(id, { Action: "CREATE", ResourceRecordSet: a("www.full.example.com", "192.0.2.1") });
    await expect(alice.send(new DeleteHostedZoneCommand({ Id: id }))).rejects.toMatchObject({
      name: "HostedZoneNotEmpty",
      $metadata: { httpStatusCode: 400 },
    });
    await apply(id, { Action: "DELETE", ResourceRecordSet: a("www.full.example.com", "192.0.2.1") });
    const { ChangeInfo } = await alice.send(new DeleteHostedZoneCommand({ Id: id.slice("/hostedzone/".length) }));
    expect(ChangeInfo!.Status).toBe("INSYNC");
    expect((await alice.send(new GetChangeCommand({ Id: ChangeInfo!.Id! }))).ChangeInfo!.Id).toBe(ChangeInfo!.Id);
    await expect(alice.send(new GetHostedZoneCommand({ Id: id }))).rejects.toMatchObject({
      name: "NoSuchHostedZone",
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("is nobody else's: NoSuchHostedZone, whatever is asked of it", async () => {
    const Id = await makeZone();
    const { ChangeInfo } = await apply(Id, {
      Action: "UPSERT",
      ResourceRecordSet: a(`x.zone${count}.example.com`, "192.0.2.1"),
    });
    const ChangeBatch = {
      Changes: [{ Action: "CREATE", ResourceRecordSet: a("x.example.com", "192.0.2.1") } as const],
    };
    const tagged = { ResourceType: "hostedzone", ResourceId: Id.slice(12) } as const;
    const attempts = [
      () => bob.send(new GetHostedZoneCommand({ Id })),
      () => bob.send(new DeleteHostedZoneCommand({ Id })),
      () => bob.send(new UpdateHostedZoneCommentCommand({ Id, Comment: "mine" })),
      () => bob.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id })),
      () => bob.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: Id, ChangeBatch })),
      () => bob.send(new ListTagsForResourceCommand(tagged)),
      () => bob.send(new ChangeTagsForResourceCommand({ ...tagged, AddTags: [{ Key: "k", Value: "v" }] })),
      () => bob.send(new GetDNSSECCommand({ HostedZoneId: Id })),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ name: "NoSuchHostedZone" });
    await expect(bob.send(new GetChangeCommand({ Id: ChangeInfo!.Id! }))).rejects.toMatchObject({
      name: "NoSuchChange",
    });
  });

  test("can be commented, and says that it is not signed", async () => {
    const Id = await makeZone();
    await alice.send(new UpdateHostedZoneCommentCommand({ Id, Comment: "new" }));
    expect((await alice.send(new GetHostedZoneCommand({ Id }))).HostedZone!.Config!.Comment).toBe("new");
    await alice.send(new UpdateHostedZoneCommentCommand({ Id }));
    expect((await alice.send(new GetHostedZoneCommand({ Id }))).HostedZone!.Config!.Comment).toBeUndefined();
    expect(await alice.send(new GetDNSSECCommand({ HostedZoneId: Id }))).toMatchObject({
      Status: { ServeSignature: "NOT_SIGNING" },
      KeySigningKeys: [],
    });
  });

  test("has tags, also by the dozen", async () => {
    const Id = (await makeZone()).slice(12);
    const other = (await makeZone()).slice(12);
    const of = { ResourceType: "hostedzone", ResourceId: Id } as const;
    await alice.send(
      new ChangeTagsForResourceCommand({
        ...of,
        AddTags: [
          { Key: "b", Value: "2" },
          { Key: "a", Value: "1" },
        ],
      }),
    );
    await alice.send(
      new ChangeTagsForResourceCommand({ ...of, AddTags: [{ Key: "b", Value: "3" }], RemoveTagKeys: ["a"] }),
    );
    expect((await alice.send(new ListTagsForResourceCommand(of))).ResourceTagSet).toEqual({
      ResourceType: "hostedzone",
      ResourceId: Id,
      Tags: [{ Key: "b", Value: "3" }],
    });
    const { ResourceTagSets } = await alice.send(
      new ListTagsForResourcesCommand({ ResourceType: "hostedzone", ResourceIds: [Id, other] }),
    );
    expect(ResourceTagSets!.map(({ Tags }) => Tags!.length)).toEqual([1, 0]);
    await expect(
      alice.send(new ListTagsForResourceCommand({ ResourceType: "healthcheck", ResourceId: "h" })),
    ).rejects.toMatchObject({ name: "NoSuchHealthCheck" });
    await expect(alice.send(new ChangeTagsForResourceCommand(of))).rejects.toMatchObject({ name: "InvalidInput" });
    await expect(
      alice.send(new ChangeTagsForResourceCommand({ ...of, AddTags: [{ Key: "aws:x", Value: "" }] })),
    ).rejects.toMatchObject({ name: "InvalidInput" });
  });
});

describe("TestDNSAnswer", () => {
  test("says what the name servers answer, REFUSED where another zone has the right to", async () => {
    const zone = await makeZone("test.example.com");
    await apply(
      zone,
      { Action: "CREATE", ResourceRecordSet: a("www.test.example.com", "192.0.2.1", "192.0.2.2") },
      {
        Action: "CREATE",
        ResourceRecordSet: {
          Name: "c.test.example.com",
          Type: "CNAME",
          TTL: 1,
          ResourceRecords: [{ Value: "www.test.example.com" }],
        },
      },
    );
    const ask = (RecordName: string, RecordType: "A" | "CNAME" | "TXT") =>
      alice.send(new TestDNSAnswerCommand({ HostedZoneId: zone, RecordName, RecordType }));
    expect(await ask("www.test.example.com", "A")).toMatchObject({
      Nameserver: expect.stringMatching(/^ns-1\.z/),
      RecordName: "www.test.example.com.",
      RecordType: "A",
      RecordData: ["192.0.2.1", "192.0.2.2"],
      ResponseCode: "NOERROR",
      Protocol: "UDP",
    });
    expect(await ask("c.test.example.com", "CNAME")).toMatchObject({ RecordData: ["www.test.example.com"] });
    expect(await ask("c.test.example.com", "A")).toMatchObject({ RecordData: ["192.0.2.1", "192.0.2.2"] });
    expect(await ask("no.test.example.com", "A")).toMatchObject({ RecordData: [], ResponseCode: "NXDOMAIN" });
    await expect(ask("www.example.net", "A")).rejects.toMatchObject({ name: "InvalidInput" });
    const second = await bob.send(new CreateHostedZoneCommand({ Name: "test.example.com", CallerReference: "second" }));
    const question = {
      HostedZoneId: second.HostedZone!.Id!,
      RecordName: "test.example.com",
      RecordType: "SOA",
    } as const;
    expect(await bob.send(new TestDNSAnswerCommand(question))).toMatchObject({
      RecordData: [],
      ResponseCode: "REFUSED",
    });
  });
});

describe("the lists of zones", () => {
  test("go page by page, by id and by name in DNS order", async () => {
    const names = ["b.example", "a.b.example", "a.example", "zz.b.example"];
    for (const Name of names) await bob.send(new CreateHostedZoneCommand({ Name, CallerReference: randomIds.uuid() }));
    const { HostedZoneCount } = await bob.send(new GetHostedZoneCountCommand({}));
    const all: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await bob.send(new ListHostedZonesCommand({ MaxItems: 2, ...(Marker && { Marker }) }));
      expect(page).toMatchObject({ MaxItems: 2, Marker: Marker ?? "", IsTruncated: page.NextMarker !== undefined });
      all.push(...page.HostedZones!.map(({ Id }) => Id!));
      Marker = page.NextMarker;
    } while (Marker);
    expect(all).toHaveLength(HostedZoneCount!);
    expect(new Set(all).size).toBe(all.length);

    const first = await bob.send(new ListHostedZonesByNameCommand({ DNSName: "example", MaxItems: 2 }));
    expect(first.HostedZones!.map(({ Name }) => Name)).toEqual(["a.example.", "b.example."]);
    expect(first).toMatchObject({ DNSName: "example", IsTruncated: true, NextDNSName: "a.b.example." });
    const second = await bob.send(
      new ListHostedZonesByNameCommand({
        DNSName: first.NextDNSName!,
        HostedZoneId: first.NextHostedZoneId!,
        MaxItems: 2,
      }),
    );
    expect(second.HostedZones!.map(({ Name }) => Name)).toEqual(["a.b.example.", "zz.b.example."]);
    await expect(bob.send(new ListHostedZonesByNameCommand({ HostedZoneId: "Z1" }))).rejects.toMatchObject({
      name: "InvalidInput",
    });
  });
});

describe("ChangeResourceRecordSets", () => {
  test("keeps values as they are given, and lists them in Route 53's order, page by page", async () => {
    const zone = await makeZone("order.example.com");
    await apply(
      zone,
      ...[
        "www.order.example.com",
        "*.order.example.com",
        "a.b.order.example.com.",
        "B.order.example.com",
        "a-b.order.example.com",
      ].map((Name) => ({ Action: "CREATE", ResourceRecordSet: a(Name, "192.0.2.1") }) as const),
      {
        Action: "CREATE",
        ResourceRecordSet: {
          Name: "b.order.example.com",
          Type: "TXT",
          TTL: 1,
          ResourceRecords: [{ Value: '"a" "b\\"c"' }],
        },
      },
      {
        Action: "CREATE",
        ResourceRecordSet: {
          Name: "c.order.example.com",
          Type: "CNAME",
          TTL: 1,
          ResourceRecords: [{ Value: "Target.Example.NET" }],
        },
      },
    );
    const sets: ResourceRecordSet[] = [];
    let start: Partial<ListResourceRecordSetsCommandInput> | undefined = {};
    while (start) {
      const page: ListResourceRecordSetsCommandOutput = await alice.send(
        new ListResourceRecordSetsCommand({ HostedZoneId: zone, MaxItems: 2, ...start }),
      );
      expect(page.ResourceRecordSets!.length).toBeLessThanOrEqual(2);
      sets.push(...page.ResourceRecordSets!);
      const { NextRecordName: StartRecordName, NextRecordType: StartRecordType } = page;
      start = StartRecordName && StartRecordType ? { StartRecordName, StartRecordType } : undefined;
    }
    expect(sets.map(({ Name, Type }) => `${Name} ${Type}`)).toEqual([
      "order.example.com. NS",
      "order.example.com. SOA",
      "\\052.order.example.com. A",
      "a-b.order.example.com. A",
      "b.order.example.com. A",
      "b.order.example.com. TXT",
      "a.b.order.example.com. A",
      "c.order.example.com. CNAME",
      "www.order.example.com. A",
    ]);
    expect(sets[5]!.ResourceRecords).toEqual([{ Value: '"a" "b\\"c"' }]);
    expect(sets[7]).toEqual({
      Name: "c.order.example.com.",
      Type: "CNAME",
      TTL: 1,
      ResourceRecords: [{ Value: "Target.Example.NET" }],
    });
    const one = await alice.send(
      new ListResourceRecordSetsCommand({
        HostedZoneId: zone,
        StartRecordName: "B.order.example.com",
        StartRecordType: "TXT",
        MaxItems: 1,
      }),
    );
    expect(one).toMatchObject({
      IsTruncated: true,
      MaxItems: 1,
      NextRecordName: "a.b.order.example.com.",
      NextRecordType: "A",
    });
    expect(one.ResourceRecordSets).toHaveLength(1);
    expect((await alice.send(new GetHostedZoneCommand({ Id: zone }))).HostedZone!.ResourceRecordSetCount).toBe(9);
    await expect(
      alice.send(new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordType: "A" })),
    ).rejects.toMatchObject({ name: "InvalidInput" });
  });

  test("does all of a batch or nothing: InvalidChangeBatch with every problem", async () => {
    const zone = await makeZone("atom.example.com");
    await apply(zone, { Action: "CREATE", ResourceRecordSet: a("taken.atom.example.com", "192.0.2.1") });
    await expect(
      apply(
        zone,
        { Action: "CREATE", ResourceRecordSet: a("fine.atom.example.com", "192.0.2.1") },
        { Action: "CREATE", ResourceRecordSet: a("taken.atom.example.com", "192.0.2.2") },
        { Action: "DELETE", ResourceRecordSet: a("gone.atom.example.com", "192.0.2.2") },
      ),
    ).rejects.toMatchObject({
      name: "InvalidChangeBatch",
      message:
        "[Tried to delete resource record set [name='gone.atom.example.com.', type='A'] but it was not found, " +
        "Tried to create resource record set [name='taken.atom.example.com.', type='A'] but it already exists]",
      $metadata: { httpStatusCode: 400 },
    });
    expect((await alice.send(new GetHostedZoneCommand({ Id: zone }))).HostedZone!.ResourceRecordSetCount).toBe(3);
    expect(world.noticed).not.toContain("fine.atom.example.com.");
  });

  test("makes aliases to load balancers and within the zone, and tells who is affected", async () => {
    const zone = await makeZone("alias.example.com");
    const alias = (Name: string, HostedZoneId: string, DNSName: string): Change => ({
      Action: "UPSERT",
      ResourceRecordSet: { Name, Type: "A", AliasTarget: { HostedZoneId, DNSName, EvaluateTargetHealth: true } },
    });
    await apply(
      zone,
      alias("lb.alias.example.com", "Z32O12XQLNTSW2", `dualstack.${WEB}`),
      alias("same.alias.example.com", zone, "lb.alias.example.com"),
    );
    const { ResourceRecordSets } = await alice.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zone, StartRecordName: "lb.alias.example.com" }),
    );
    expect(ResourceRecordSets![0]).toEqual({
      Name: "lb.alias.example.com.",
      Type: "A",
      AliasTarget: { HostedZoneId: "Z32O12XQLNTSW2", DNSName: `dualstack.${WEB}.`, EvaluateTargetHealth: true },
    });
    expect(world.noticed.slice(-2)).toEqual(["lb.alias.example.com.", "same.alias.example.com."]);
    await expect(
      apply(zone, alias("x.alias.example.com", "Z32O12XQLNTSW2", "none.eu-west-1.elb.sealkeeper.internal")),
    ).rejects.toMatchObject({
      message:
        "[Tried to create an alias that targets none.eu-west-1.elb.sealkeeper.internal., type A in zone Z32O12XQLNTSW2, but that target was not found]",
    });
    await expect(
      apply(zone, alias("x.alias.example.com", "Z2FDTNDATAQYW2", "d1.cloudfront.net")),
    ).rejects.toMatchObject({
      message:
        "[Tried to create an alias that targets d1.cloudfront.net., type A in zone Z2FDTNDATAQYW2, but the alias target name does not lie within the target zone]",
    });
  });

  const expected =
    "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found";
  const record = { Name: "x.shape.example.com", Type: "A" } as const;
  test.for<[string, ResourceRecordSet, string, string | RegExp]>([
    [
      "neither values nor alias",
      record,
      "InvalidInput",
      `${expected} none in Change with [Action=CREATE, Name=x.shape.example.com, Type=A, SetIdentifier=null]`,
    ],
    [
      "values without TTL",
      { ...record, ResourceRecords: [{ Value: "192.0.2.1" }] },
      "InvalidInput",
      /found none in Change/,
    ],
    [
      "values and alias",
      {
        ...a(record.Name, "192.0.2.1"),
        AliasTarget: { HostedZoneId: "Z1", DNSName: "x.y", EvaluateTargetHealth: false },
      },
      "InvalidInput",
      /found more than one in Change/,
    ],
    [
      "a routing policy",
      { ...a(record.Name, "192.0.2.1"), SetIdentifier: "one", Weight: 1 },
      "InvalidInput",
      /^Only simple routing is offered: leave SetIdentifier out/,
    ],
    [
      "a TTL beyond its bounds",
      { ...a(record.Name, "192.0.2.1"), TTL: -1 },
      "InvalidInput",
      /tTL.*greater than or equal to 0/,
    ],
    [
      "a type that there is not",
      { ...a(record.Name, "192.0.2.1"), Type: "LOC" as "A" },
      "InvalidInput",
      /enum value set/,
    ],
    ["no values", { ...record, TTL: 1, ResourceRecords: [] }, "InvalidInput", /resourceRecords/],
    [
      "a name that is none",
      a(`${"x".repeat(64)}.shape.example.com`, "192.0.2.1"),
      "InvalidChangeBatch",
      /^\[FATAL problem: DomainLabelTooLong \(Domain label is too long\) encountered with/,
    ],
    [
      "a name of another zone",
      a("www.example.net", "192.0.2.1"),
      "InvalidChangeBatch",
      /^\[RRSet with DNS name www\.example\.net\. is not permitted in zone shape\d*\.example\.com\.\]$/,
    ],
  ])("refuses %s", async ([, ResourceRecordSet, name, message]) => {
    const zone = await makeZone(`shape${(count += 1)}.example.com`);
    await expect(apply(zone, { Action: "CREATE", ResourceRecordSet })).rejects.toMatchObject({
      name,
      message: typeof message === "string" ? message : expect.stringMatching(message),
    });
  });

  test("refuses batches that are too large", async () => {
    const zone = await makeZone("large.example.com");
    const sets = (count: number): Change[] =>
      Array.from({ length: count }, (_, at) => ({
        Action: "UPSERT",
        ResourceRecordSet: a(`h${at}.large.example.com`, "192.0.2.1"),
      }));
    await apply(zone, ...sets(500));
    await expect(apply(zone, ...sets(501))).rejects.toMatchObject({
      message: "[Number of records limit of 1000 exceeded.]",
    });
    const text = {
      Name: "t.large.example.com",
      Type: "TXT",
      TTL: 1,
      ResourceRecords: Array.from({ length: 9 }, (_, at) => ({
        Value: `"${at}${"x".repeat(200)}" `.repeat(18).trim(),
      })),
    } as const;
    await expect(
      apply(zone, { Action: "CREATE", ResourceRecordSet: text as unknown as ResourceRecordSet }),
    ).rejects.toMatchObject({
      message: "[Number of characters limit of 32000 exceeded.]",
    });
  });
});
