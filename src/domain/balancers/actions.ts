import type { EdgeAction as AnyAction } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import { LISTENER_PROTOCOLS, type ListenerProtocol } from "./protocols.ts";
import { QUOTAS } from "./quotas.ts";

/** The actions that listeners can have so far. */
export type ServedAction = Extract<AnyAction, { type: "forward" | "redirect" | "fixed-response" }>;

/** What a listener does with a request that reaches it. */
export interface DefaultAction {
  readonly action: ServedAction;
  /** Only shown again: there is one action. */
  readonly order: number | undefined;
}

/** Where an action will stand. */
export interface ActionPlace {
  readonly protocol: ListenerProtocol;
  readonly port: number;
}

/**
 * Throws `action-invalid`, `actions-too-many` or `balancer-input-invalid` for an action that such a listener cannot have.
 * Whether its target groups exist and speak the right protocol is asked elsewhere.
 */
export function checkAction({ action }: DefaultAction, place: ActionPlace): void {
  if (action.type !== "forward" && LISTENER_PROTOCOLS[place.protocol].balancer === "network") {
    throw new Refusal(
      "action-invalid",
      `The action type '${action.type}' is not valid with the listener protocol '${place.protocol}': use forward`,
    );
  }
  if (action.type === "forward") checkForward(action);
  else if (action.type === "redirect") checkRedirect(action, place);
  else checkFixedResponse(action);
}

/** The target groups that an action names. */
export function targetGroupsOf({ action }: DefaultAction): readonly string[] {
  return action.type === "forward" ? action.targetGroups.map(({ arn }) => arn) : [];
}

type Of<Type> = Extract<ServedAction, { type: Type }>;

function checkForward({ targetGroups }: Of<"forward">): void {
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
}

function checkRedirect({ protocol, host, port, path, query }: Of<"redirect">, place: ActionPlace): void {
  if (!/^(HTTPS?|#\{protocol\})$/.test(protocol)) throw invalid(`'${protocol}' is not a protocol to redirect to`);
  if (port !== "#{port}" && !(/^[1-9]\d{0,4}$/.test(port) && Number(port) <= 65_535)) {
    throw invalid(`The redirect port '${port}' must be a number between 1 and 65535, or #{port}`);
  }
  if (!path.startsWith("/")) throw invalid(`The redirect path '${path}' must begin with '/'`);
  for (const [part, value] of Object.entries({ host, path, query })) {
    const word = /#\{([^}]*)\}?/g;
    for (const [, name] of value.matchAll(word)) {
      if (!KEYWORDS.includes(name ?? "")) throw invalid(`The redirect ${part} '${value}' has an unknown keyword`);
    }
    // What ends up in the Location header must not end it.
    if (!/^[\x21-\x7e]*$/.test(value)) throw invalid(`The redirect ${part} '${value}' has characters of no URL`);
  }
  if (place.protocol === "HTTPS" && protocol === "HTTP") throw invalid("You cannot redirect HTTPS to HTTP");
  const sameProtocol = protocol === "#{protocol}" || protocol === place.protocol;
  const samePort = port === "#{port}" || Number(port) === place.port;
  if (sameProtocol && samePort && host === "#{host}" && path === "/#{path}" && query === "#{query}") {
    throw invalid("The redirect configuration is not valid because it creates a loop");
  }
}

function checkFixedResponse({ contentType, body }: Of<"fixed-response">): void {
  if (!CONTENT_TYPES.includes(contentType)) {
    throw invalid(`The ContentType must be one of: '${CONTENT_TYPES.join("', '")}'`);
  }
  if (body.length > 1024) throw invalid("The message body cannot be longer than '1024' characters");
}

function invalid(message: string): Refusal {
  return new Refusal("action-invalid", message);
}

const KEYWORDS = ["protocol", "host", "port", "path", "query"];
const CONTENT_TYPES = ["text/plain", "text/css", "text/html", "application/javascript", "application/json"];
