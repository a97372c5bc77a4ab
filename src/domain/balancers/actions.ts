import type { EdgeAction } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { checkJwt, checkOidc } from "./authentication.ts";
import { LISTENER_PROTOCOLS, type ListenerProtocol } from "./protocols.ts";
import { QUOTAS } from "./quotas.ts";
import { checkRedirect } from "./redirects.ts";

/** One action of a rule with its place among the others; a rule's only action may have none. */
export interface OrderedAction<Action = EdgeAction> {
  readonly action: Action;
  readonly order: number | undefined;
}

/** An action as a request names it: the client secret of `authenticate-oidc` is not sealed yet. */
export type GivenAction = Exclude<EdgeAction, { type: "authenticate-oidc" }> | GivenOidc;
export interface GivenOidc extends Omit<Extract<EdgeAction, { type: "authenticate-oidc" }>, "secret"> {
  /** `existing`: the one that the changed rule has already. */
  readonly secret: PlaintextKey | "existing";
}

/** Where an action will stand. */
export interface ActionPlace {
  readonly protocol: ListenerProtocol;
  readonly port: number;
}

/**
 * The actions of a rule in their order. Throws `action-invalid`, `actions-too-many` or `balancer-input-invalid` for
 * actions that a rule of such a listener cannot have. Whether target groups exist and speak the right protocol is asked
 * elsewhere. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
 */
export function checkedActions<Action extends GivenAction | EdgeAction>(
  given: readonly OrderedAction<Action>[],
  place: ActionPlace,
): readonly OrderedAction<Action>[] {
  const actions = inOrder(given);
  const routing = actions.filter(({ action }) => isRouting(action));
  const first = actions[0];
  if (!first) throw new Refusal("balancer-input-invalid", "An action must be specified");
  if (routing.length > 1 || actions.length - routing.length > 1) {
    throw new Refusal(
      "actions-too-many",
      "A rule has exactly one action of the types forward, redirect and fixed-response, and before it at most one " +
        `that authenticates, not ${actions.length} actions`,
    );
  }
  const last = actions.at(-1) ?? first;
  if (!isRouting(last.action)) {
    throw invalid(`The last action must be one of forward, redirect and fixed-response, not '${last.action.type}'`);
  }
  for (const { action } of actions) checkAction(action, place);
  return actions;
}

/** The target groups that actions name, each once. */
export function targetGroupsOf(actions: readonly OrderedAction<GivenAction | EdgeAction>[]): readonly string[] {
  const named = actions.flatMap(({ action }) =>
    action.type === "forward" ? action.targetGroups.map(({ arn }) => arn) : [],
  );
  return [...new Set(named)];
}

/** The names of the sealed secrets that actions need. */
export function secretsOf(actions: readonly OrderedAction[]): readonly string[] {
  return actions.flatMap(({ action }) => (action.type === "authenticate-oidc" ? [action.secret] : []));
}

/** By their orders; several actions must each have one of their own. */
function inOrder<Action extends GivenAction | EdgeAction>(
  given: readonly OrderedAction<Action>[],
): readonly OrderedAction<Action>[] {
  if (given.length < 2) return given;
  const orders = given.map(({ order }) => order);
  if (orders.includes(undefined)) throw invalid("Each of several actions must have an order");
  if (new Set(orders).size < orders.length) throw invalid("Two actions of a rule cannot have the same order");
  return given.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0));
}

function checkAction(action: GivenAction | EdgeAction, place: ActionPlace): void {
  const { balancer, secure } = LISTENER_PROTOCOLS[place.protocol];
  if (action.type !== "forward" && balancer === "network") {
    throw invalid(
      `The action type '${action.type}' is not valid with the listener protocol '${place.protocol}': use forward`,
    );
  }
  if (!isRouting(action) && !secure) {
    throw invalid(`The action type '${action.type}' is only valid with the listener protocol 'HTTPS'`);
  }
  switch (action.type) {
    case "forward":
      return checkForward(action, balancer === "network");
    case "redirect":
      return checkRedirect(action, place);
    case "fixed-response":
      return checkFixedResponse(action);
    case "authenticate-oidc":
      return checkOidc(action);
    case "jwt-validation":
      return checkJwt(action);
  }
}

type Of<Type> = Extract<EdgeAction, { type: Type }>;

function checkForward({ targetGroups, stickiness }: Of<"forward">, onNetwork: boolean): void {
  if (targetGroups.length === 0) throw invalid("A target group must be specified for a forward action");
  if (targetGroups.length > QUOTAS.targetGroupsPerAction) {
    throw new Refusal(
      "actions-too-many",
      `A forward action can name up to ${QUOTAS.targetGroupsPerAction} target groups, not ${targetGroups.length}`,
    );
  }
  if (new Set(targetGroups.map(({ arn }) => arn)).size < targetGroups.length) {
    throw invalid("A forward action cannot name a target group twice");
  }
  const heavy = targetGroups.find(({ weight }) => weight < 0 || weight > 999);
  if (heavy) throw invalid(`The weight '${heavy.weight}' must be between '0-999' inclusive`);
  if (!stickiness) return;
  if (onNetwork) throw invalid("Target group stickiness is not supported by Network Load Balancers");
  const { durationSeconds } = stickiness;
  if (durationSeconds < 1 || durationSeconds > WEEK) {
    throw invalid(`Target group stickiness duration '${durationSeconds}' must be between '1-${WEEK}' inclusive`);
  }
}

function checkFixedResponse({ contentType, body }: Of<"fixed-response">): void {
  if (!CONTENT_TYPES.includes(contentType)) {
    throw invalid(`The ContentType must be one of: '${CONTENT_TYPES.join("', '")}'`);
  }
  if (body.length > 1024) throw invalid("The message body cannot be longer than '1024' characters");
}

function isRouting({ type }: GivenAction | EdgeAction): boolean {
  return type === "forward" || type === "redirect" || type === "fixed-response";
}

function invalid(message: string): Refusal {
  return new Refusal("action-invalid", message);
}

const CONTENT_TYPES = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];
/** Of seconds. */
const WEEK = 604_800;
