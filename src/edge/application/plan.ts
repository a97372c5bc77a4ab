import type { EdgeAction, EdgeListener, EdgeRule } from "#domain/edge-config.ts";
import { field } from "#edge/http/fields.ts";
import { redirectTo } from "#edge/http/redirect.ts";
import type { Meters } from "#edge/metrics/board.ts";
import { type ForwardDeps, forward } from "#edge/targets/forward.ts";
import type { Targets } from "#edge/targets/targets.ts";
import type { Gate } from "./gate.ts";
import { compileTransforms, type Transform } from "./transforms.ts";
import type { Visit } from "./visit.ts";

/** What is done with the requests that a rule takes. */
export interface Plan {
  /** 0 for the default rule. */
  readonly priority: number;
  readonly gates: readonly Gate[];
  readonly transform: Transform | undefined;
  readonly last: Last;
}

/** The last action: it always answers. */
export type Last = (visit: Visit) => void;

export interface PlanDeps extends ForwardDeps {
  readonly targets: Targets;
  readonly meters: Meters;
  readonly gateOf: (action: GateAction) => Gate;
}

export type GateAction = Extract<EdgeAction, { type: "authenticate-oidc" | "jwt-validation" }>;

export function compilePlan(
  rule: Pick<EdgeRule, "actions"> & Partial<Pick<EdgeRule, "priority" | "transforms">>,
  listener: Pick<EdgeListener, "port">,
  deps: PlanDeps,
): Plan {
  const gates = rule.actions.filter(isGate).map(deps.gateOf);
  const last = rule.actions.findLast((action): action is LastAction => !isGate(action));
  return {
    priority: rule.priority ?? 0,
    gates,
    transform: compileTransforms(rule.transforms ?? []),
    last: last ? compileLast(last, listener, deps) : (visit) => visit.answer(500),
  };
}

type LastAction = Exclude<EdgeAction, GateAction>;

function isGate(action: EdgeAction): action is GateAction {
  return action.type === "authenticate-oidc" || action.type === "jwt-validation";
}

function compileLast(action: LastAction, { port }: Pick<EdgeListener, "port">, deps: PlanDeps): Last {
  const { meters } = deps;
  switch (action.type) {
    case "fixed-response": {
      const type = `${action.contentType}; charset=utf-8`;
      const count = meters.of("HTTP_Fixed_Response_Count");
      return (visit) => {
        visit.execute("fixed-response");
        count.add(1);
        visit.answerWith(action.statusCode, type, action.body);
      };
    }
    case "redirect": {
      const locate = redirectTo(action);
      const count = meters.of("HTTP_Redirect_Count");
      const tooLong = meters.of("HTTP_Redirect_Url_Limit_Exceeded_Count");
      return (visit) => {
        const { client, host, target } = visit.exchange;
        const name = (host ?? visit.settings.head.dnsName).replace(/:\d*$/, "");
        const url = locate({ protocol: client.scheme, host: name, port, target });
        visit.execute("redirect");
        visit.redirectUrl = url;
        if (url.length > MOST_URL) {
          tooLong.add(1);
          return visit.answer(500);
        }
        count.add(1);
        visit.answer(action.statusCode, [field("Location", url)]);
      };
    }
    case "forward": {
      const forwarding = deps.targets.forwarding(action);
      return (visit) => {
        visit.execute("forward");
        const { exchange, settings, journey, transformed, added } = visit;
        const lease = forwarding.choose(exchange.fields);
        if (!lease) return visit.answer(503);
        const rewritten =
          transformed || added.length > 0
            ? { host: transformed?.host, target: transformed?.target, fields: added }
            : undefined;
        forward({ exchange, lease, settings, journey, rewritten }, deps);
      };
    }
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html */
const MOST_URL = 8 * 1024;
