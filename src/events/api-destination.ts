import { type ApiCall, apiCall, UnfitPath } from "#domain/events/api-call.ts";
import { eventArn, ownEventResource } from "#domain/events/arns.ts";
import { apiDestinationRetries, type Outcome, outcomeOf, type RetryPolicy } from "#domain/events/retry.ts";
import { TooLargeInput, targetInput } from "#domain/events/transform.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Delivery } from "#store/event-deliveries.ts";
import { type DestinationRow, findDestination } from "#store/event-destinations.ts";
import type { TargetRow } from "#store/event-rules.ts";
import { openConnection } from "./connections.ts";
import type { DestinationDeps } from "./destinations.ts";
import { connectionIn } from "./destinations.ts";
import { post } from "./post.ts";
import { readTarget } from "./targets.ts";
import { problemOf } from "./webhook.ts";

export interface ApiDestinationDeps extends DestinationDeps {
  readonly trusted: readonly string[] | undefined;
}

/** How long and how often it is tried to reach a rule's target. */
export function targetRetries({ retryAttempts, retryAge }: TargetRow): RetryPolicy {
  return { attempts: retryAttempts, age: retryAge * SECOND };
}

/** The API destination of a target; undefined when it was deleted. */
export async function destinationOf(
  target: TargetRow,
  { store }: DestinationDeps,
): Promise<DestinationRow | undefined> {
  const resource = ownEventResource(target.arn, target);
  if (resource?.kind !== "api-destination") return undefined;
  const destination = await findDestination(store, target, resource.name);
  return destination && destination.id === resource.id ? destination : undefined;
}

/** Sends an event to the API destination of a rule's target, in the form that the target asks for. */
export async function sendToApiDestination(
  target: TargetRow,
  destination: DestinationRow | undefined,
  delivery: Delivery,
  deps: ApiDestinationDeps,
): Promise<Outcome> {
  if (!destination) return { kind: "refused", problem: `${target.arn} does not exist` };
  const connection = await connectionIn(deps.store, destination);
  const authorization = connection && openConnection(connection, deps.root);
  if (!authorization) {
    return { kind: "refused", problem: `the connection ${destination.connection} of ${target.arn} is not authorized` };
  }
  const event = eventOf(delivery);
  const { http, ...input } = readTarget(target);
  const context = {
    ruleArn: eventArn(target, { kind: "rule", name: target.rule }),
    ruleName: target.rule,
    ingestedAt: new Date(delivery.at),
  };
  const parameters = http ?? { path: [], headers: {}, query: {} };
  let call: ApiCall;
  try {
    call = apiCall(destination, authorization, parameters, event, targetInput(event, input, context));
  } catch (error) {
    if (!(error instanceof TooLargeInput || error instanceof UnfitPath)) throw error;
    return { kind: "refused", problem: error.message };
  }
  const options = { timeout: TIMEOUT, trusted: deps.trusted, anywhere: deps.localTargets };
  const answer = await post(call, options).catch(problemOf);
  return typeof answer === "string"
    ? { kind: "failed", problem: answer }
    : outcomeOf(answer, deps.clock.now(), apiDestinationRetries);
}

/** The event of a delivery; one that is replayed says so. */
export function eventOf({ body, replay }: Pick<Delivery, "body" | "replay">): Readonly<Record<string, unknown>> {
  const event = JSON.parse(body) as Readonly<Record<string, unknown>>;
  return replay === "" ? event : { ...event, "replay-name": replay };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html */
const TIMEOUT: Millis = 5 * SECOND;
