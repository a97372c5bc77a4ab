import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { GivenAction, GivenOidc, OrderedAction } from "#domain/balancers/actions.ts";
import type { EdgeAction } from "#domain/edge-config.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";

type Given = InputOf<typeof sdk, "CreateListener">["DefaultActions"][number];
type ActionType = EdgeAction["type"];

/**
 * Actions as a request names them; `use` gets them with their client secrets, which are wiped when it is done. Throws
 * InvalidLoadBalancerAction for configurations that do not go together; whether actions suit a listener is asked by the domain.
 */
export async function withActions<Result>(
  given: readonly Given[],
  use: (actions: readonly OrderedAction<GivenAction>[]) => Promise<Result>,
): Promise<Result> {
  using secrets = new DisposableStack();
  return await use(given.map((action) => ({ action: readAction(action, secrets), order: action.Order })));
}

/** An action as it is described: secrets are not. */
export function showAction({ action, order }: OrderedAction): sdk.Action {
  return { ...SHOWN[action.type](action as never), ...(order === undefined ? {} : { Order: order }) };
}

function readAction(given: Given, secrets: DisposableStack): GivenAction {
  if (given.Type === "authenticate-cognito") {
    throw invalid(
      "The action type 'authenticate-cognito' is not available here, because there is no Cognito: use authenticate-oidc",
    );
  }
  if (!Object.hasOwn(CONFIGS, given.Type)) throw invalid(`'${given.Type}' is not the type of an action`);
  const type = given.Type as ActionType;
  const foreign = (Object.keys(CONFIGS) as ActionType[]).find(
    (other) => other !== type && given[CONFIGS[other]] !== undefined,
  );
  if (foreign) throw invalid(`${CONFIGS[foreign]} can only be specified for an action of the type '${foreign}'`);
  if (given.AuthenticateCognitoConfig !== undefined) {
    throw invalid("AuthenticateCognitoConfig can only be specified for an action of the type 'authenticate-cognito'");
  }
  if (type !== "forward" && given.TargetGroupArn !== undefined) {
    throw invalid("TargetGroupArn can only be specified for an action of the type 'forward'");
  }
  return READERS[type](given, secrets);
}

const CONFIGS = {
  forward: "ForwardConfig",
  redirect: "RedirectConfig",
  "fixed-response": "FixedResponseConfig",
  "authenticate-oidc": "AuthenticateOidcConfig",
  "jwt-validation": "JwtValidationConfig",
} as const satisfies Record<ActionType, keyof sdk.Action>;

const READERS: Readonly<Record<ActionType, (action: Given, secrets: DisposableStack) => GivenAction>> = {
  forward: readForward,
  redirect: readRedirect,
  "fixed-response": readFixedResponse,
  "authenticate-oidc": readOidc,
  "jwt-validation": readJwt,
};

const SHOWN: {
  readonly [Type in ActionType]: (action: Extract<EdgeAction, { type: Type }>) => sdk.Action;
} = {
  forward: ({ targetGroups, stickiness }) => ({
    Type: "forward",
    ...(targetGroups.length === 1 ? { TargetGroupArn: targetGroups[0]?.arn } : {}),
    ForwardConfig: {
      TargetGroups: targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: stickiness
        ? { Enabled: true, DurationSeconds: stickiness.durationSeconds }
        : { Enabled: false },
    },
  }),
  redirect: ({ statusCode, protocol, host, port, path, query }) => ({
    Type: "redirect",
    RedirectConfig: {
      Protocol: protocol,
      Port: port,
      Host: host,
      Path: path,
      Query: query,
      StatusCode: `HTTP_${statusCode}`,
    },
  }),
  "fixed-response": ({ statusCode, contentType, body }) => ({
    Type: "fixed-response",
    FixedResponseConfig: { StatusCode: String(statusCode), ContentType: contentType, MessageBody: body },
  }),
  "authenticate-oidc": (oidc) => ({
    Type: "authenticate-oidc",
    AuthenticateOidcConfig: {
      Issuer: oidc.issuer,
      AuthorizationEndpoint: oidc.authorizationEndpoint,
      TokenEndpoint: oidc.tokenEndpoint,
      UserInfoEndpoint: oidc.userInfoEndpoint,
      ClientId: oidc.clientId,
      SessionCookieName: oidc.sessionCookieName,
      Scope: oidc.scope,
      SessionTimeout: oidc.sessionTimeoutSeconds,
      AuthenticationRequestExtraParams: { ...oidc.authenticationRequestExtraParams },
      OnUnauthenticatedRequest: oidc.onUnauthenticatedRequest,
    },
  }),
  "jwt-validation": ({ jwksEndpoint, issuer, additionalClaims }) => ({
    Type: "jwt-validation",
    JwtValidationConfig: {
      JwksEndpoint: jwksEndpoint,
      Issuer: issuer,
      AdditionalClaims: additionalClaims.map(({ name, format, values }) => ({
        Name: name,
        Format: format,
        Values: [...values],
      })),
    },
  }),
};

function readForward({ TargetGroupArn: single, ForwardConfig: config }: Given): GivenAction {
  const { Enabled = false, DurationSeconds } = config?.TargetGroupStickinessConfig ?? {};
  if (Enabled && DurationSeconds === undefined) {
    return missing("A duration must be specified when target group stickiness is enabled");
  }
  const stickiness = Enabled ? { stickiness: { durationSeconds: DurationSeconds ?? 0 } } : {};
  const groups = (config?.TargetGroups ?? []).map(({ TargetGroupArn, Weight }) => ({
    arn: TargetGroupArn ?? missing("A target group ARN must be specified"),
    weight: Weight ?? 1,
  }));
  if (single === undefined) return { type: "forward", targetGroups: groups, ...stickiness };
  if (groups.length > 1 || (groups[0] && groups[0].arn !== single)) {
    throw invalid("ForwardConfig and TargetGroupArn must name the same one target group");
  }
  const targetGroups = groups.length > 0 ? groups : [{ arn: single, weight: 1 }];
  return { type: "forward", targetGroups, ...stickiness };
}

function readRedirect({ RedirectConfig: config }: Given): GivenAction {
  if (!config) return missing("A RedirectConfig must be specified for an action of the type 'redirect'");
  return {
    type: "redirect",
    statusCode: config.StatusCode === "HTTP_301" ? 301 : 302,
    protocol: config.Protocol ?? "#{protocol}",
    host: config.Host ?? "#{host}",
    port: config.Port ?? "#{port}",
    path: config.Path ?? "/#{path}",
    query: config.Query ?? "#{query}",
  };
}

function readFixedResponse({ FixedResponseConfig: config }: Given): GivenAction {
  if (!config) return missing("A FixedResponseConfig must be specified for an action of the type 'fixed-response'");
  return {
    type: "fixed-response",
    statusCode: Number(config.StatusCode),
    contentType: config.ContentType ?? "text/plain",
    body: config.MessageBody ?? "",
  };
}

function readOidc({ AuthenticateOidcConfig: config }: Given, secrets: DisposableStack): GivenAction {
  if (!config) {
    return missing("An AuthenticateOidcConfig must be specified for an action of the type 'authenticate-oidc'");
  }
  return {
    type: "authenticate-oidc",
    issuer: config.Issuer,
    authorizationEndpoint: config.AuthorizationEndpoint,
    tokenEndpoint: config.TokenEndpoint,
    userInfoEndpoint: config.UserInfoEndpoint,
    clientId: config.ClientId,
    secret: readSecret(config, secrets),
    sessionCookieName: config.SessionCookieName ?? "AWSELBAuthSessionCookie",
    scope: config.Scope ?? "openid",
    sessionTimeoutSeconds: config.SessionTimeout ?? 604_800,
    authenticationRequestExtraParams: config.AuthenticationRequestExtraParams ?? {},
    onUnauthenticatedRequest: config.OnUnauthenticatedRequest ?? "authenticate",
  };
}

function readSecret(
  { ClientSecret: secret, UseExistingClientSecret: existing = false }: NonNullable<Given["AuthenticateOidcConfig"]>,
  secrets: DisposableStack,
): GivenOidc["secret"] {
  if (existing && secret !== undefined) {
    return missing("ClientSecret cannot be specified when UseExistingClientSecret is true");
  }
  if (existing) return "existing";
  if (secret === undefined || secret === "") return missing("A ClientSecret must be specified");
  return secrets.use(new PlaintextKey(Buffer.from(secret)));
}

function readJwt({ JwtValidationConfig: config }: Given): GivenAction {
  if (!config) return missing("A JwtValidationConfig must be specified for an action of the type 'jwt-validation'");
  return {
    type: "jwt-validation",
    jwksEndpoint: config.JwksEndpoint,
    issuer: config.Issuer,
    additionalClaims: (config.AdditionalClaims ?? []).map(({ Name, Format, Values }) => ({
      name: Name,
      format: Format,
      values: Values,
    })),
  };
}

function missing(message: string): never {
  throw invalid(message);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidLoadBalancerActionException", message);
}
