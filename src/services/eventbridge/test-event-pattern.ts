import { AwsError } from "#aws/service.ts";
import { matches } from "#domain/events/match.ts";
import { parsePattern } from "#domain/events/pattern.ts";
import { parseDetail } from "#events/put-events.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html */
export const TestEventPattern: EventBridgeOperation<"TestEventPattern"> = (input) => {
  const pattern = parsePattern(input.EventPattern);
  const event = parseDetail(input.Event);
  if (!event || !MANDATORY.every((name) => Object.hasOwn(event, name))) {
    throw new AwsError(
      "ValidationException",
      `Parameter Event is not valid. Reason: it must be a JSON object with ${MANDATORY.join(", ")}.`,
    );
  }
  return { Result: matches(pattern, event) };
};

const MANDATORY: readonly string[] = ["id", "account", "source", "time", "region", "resources", "detail-type"];
