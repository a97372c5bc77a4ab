import type * as sdk from "@aws-sdk/client-cloudtrail";
import type { InputOf } from "#aws/service.ts";
import { AwsError } from "#aws/service.ts";
import { type EventAttribute, lookUpEvents } from "#journal/look-up.ts";
import { SECOND } from "#lib/duration.ts";
import type { CloudTrailOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
export const LookupEvents: CloudTrailOperation<"LookupEvents"> = async (input, caller, deps) => {
  const { EventCategory, NextToken: token } = input;
  const by = readAttribute(input);
  const limit = readLimit(input.MaxResults);
  const { from, to } = readSpan(input, deps.clock.now());
  if (EventCategory !== undefined) {
    if (EventCategory !== "insight")
      throw new AwsError("InvalidEventCategoryException", "EventCategory must be insight.");
    return { Events: [] }; // there are no insights, so there are no events of them
  }
  const found = await lookUpEvents({ by, from, to, limit, token }, caller, deps);
  return {
    Events: found.events.map((event) => ({
      EventId: event.eventId,
      EventName: event.name,
      ReadOnly: String(event.readOnly),
      AccessKeyId: event.accessKeyId,
      EventTime: event.time,
      EventSource: event.source,
      Username: event.userName,
      Resources: event.resources.map(({ name, type }) => ({ ResourceName: name, ResourceType: type })),
      CloudTrailEvent: event.body,
    })),
    NextToken: found.token,
  };
};

type Input = InputOf<typeof sdk, "LookupEvents">;

function readAttribute({ LookupAttributes = [] }: Input): EventAttribute | undefined {
  const [attribute, ...more] = LookupAttributes;
  if (more.length > 0) {
    throw new AwsError("InvalidLookupAttributesException", "You can specify only one lookup attribute.");
  }
  if (!attribute) return undefined;
  const { AttributeKey: name, AttributeValue: value } = attribute;
  if (name === "ReadOnly" && !/^(true|false)$/i.test(value)) {
    throw new AwsError("InvalidLookupAttributesException", `ReadOnly is true or false, not ${value}.`);
  }
  return { name, value };
}

function readLimit(limit = MOST): number {
  if (limit >= 1 && limit <= MOST) return limit;
  throw new AwsError("InvalidMaxResultsException", `MaxResults must be from 1 to ${MOST}.`);
}

/** Events are shown by the second, and are looked up so: a second that is named is meant as a whole. */
function readSpan({ StartTime, EndTime }: Input, now: Date): { readonly from: number; readonly to: number } {
  const second = (time: Date): number => Math.floor(time.getTime() / SECOND) * SECOND;
  const from = StartTime ? second(StartTime) : 0;
  // Other nodes' clocks may be a little before ours; a page must end where the one before it did.
  const to = EndTime ? second(EndTime) + SECOND - 1 : FAR;
  if (from > to || (StartTime && StartTime > now && EndTime === undefined)) {
    throw new AwsError("InvalidTimeRangeException", "StartTime must be before EndTime, and not be in the future.");
  }
  return { from, to };
}

const MOST = 50;
/** The year 9999. */
const FAR = 253_402_300_799_999;
