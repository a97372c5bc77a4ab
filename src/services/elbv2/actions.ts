import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { DefaultAction, ServedAction as EdgeAction } from "#domain/balancers/actions.ts";

type GivenAction = InputOf<typeof sdk, "CreateListener">["DefaultActions"][number];

/**
 * The one action of a list. Throws InvalidLoadBalancerAction and TooManyActions for lists and configurations that do not
 * go together; whether the action suits its listener is asked by the domain.
 */
export function readDefaultAction(given: readonly GivenAction[]): DefaultAction {
  const unserved = given.find(({ Type }) => !Object.hasOwn(READERS, Type));
  if (unserved) throw invalid(`The action type '${unserved.Type}' is not available here`);
  const [action, ...others] = given;
  if (!action) throw new AwsError("ValidationException", "A default action must be specified");
  if (others.length > 0) {
    throw new AwsError(
      "TooManyActionsException",
      `A rule has exactly one action of the types ${Object.keys(READERS).join(", ")}, not ${given.length}`,
    );
  }
  const type = action.Type as EdgeAction["type"];
  const foreign = (Object.keys(CONFIGS) as EdgeAction["type"][]).find(
    (other) => other !== type && action[CONFIGS[other]] !== undefined,
  );
  if (foreign) throw invalid(`${CONFIGS[foreign]} can only be specified for an action of the type '${foreign}'`);
  return { action: READERS[type](action), order: action.Order };
}

/** An action as it is described. */
export function showDefaultAction({ action, order }: DefaultAction): sdk.Action {
  return { ...SHOWN[action.type](action as never), ...(order === undefined ? {} : { Order: order }) };
}

const CONFIGS = {
  forward: "ForwardConfig",
  redirect: "RedirectConfig",
  "fixed-response": "FixedResponseConfig",
} as const satisfies Record<EdgeAction["type"], keyof sdk.Action>;

const READERS: Readonly<Record<EdgeAction["type"], (action: GivenAction) => EdgeAction>> = {
  forward: readForward,
  redirect: readRedirect,
  "fixed-response": readFixedResponse,
};

const SHOWN: {
  readonly [Type in EdgeAction["type"]]: (action: Extract<EdgeAction, { type: Type }>) => sdk.Action;
} = {
  forward: ({ targetGroups }) => ({
    Type: "forward",
    ...(targetGroups.length === 1 ? { TargetGroupArn: targetGroups[0]?.arn } : {}),
    ForwardConfig: {
      TargetGroups: targetGroups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: weight })),
      TargetGroupStickinessConfig: { Enabled: false },
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
};

function readForward({ TargetGroupArn: single, ForwardConfig: config }: GivenAction): EdgeAction {
  if (config?.TargetGroupStickinessConfig?.Enabled === true) {
    throw invalid("Stickiness is not available here: the edge does not keep clients with a target group");
  }
  const groups = (config?.TargetGroups ?? []).map(({ TargetGroupArn, Weight }) => ({
    arn: TargetGroupArn ?? missing("A target group ARN must be specified"),
    weight: Weight ?? 1,
  }));
  if (single === undefined) return { type: "forward", targetGroups: groups };
  if (groups.length > 1 || (groups[0] && groups[0].arn !== single)) {
    throw invalid("ForwardConfig and TargetGroupArn must name the same one target group");
  }
  return { type: "forward", targetGroups: groups.length > 0 ? groups : [{ arn: single, weight: 1 }] };
}

function readRedirect({ RedirectConfig: config }: GivenAction): EdgeAction {
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

function readFixedResponse({ FixedResponseConfig: config }: GivenAction): EdgeAction {
  if (!config) return missing("A FixedResponseConfig must be specified for an action of the type 'fixed-response'");
  return {
    type: "fixed-response",
    statusCode: Number(config.StatusCode),
    contentType: config.ContentType ?? "text/plain",
    body: config.MessageBody ?? "",
  };
}

function missing(message: string): never {
  throw invalid(message);
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidLoadBalancerActionException", message);
}
