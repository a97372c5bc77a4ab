import type * as sdk from "@aws-sdk/client-eventbridge";
import { AwsError } from "#aws/service.ts";
import type { Authorization, HttpParameter } from "#domain/events/api-call.ts";
import { refuse } from "./wire.ts";

/** Reads how a connection authenticates. Throws ValidationException for what is not of its type, or not supported. */
export function readAuthorization(
  type: sdk.ConnectionAuthorizationType,
  parameters: sdk.CreateConnectionAuthRequestParameters | sdk.UpdateConnectionAuthRequestParameters | undefined,
): Authorization {
  const { ApiKeyAuthParameters: key, BasicAuthParameters: basic, InvocationHttpParameters: http } = parameters ?? {};
  if (type === "OAUTH_CLIENT_CREDENTIALS" || parameters?.OAuthParameters !== undefined) {
    throw wrong("Connections with OAuth client credentials are not supported; API_KEY and BASIC are.");
  }
  refuse({ ConnectivityParameters: (parameters as sdk.CreateConnectionAuthRequestParameters)?.ConnectivityParameters });
  return {
    credentials: type === "API_KEY" ? apiKey(key, basic) : userAndPassword(basic, key),
    headers: (http?.HeaderParameters ?? []).map(parameter),
    query: (http?.QueryStringParameters ?? []).map(parameter),
    body: (http?.BodyParameters ?? []).map(parameter),
  };
}

function apiKey(
  key: sdk.UpdateConnectionApiKeyAuthRequestParameters | undefined,
  other: object | undefined,
): Authorization["credentials"] {
  if (!key?.ApiKeyName || !key.ApiKeyValue || other !== undefined) {
    throw wrong(
      "A connection of the type API_KEY has ApiKeyAuthParameters with ApiKeyName and ApiKeyValue, and no other.",
    );
  }
  return { type: "API_KEY", name: key.ApiKeyName, value: key.ApiKeyValue };
}

function userAndPassword(
  basic: sdk.UpdateConnectionBasicAuthRequestParameters | undefined,
  other: object | undefined,
): Authorization["credentials"] {
  if (!basic?.Username || !basic.Password || other !== undefined) {
    throw wrong("A connection of the type BASIC has BasicAuthParameters with Username and Password, and no other.");
  }
  return { type: "BASIC", username: basic.Username, password: basic.Password };
}

function parameter({
  Key,
  Value,
  IsValueSecret,
}: {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
  readonly IsValueSecret?: boolean | undefined;
}): HttpParameter {
  if (Key === undefined || Key === "") throw wrong("Every one of InvocationHttpParameters needs a Key.");
  return { key: Key, value: Value ?? "", secret: IsValueSecret ?? true };
}

function wrong(reason: string): AwsError {
  return new AwsError("ValidationException", `Parameter AuthParameters is not valid. Reason: ${reason}`);
}
