import { describe, expect, onTestFinished, test } from "vitest";
import { HOUR, MINUTE } from "#lib/duration.ts";
import { openStore } from "#store/store.ts";
import { ACCOUNT, type EventWorld, eventWorld, REGION } from "../../../tests/support/event-world.ts";

const ARN = `arn:aws:events:${REGION}:${ACCOUNT}`;
const PATTERN = '{"source":["aws.acm"]}';
const API_KEY = { ApiKeyAuthParameters: { ApiKeyName: "x-api-key", ApiKeyValue: "hush" } };

async function world(): Promise<EventWorld> {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  return await eventWorld(store, [], { localTargets: false });
}

/** A world with a rule, a connection and an API destination. */
async function furnished(): Promise<EventWorld & { readonly destination: string; readonly connection: string }> {
  const made = await world();
  await made.call("PutRule", { Name: "rule", EventPattern: PATTERN });
  const connection = { Name: "connection", AuthorizationType: "API_KEY", AuthParameters: API_KEY };
  const { ConnectionArn } = await made.call("CreateConnection", connection);
  const { ApiDestinationArn } = await made.call("CreateApiDestination", {
    Name: "destination",
    ConnectionArn,
    InvocationEndpoint: "https://hooks.example.com/in/*",
    HttpMethod: "POST",
  });
  return { ...made, destination: ApiDestinationArn, connection: ConnectionArn };
}
const path = { HttpParameters: { PathParameterValues: ["x"] } };

describe("a rule", () => {
  test("is described as it was made, replaced whole, and lost with its tags", async () => {
    const { call, refusal } = await world();
    const made = { Name: "r", EventPattern: PATTERN, Description: "first", Tags: [{ Key: "team", Value: "a" }] };
    expect(await call("PutRule", made)).toEqual({ RuleArn: `${ARN}:rule/r` });
    expect(await call("DescribeRule", { Name: "r" })).toEqual({
      Name: "r",
      Arn: `${ARN}:rule/r`,
      EventPattern: PATTERN,
      State: "ENABLED",
      Description: "first",
      EventBusName: "default",
      CreatedBy: ACCOUNT,
    });
    await call("PutRule", {
      Name: "r",
      EventPattern: '{"source":["x"]}',
      State: "DISABLED",
      Tags: [{ Key: "b", Value: "" }],
    });
    expect(await call("DescribeRule", { Name: "r" })).not.toHaveProperty("Description");
    expect(await call("ListTagsForResource", { ResourceARN: `${ARN}:rule/r` })).toEqual({
      Tags: [{ Key: "team", Value: "a" }],
    });
    await call("EnableRule", { Name: "r", EventBusName: `${ARN}:event-bus/default` });
    expect(await call("DescribeRule", { Name: "r" })).toMatchObject({ State: "ENABLED" });
    await call("DeleteRule", { Name: "r" });
    await call("DeleteRule", { Name: "r" });
    expect(await refusal("DescribeRule", { Name: "r" })).toEqual([
      "ResourceNotFoundException",
      "Rule r does not exist on EventBus default.",
    ]);
    expect((await refusal("ListTagsForResource", { ResourceARN: `${ARN}:rule/r` }))[0]).toBe(
      "ResourceNotFoundException",
    );
  });

  test.for([
    [{ Name: "r" }, "ValidationException", "Parameter(s) EventPattern or ScheduleExpression must be specified."],
    [{ Name: "r", ScheduleExpression: "rate(1 day)" }, "ValidationException", "ScheduleExpression"],
    [
      { Name: "r", EventPattern: "{" },
      "InvalidEventPatternException",
      "Event pattern is not valid. Reason: Invalid JSON",
    ],
    [{ Name: "a b", EventPattern: PATTERN }, "ValidationException", "at 'name' failed to satisfy constraint"],
    [
      { Name: "r", EventPattern: `{"a":["${"x".repeat(4096)}"]}` },
      "ValidationException",
      "length less than or equal to 4096",
    ],
    [
      { Name: "r", EventPattern: PATTERN, EventBusName: "mine" },
      "ResourceNotFoundException",
      "Event bus mine does not exist.",
    ],
    [{ Name: "r", EventPattern: PATTERN, State: "ON" }, "ValidationException", "enum value set"],
    [{ Name: "r", EventPattern: PATTERN, Tags: [{ Key: "aws:x", Value: "" }] }, "ValidationException", "reserved"],
  ] as const)("of %j is refused with %s", async ([input, code, message]) => {
    const { refusal, call } = await world();
    expect(await refusal("PutRule", input)).toEqual([code, expect.stringContaining(message)]);
    expect(await call("ListRules", {})).toEqual({ Rules: [] });
  });

  test("is listed by name, page by page, and only in its own region and account", async () => {
    const { call, refusal } = await world();
    for (const name of ["b1", "a2", "b2", "b3"]) await call("PutRule", { Name: name, EventPattern: PATTERN });
    const first = await call("ListRules", { NamePrefix: "b", Limit: 2 });
    expect(first.Rules.map(({ Name }: { Name: string }) => Name)).toEqual(["b1", "b2"]);
    const second = await call("ListRules", { NamePrefix: "b", Limit: 2, NextToken: first.NextToken });
    expect(second.Rules.map(({ Name }: { Name: string }) => Name)).toEqual(["b3"]);
    expect(second).not.toHaveProperty("NextToken");
    expect((await refusal("ListRules", { NamePrefix: "a", NextToken: first.NextToken }))[0]).toBe(
      "ValidationException",
    );
    expect((await refusal("ListRules", { NextToken: "x" }))[0]).toBe("ValidationException");
    expect(await call("ListRules", {}, { region: "us-east-1" as typeof REGION })).toEqual({ Rules: [] });
    expect(await call("ListRules", {}, { account: "999999999999" as typeof ACCOUNT })).toEqual({ Rules: [] });
  });

  test("is the last of 300", async () => {
    const { call, refusal } = await world();
    for (let n = 0; n < 300; n++) await call("PutRule", { Name: `r${n}`, EventPattern: PATTERN });
    expect((await refusal("PutRule", { Name: "r300", EventPattern: PATTERN }))[0]).toBe("LimitExceededException");
    await call("PutRule", { Name: "r299", EventPattern: PATTERN });
  });
});

describe("targets", () => {
  test("are listed as they were put, replaced by id, and removed; a rule that has some stays", async () => {
    const { call, refusal, destination } = await furnished();
    const target = {
      Id: "t",
      Arn: destination,
      RoleArn: `arn:aws:iam::${ACCOUNT}:role/x`,
      InputTransformer: { InputPathsMap: { a: "$.detail.a" }, InputTemplate: '{"a": <a>}' },
      HttpParameters: {
        PathParameterValues: ["$.detail.id"],
        HeaderParameters: { "x-a": "1" },
        QueryStringParameters: { q: "2" },
      },
      RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 120 },
    };
    expect(await call("PutTargets", { Rule: "rule", Targets: [target] })).toEqual({
      FailedEntryCount: 0,
      FailedEntries: [],
    });
    expect(await call("ListTargetsByRule", { Rule: "rule" })).toEqual({ Targets: [target] });
    const plain = { Id: "t", Arn: destination, ...path };
    await call("PutTargets", { Rule: "rule", Targets: [plain] });
    expect(await call("ListTargetsByRule", { Rule: "rule" })).toMatchObject({ Targets: [plain] });
    expect(await call("ListRuleNamesByTarget", { TargetArn: destination })).toEqual({ RuleNames: ["rule"] });
    expect(await refusal("DeleteRule", { Name: "rule" })).toEqual([
      "ValidationException",
      "Rule can't be deleted since it has targets.",
    ]);
    expect(await call("RemoveTargets", { Rule: "rule", Ids: ["t", "u"] })).toEqual({
      FailedEntryCount: 1,
      FailedEntries: [
        {
          TargetId: "u",
          ErrorCode: "ResourceNotFoundException",
          ErrorMessage: "Rule 'rule' does not contain a target with Id 'u'.",
        },
      ],
    });
    await call("DeleteRule", { Name: "rule" });
  });

  test.for([
    ["another service", { Arn: "arn:aws:sns:eu-west-1:123456789012:topic" }, "ValidationException", "API destination"],
    [
      "one of another account",
      { Arn: "arn:aws:events:eu-west-1:999999999999:api-destination/d/1" },
      "ValidationException",
      "of this account",
    ],
    ["one that is not there", { Arn: `${ARN}:api-destination/none/1` }, "ResourceNotFoundException", "does not exist"],
    [
      "two inputs",
      { Input: "{}", InputPath: "$.a" },
      "ValidationException",
      "Only one of Input, InputPath, or InputTransformer",
    ],
    ["no JSON", { Input: "{" }, "ValidationException", "not valid JSON"],
    ["no path", { InputPath: "detail" }, "ValidationException", "InputPath for target t is invalid."],
    [
      "an unknown variable",
      { InputTransformer: { InputTemplate: "<x>" } },
      "ValidationException",
      "contains invalid placeholder x",
    ],
    ["too few path values", { HttpParameters: {} }, "ValidationException", "0 PathParameterValues, the endpoint has 1"],
    [
      "a queue for dead letters",
      { DeadLetterConfig: { Arn: "arn:aws:sqs:x" } },
      "ValidationException",
      "DeadLetterConfig",
    ],
    [
      "too many retries",
      { RetryPolicy: { MaximumRetryAttempts: 186 } },
      "ValidationException",
      "less than or equal to 185",
    ],
  ] as const)("with %s are refused, and none is put", async ([, more, code, message]) => {
    const { call, refusal, destination } = await furnished();
    const good = { Id: "good", Arn: destination, ...path };
    const bad = { Id: "t", Arn: destination, ...path, ...more };
    expect(await refusal("PutTargets", { Rule: "rule", Targets: [good, bad] })).toEqual([
      code,
      expect.stringContaining(message),
    ]);
    expect(await call("ListTargetsByRule", { Rule: "rule" })).toEqual({ Targets: [] });
  });

  test("of a rule that is not there, and the sixth, are refused", async () => {
    const { refusal, destination, call } = await furnished();
    const targets = Array.from({ length: 6 }, (_, n) => ({ Id: `${n}`, Arn: destination, ...path }));
    expect((await refusal("PutTargets", { Rule: "none", Targets: targets }))[0]).toBe("ResourceNotFoundException");
    expect((await refusal("PutTargets", { Rule: "rule", Targets: targets }))[0]).toBe("LimitExceededException");
    await call("PutTargets", { Rule: "rule", Targets: targets.slice(1) });
  });
});

describe("a connection", () => {
  test("shows everything but its secrets, which are kept sealed", async () => {
    const { call, store } = await world();
    const AuthParameters = {
      BasicAuthParameters: { Username: "user", Password: "hunter2-hunter2" },
      InvocationHttpParameters: {
        HeaderParameters: [
          { Key: "x-a", Value: "shown", IsValueSecret: false },
          { Key: "x-b", Value: "hidden-value" },
        ],
      },
    };
    const { ConnectionArn } = await call("CreateConnection", { Name: "c", AuthorizationType: "BASIC", AuthParameters });
    expect(ConnectionArn).toMatch(new RegExp(`^${ARN}:connection/c/[0-9a-f-]{36}$`));
    const described = await call("DescribeConnection", { Name: "c" });
    expect(described).toMatchObject({
      ConnectionState: "AUTHORIZED",
      AuthorizationType: "BASIC",
      AuthParameters: {
        BasicAuthParameters: { Username: "user" },
        InvocationHttpParameters: {
          HeaderParameters: [
            { Key: "x-a", Value: "shown", IsValueSecret: false },
            { Key: "x-b", IsValueSecret: true },
          ],
        },
      },
    });
    const rows = JSON.stringify(await store.selectFrom("eventConnections").select(["parameters", "sealed"]).execute());
    const sealed = (await store.selectFrom("eventConnections").select("sealed").executeTakeFirstOrThrow()).sealed!;
    for (const secret of ["hunter2", "hidden-value"]) {
      expect(JSON.stringify(described) + rows).not.toContain(secret);
      expect(Buffer.from(sealed).includes(secret)).toBe(false);
    }
  });

  test("is updated, deauthorized and deleted; its API destinations are INACTIVE meanwhile", async () => {
    const { call, refusal, connection } = await furnished();
    const state = async (): Promise<string> =>
      (await call("DescribeApiDestination", { Name: "destination" })).ApiDestinationState;
    expect(await state()).toBe("ACTIVE");
    await call("DeauthorizeConnection", { Name: "connection" });
    expect(await state()).toBe("INACTIVE");
    await call("UpdateConnection", { Name: "connection", AuthParameters: API_KEY, Description: "new" });
    expect(await state()).toBe("ACTIVE");
    expect(await call("DescribeConnection", { Name: "connection" })).toMatchObject({ Description: "new" });
    expect(await call("ListConnections", { ConnectionState: "AUTHORIZED" })).toMatchObject({
      Connections: [{ ConnectionArn: connection }],
    });
    expect(await call("DeleteConnection", { Name: "connection" })).toMatchObject({ ConnectionState: "DELETING" });
    expect(await state()).toBe("INACTIVE");
    expect(await refusal("DescribeConnection", { Name: "connection" })).toEqual([
      "ResourceNotFoundException",
      "Failed to describe the connection(s). Connection 'connection' does not exist.",
    ]);
    // Another one of the same name is not what the destination was made with.
    await call("CreateConnection", { Name: "connection", AuthorizationType: "API_KEY", AuthParameters: API_KEY });
    expect(await state()).toBe("INACTIVE");
  });

  test.for([
    ["its name taken", { Name: "connection" }, "ResourceAlreadyExistsException"],
    ["OAuth", { Name: "o", AuthorizationType: "OAUTH_CLIENT_CREDENTIALS" }, "ValidationException"],
    ["the parameters of another type", { Name: "o", AuthorizationType: "BASIC" }, "ValidationException"],
    ["no secret", { Name: "o", AuthParameters: {} }, "ValidationException"],
    ["a key of its own", { Name: "o", KmsKeyIdentifier: "alias/x" }, "ValidationException"],
    [
      "a line break in a secret",
      { Name: "o", AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: "k", ApiKeyValue: "a\r\nb" } } },
      "ValidationException",
    ],
  ] as const)("with %s is refused", async ([, more, code]) => {
    const { refusal, call } = await furnished();
    const made = { AuthorizationType: "API_KEY", AuthParameters: API_KEY, ...more };
    const [name, message] = await refusal("CreateConnection", made);
    expect(name).toBe(code);
    expect(message).not.toContain("a\r\nb");
    expect((await call("ListConnections", {})).Connections).toHaveLength(1);
  });
});

describe("an API destination", () => {
  test("is described as it was made and updated in part", async () => {
    const { call, destination, connection, refusal } = await furnished();
    expect(await call("DescribeApiDestination", { Name: "destination" })).toMatchObject({
      ApiDestinationArn: destination,
      ConnectionArn: connection,
      InvocationEndpoint: "https://hooks.example.com/in/*",
      HttpMethod: "POST",
      InvocationRateLimitPerSecond: 300,
    });
    await call("UpdateApiDestination", { Name: "destination", HttpMethod: "PUT", Description: "d" });
    const listed = await call("ListApiDestinations", { ConnectionArn: connection });
    expect(listed.ApiDestinations).toMatchObject([{ Name: "destination", HttpMethod: "PUT" }]);
    expect(await call("ListApiDestinations", { ConnectionArn: `${ARN}:connection/other/0-0` })).toEqual({
      ApiDestinations: [],
    });
    await call("DeleteApiDestination", { Name: "destination" });
    expect(await refusal("DeleteApiDestination", { Name: "destination" })).toEqual([
      "ResourceNotFoundException",
      "Failed to delete the api-destination(s). An api-destination 'destination' does not exist.",
    ]);
  });

  test.for([
    ["its name taken", { Name: "destination" }, "ResourceAlreadyExistsException"],
    ["a connection that is not there", { ConnectionArn: `${ARN}:connection/none/0-0` }, "ResourceNotFoundException"],
    ["plain HTTP", { InvocationEndpoint: "http://hooks.example.com/" }, "ValidationException"],
    ["credentials in the URL", { InvocationEndpoint: "https://user:pass@hooks.example.com/" }, "ValidationException"],
    ["a wildcard for a host", { InvocationEndpoint: "https://*.example.com/" }, "ValidationException"],
    ["this machine", { InvocationEndpoint: "https://127.0.0.1/" }, "ValidationException"],
    ["the method CONNECT", { HttpMethod: "CONNECT" }, "ValidationException"],
  ] as const)("with %s is refused", async ([, more, code]) => {
    const { refusal, connection } = await furnished();
    const made = {
      Name: "n",
      ConnectionArn: connection,
      InvocationEndpoint: "https://hooks.example.com/",
      HttpMethod: "POST",
      ...more,
    };
    expect((await refusal("CreateApiDestination", made))[0]).toBe(code);
  });
});

describe("PutEvents", () => {
  const entry = { Source: "my.app", DetailType: "Happened", Detail: '{"a":1}' };

  test("takes what is right and says of the rest what is wrong", async () => {
    const { call, store } = await world();
    const wrong = [
      [{ ...entry, Source: undefined }, "InvalidArgument"],
      [{ ...entry, DetailType: undefined }, "InvalidArgument"],
      [{ ...entry, Detail: undefined }, "InvalidArgument"],
      [{ ...entry, Detail: "[]" }, "MalformedDetail"],
      [{ ...entry, Detail: `${'{"a":'.repeat(200)}1${"}".repeat(200)}` }, "MalformedDetail"],
      [{ ...entry, Source: "aws.acm" }, "NotAuthorizedForSourceException"],
      [{ ...entry, Source: "sealkeeper" }, "NotAuthorizedForSourceException"],
      [{ ...entry, EventBusName: "other" }, "ResourceNotFoundException"],
    ] as const;
    const Time = Date.parse("2026-11-21T12:00:00Z") / 1000;
    const Entries = [...wrong.map(([each]) => each), { ...entry, Time, Resources: ["arn:x"] }];
    const { FailedEntryCount, Entries: results } = await call("PutEvents", { Entries });
    expect(FailedEntryCount).toBe(wrong.length);
    expect(results.slice(0, -1).map(({ ErrorCode }: { ErrorCode: string }) => ErrorCode)).toEqual(
      wrong.map(([, code]) => code),
    );
    const [kept] = await store.selectFrom("events").select(["id", "body"]).execute();
    expect(kept?.id).toBe(results.at(-1).EventId);
    expect(JSON.parse(kept!.body)).toMatchObject({
      time: "2026-11-21T12:00:00Z",
      resources: ["arn:x"],
      detail: { a: 1 },
    });
  });

  test("refuses more than ten entries, and more than 256 KB: ValidationException", async () => {
    const { refusal } = await world();
    expect((await refusal("PutEvents", { Entries: Array.from({ length: 11 }, () => entry) }))[0]).toBe(
      "ValidationException",
    );
    const large = { ...entry, Detail: JSON.stringify({ a: "x".repeat(200_000) }) };
    expect(await refusal("PutEvents", { Entries: [large, large] })).toEqual([
      "ValidationException",
      "Total size of the entries in the request is over the limit.",
    ]);
    expect((await refusal("PutEvents", { Entries: [entry], EndpointId: "a.b" }))[0]).toBe("ValidationException");
  });
});

test("TestEventPattern says whether an event matches, and refuses what is none", async () => {
  const { call, refusal } = await world();
  const event = { id: "1", account: "1", source: "aws.acm", time: "t", region: "r", resources: [], "detail-type": "x" };
  const ask = (EventPattern: string, Event: object | string): object => ({
    EventPattern,
    Event: typeof Event === "string" ? Event : JSON.stringify(Event),
  });
  expect(await call("TestEventPattern", ask(PATTERN, event))).toEqual({ Result: true });
  expect(await call("TestEventPattern", ask('{"source":["x"]}', event))).toEqual({ Result: false });
  expect((await refusal("TestEventPattern", ask("[]", event)))[0]).toBe("InvalidEventPatternException");
  expect((await refusal("TestEventPattern", ask(PATTERN, { ...event, id: undefined })))[0]).toBe("ValidationException");
  expect((await refusal("TestEventPattern", ask(PATTERN, "{")))[0]).toBe("ValidationException");
});

test("the default bus is the only one", async () => {
  const { call, refusal } = await world();
  const bus = { Name: "default", Arn: `${ARN}:event-bus/default` };
  expect(await call("ListEventBuses", {})).toEqual({ EventBuses: [bus] });
  expect(await call("ListEventBuses", { NamePrefix: "x" })).toEqual({ EventBuses: [] });
  expect(await call("DescribeEventBus", {})).toEqual(bus);
  expect((await refusal("DescribeEventBus", { Name: "x" }))[0]).toBe("ResourceNotFoundException");
});

test("tags are added, given new values and removed", async () => {
  const { call, refusal } = await furnished();
  const ResourceARN = `${ARN}:rule/rule`;
  const tags = async (): Promise<unknown> => (await call("ListTagsForResource", { ResourceARN })).Tags;
  await call("TagResource", {
    ResourceARN,
    Tags: [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ],
  });
  await call("TagResource", { ResourceARN: `${ARN}:rule/default/rule`, Tags: [{ Key: "a", Value: "3" }] });
  expect(await tags()).toEqual([
    { Key: "a", Value: "3" },
    { Key: "b", Value: "2" },
  ]);
  await call("UntagResource", { ResourceARN, TagKeys: ["a", "x"] });
  expect(await tags()).toEqual([{ Key: "b", Value: "2" }]);
  const many = Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: "" }));
  expect((await refusal("TagResource", { ResourceARN, Tags: many }))[0]).toBe("ValidationException");
  expect(await tags()).toHaveLength(1);
  const twice = [
    { Key: "x", Value: "" },
    { Key: "x", Value: "1" },
  ];
  expect((await refusal("TagResource", { ResourceARN, Tags: twice }))[0]).toBe("ValidationException");
  expect((await refusal("TagResource", { ResourceARN: `${ARN}:rule/none`, Tags: twice.slice(1) }))[0]).toBe(
    "ResourceNotFoundException",
  );
});

describe("an archive", () => {
  const source = `${ARN}:event-bus/default`;

  test("is described, updated and deleted", async () => {
    const { call, refusal } = await world();
    const made = { ArchiveName: "a", EventSourceArn: source, EventPattern: PATTERN, RetentionDays: 3 };
    expect(await call("CreateArchive", made)).toMatchObject({ ArchiveArn: `${ARN}:archive/a`, State: "ENABLED" });
    expect((await refusal("CreateArchive", made))[0]).toBe("ResourceAlreadyExistsException");
    await call("UpdateArchive", { ArchiveName: "a", Description: "d" });
    expect(await call("DescribeArchive", { ArchiveName: "a" })).toMatchObject({
      ...made,
      Description: "d",
      State: "ENABLED",
    });
    expect((await call("ListArchives", { NamePrefix: "a" })).Archives).toHaveLength(1);
    expect(await call("ListArchives", { State: "DISABLED" })).toEqual({ Archives: [] });
    expect((await refusal("ListArchives", { State: "ENABLED", NamePrefix: "a" }))[0]).toBe("ValidationException");
    expect((await refusal("CreateArchive", { ...made, ArchiveName: "b", EventPattern: "{" }))[0]).toBe(
      "InvalidEventPatternException",
    );
    expect((await refusal("CreateArchive", { ...made, ArchiveName: "b", EventSourceArn: `${source}s` }))[0]).toBe(
      "ResourceNotFoundException",
    );
    await call("DeleteArchive", { ArchiveName: "a" });
    expect((await refusal("DeleteArchive", { ArchiveName: "a" }))[0]).toBe("ResourceNotFoundException");
  });

  test("is replayed once, and a replay that is over cannot be cancelled: IllegalStatusException", async () => {
    const { call, refusal, clock, work } = await world();
    await call("CreateArchive", { ArchiveName: "a", EventSourceArn: source });
    const at = (millis: number): number => (clock.now().getTime() + millis) / 1000;
    const start = {
      ReplayName: "r",
      EventSourceArn: `${ARN}:archive/a`,
      EventStartTime: at(-HOUR),
      EventEndTime: at(MINUTE),
      Destination: { Arn: source },
    };
    expect((await refusal("StartReplay", { ...start, EventEndTime: at(-2 * HOUR) }))[0]).toBe("ValidationException");
    expect((await refusal("StartReplay", { ...start, EventSourceArn: `${ARN}:archive/b` }))[0]).toBe(
      "ValidationException",
    );
    expect((await refusal("StartReplay", { ...start, Destination: { Arn: `${ARN}:event-bus/x` } }))[0]).toBe(
      "ValidationException",
    );
    expect(await call("StartReplay", start)).toMatchObject({ ReplayArn: `${ARN}:replay/r`, State: "STARTING" });
    expect((await refusal("StartReplay", start))[0]).toBe("ResourceAlreadyExistsException");
    await work();
    expect(await call("DescribeReplay", { ReplayName: "r" })).toMatchObject({
      State: "COMPLETED",
      Destination: { Arn: source },
    });
    expect((await refusal("CancelReplay", { ReplayName: "r" }))[0]).toBe("IllegalStatusException");
    await call("StartReplay", { ...start, ReplayName: "s" });
    expect(await call("CancelReplay", { ReplayName: "s" })).toMatchObject({ State: "CANCELLED" });
    expect((await call("ListReplays", { State: "CANCELLED" })).Replays).toMatchObject([{ ReplayName: "s" }]);
    expect((await refusal("CancelReplay", { ReplayName: "t" }))[0]).toBe("ResourceNotFoundException");
  });
});

test("what is not performed says so with 501", async () => {
  const { refusal } = await world();
  expect((await refusal("CreateEventBus", { Name: "x" }))[0]).toBe("NotImplementedException");
});
