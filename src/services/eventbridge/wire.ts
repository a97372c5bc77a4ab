import type * as sdk from "@aws-sdk/client-eventbridge";
import { AwsError } from "#aws/service.ts";
import type { Archive } from "#events/archives.ts";
import type { Connection, ShownParameter } from "#events/connections.ts";
import type { Destination } from "#events/destinations.ts";
import type { Page, PageRequest } from "#events/page.ts";
import type { Replay } from "#events/replays.ts";
import type { Rule } from "#events/rules.ts";
import type { EventTag } from "#events/tags.ts";

/** Which part of a list an input asks for. */
export function pageRequest(input: {
  readonly NamePrefix?: string | undefined;
  readonly Limit?: number | undefined;
  readonly NextToken?: string | undefined;
}): PageRequest {
  return { prefix: input.NamePrefix, limit: input.Limit, token: input.NextToken };
}

export function pageEnd({ token }: Page<unknown>): { NextToken?: string } {
  return token === undefined ? {} : { NextToken: token };
}

export function readTags(tags: readonly { readonly Key: string; readonly Value: string }[] | undefined): EventTag[] {
  return (tags ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
}

/** What AWS has and this does not is refused, never left out in silence. Throws ValidationException. */
export function refuse(members: Readonly<Record<string, unknown>>, why = "is not supported"): void {
  const given = Object.entries(members).find(([, value]) => value !== undefined);
  if (given) throw new AwsError("ValidationException", `Parameter ${given[0]} is not valid. Reason: it ${why}.`);
}

export function ruleShown(rule: Rule): sdk.Rule {
  const { name, arn, pattern, state, description, roleArn } = rule;
  return {
    Name: name,
    Arn: arn,
    EventPattern: pattern,
    State: state,
    EventBusName: "default",
    ...(description === null ? {} : { Description: description }),
    ...(roleArn === null ? {} : { RoleArn: roleArn }),
  };
}

export function connectionShown(connection: Connection): sdk.Connection {
  const { arn, name, state, authorizationType, createdAt, modifiedAt, authorizedAt } = connection;
  return {
    ConnectionArn: arn,
    Name: name,
    ConnectionState: state,
    AuthorizationType: authorizationType,
    CreationTime: new Date(createdAt),
    LastModifiedTime: new Date(modifiedAt),
    ...(authorizedAt === null ? {} : { LastAuthorizedTime: new Date(authorizedAt) }),
  };
}

export function authParametersShown({
  authorizationType,
  authorization,
}: Connection): sdk.ConnectionAuthResponseParameters {
  const { name, headers, query, body } = authorization;
  const http = {
    ...(headers.length > 0 ? { HeaderParameters: headers.map(parameterShown) } : {}),
    ...(query.length > 0 ? { QueryStringParameters: query.map(parameterShown) } : {}),
    ...(body.length > 0 ? { BodyParameters: body.map(parameterShown) } : {}),
  };
  return {
    ...(authorizationType === "API_KEY"
      ? { ApiKeyAuthParameters: { ApiKeyName: name } }
      : { BasicAuthParameters: { Username: name } }),
    ...(Object.keys(http).length > 0 ? { InvocationHttpParameters: http } : {}),
  };
}

function parameterShown({ key, value, secret }: ShownParameter): {
  Key: string;
  Value?: string;
  IsValueSecret: boolean;
} {
  return { Key: key, IsValueSecret: secret, ...(value === undefined ? {} : { Value: value }) };
}

export function destinationShown(destination: Destination): sdk.ApiDestination {
  const { arn, name, state, connectionArn, endpoint, method, rateLimit, createdAt, modifiedAt } = destination;
  return {
    ApiDestinationArn: arn,
    Name: name,
    ApiDestinationState: state,
    ConnectionArn: connectionArn,
    InvocationEndpoint: endpoint,
    HttpMethod: method as sdk.ApiDestinationHttpMethod,
    InvocationRateLimitPerSecond: rateLimit,
    CreationTime: new Date(createdAt),
    LastModifiedTime: new Date(modifiedAt),
  };
}

export function archiveShown({ name, source, retentionDays, createdAt }: Archive): sdk.Archive {
  return {
    ArchiveName: name,
    EventSourceArn: source,
    State: "ENABLED",
    RetentionDays: retentionDays,
    CreationTime: new Date(createdAt),
  };
}

export function replayShown(replay: Replay): sdk.Replay {
  const { name, archiveArn, state, stateReason, fromTime, toTime, reachedAt, startedAt, endedAt } = replay;
  return {
    ReplayName: name,
    EventSourceArn: archiveArn,
    State: state,
    EventStartTime: new Date(fromTime),
    EventEndTime: new Date(toTime),
    ReplayStartTime: new Date(startedAt),
    ...(stateReason === null ? {} : { StateReason: stateReason }),
    ...(reachedAt === null ? {} : { EventLastReplayedTime: new Date(reachedAt) }),
    ...(endedAt === null ? {} : { ReplayEndTime: new Date(endedAt) }),
  };
}
