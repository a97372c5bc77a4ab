import { namedResources, regionalArn } from "#aws/access.ts";
import type { Service } from "#aws/service.ts";

/**
 * EventBridge names almost everything by its name; what it is a name of, the operation says.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridge.html
 */
export const resourcesOf: NonNullable<Service<object, unknown>["resourcesOf"]> = (operation, input, owner) => {
  const [, member, prefix] = KINDS.find(([about]) => about.test(operation)) ?? [];
  const name: unknown = member === undefined ? undefined : input[member];
  if (prefix !== undefined && typeof name === "string") return [regionalArn("events", owner, `${prefix}${name}`)];
  if (operation === "PutEvents" || operation === "DescribeEventBus")
    return [regionalArn("events", owner, "event-bus/default")];
  return namedResources(input, "events");
};

/** Operations, the member that has the name, and how the resource begins. */
const KINDS: readonly (readonly [about: RegExp, member: string, prefix: string])[] = [
  [/^(PutTargets|RemoveTargets|ListTargetsByRule)$/, "Rule", "rule/"],
  [/^(Put|Delete|Describe|Enable|Disable)Rule$/, "Name", "rule/"],
  [/^(Create|Update|Delete|Describe)Archive$/, "ArchiveName", "archive/"],
  [/^(Start|Cancel|Describe)Replay$/, "ReplayName", "replay/"],
  [/^(Create|Update|Delete|Describe)ApiDestination$/, "Name", "api-destination/"],
  [/^(Create|Update|Delete|Describe|Deauthorize)Connection$/, "Name", "connection/"],
];
