import * as sdk from "@aws-sdk/client-eventbridge";
import type { Rule, Rules } from "#aws/rules.ts";

const arn: Rule = { min: 1, max: 1600 };
const name: Rule = { min: 1, max: 64, pattern: /^[.\-_A-Za-z0-9]+$/ };
const bus: Rule = {
  min: 1,
  max: 1600,
  pattern: /^(arn:aws[\w-]*:events:[a-z]+-[a-z]+-[\w-]+:[0-9]{12}:event-bus\/)?[/.\-_A-Za-z0-9]+$/,
};
const archive: Rule = { min: 1, max: 48, pattern: /^[.\-_A-Za-z0-9]+$/ };
const url: Rule = { min: 1, max: 2048, pattern: /^((%[0-9A-Fa-f]{2}|[-()_.!~*';/?:@&=+$,A-Za-z0-9])+)([).!';/?:,])?$/ };
const authorization: Rule = { min: 1, max: 512, pattern: /^[^:\p{Cc}]+$/u };
const secret: Rule = { ...authorization, secret: true };
const headerName: Rule = { max: 512, pattern: /^[!#$%&'*+\-.^_`|~0-9a-zA-Z]+$/ };
const headerValue: Rule = { max: 512, pattern: /^[\t\x20-\x7e]*$/, secret: true };
const queryName: Rule = { max: 512, pattern: /^\P{Cc}+$/u };
const queryValue: Rule = { max: 512, pattern: /^\P{Cc}*$/u, secret: true };

/** What EventBridge asks of its members beyond their types (https://docs.aws.amazon.com/eventbridge/latest/APIReference). */
export const rules: Rules = {
  ApiKeyName: { ...authorization, pattern: /^[!#$%&'*+\-.^_`|~0-9a-zA-Z]+$/ },
  ApiKeyValue: secret,
  ArchiveName: archive,
  Arn: arn,
  AuthorizationType: { oneOf: sdk.ConnectionAuthorizationType },
  BodyParameters: { max: 100 },
  ConnectionArn: {
    ...arn,
    pattern: /^arn:aws([a-z]|-)*:events:([a-z]|\d|-)*:([0-9]{12})?:connection\/[.\-_A-Za-z0-9]+\/[-A-Za-z0-9]+$/,
  },
  "ListConnectionsRequest.ConnectionState": { oneOf: sdk.ConnectionState },
  "ConnectionHeaderParameter.Key": headerName,
  "ConnectionHeaderParameter.Value": headerValue,
  "ConnectionQueryStringParameter.Key": queryName,
  "ConnectionQueryStringParameter.Value": queryValue,
  "ConnectionBodyParameter.Value": { secret: true },
  Description: { max: 512 },
  EndpointId: { min: 1, max: 50, pattern: /^[A-Za-z0-9-]+[.][A-Za-z0-9-]+$/ },
  Entries: { min: 1, max: 10 },
  EventBusName: bus,
  EventPattern: { max: 4096 },
  EventSourceArn: { ...arn, pattern: /^arn:aws([a-z]|-)*:events:([a-z]|\d|-)*:([0-9]{12})?:.+\/.+$/ },
  HeaderParameters: { max: 100 },
  "CreateApiDestinationRequest.HttpMethod": { oneOf: sdk.ApiDestinationHttpMethod },
  "UpdateApiDestinationRequest.HttpMethod": { oneOf: sdk.ApiDestinationHttpMethod },
  "Target.Id": name,
  Ids: { min: 1, max: 100, each: name },
  Input: { max: 8192 },
  InputPath: { max: 256 },
  InputPathsMap: { max: 100, each: { max: 256 } },
  InputTemplate: { min: 1, max: 8192 },
  InvocationEndpoint: url,
  InvocationRateLimitPerSecond: { min: 1, max: 1_000_000 },
  "Tag.Key": { min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
  "Tag.Value": { max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
  Limit: { min: 1, max: 100 },
  MaximumEventAgeInSeconds: { min: 60, max: 86_400 },
  MaximumRetryAttempts: { max: 185 },
  Name: name,
  "DescribeEventBusRequest.Name": bus,
  NamePrefix: name,
  "ListEventBusesRequest.NamePrefix": { min: 1, max: 256, pattern: /^[/.\-_A-Za-z0-9]+$/ },
  NextToken: { min: 1, max: 2048 },
  Password: secret,
  PathParameterValues: { each: { min: 1, max: 512 } },
  "HttpParameters.HeaderParameters": { max: 100, each: { max: 512, pattern: /^[\t\x20-\x7e]*$/ } },
  "HttpParameters.QueryStringParameters": { max: 100, each: { max: 512 } },
  QueryStringParameters: { max: 100 },
  ReplayName: name,
  ResourceARN: arn,
  Resources: { each: { max: 2048 } },
  RetentionDays: { min: 0, max: 36_500 },
  RoleArn: arn,
  Rule: name,
  ScheduleExpression: { max: 256 },
  "PutRuleRequest.State": { oneOf: sdk.RuleState },
  "ListArchivesRequest.State": { oneOf: sdk.ArchiveState },
  "ListReplaysRequest.State": { oneOf: sdk.ReplayState },
  TagKeys: { each: { min: 1, max: 128 } },
  TargetArn: arn,
  Targets: { min: 1, max: 100 },
  TraceHeader: { min: 1, max: 500 },
  Username: secret,
};
