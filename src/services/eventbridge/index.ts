import * as sdk from "@aws-sdk/client-eventbridge";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { EventRefusal } from "#domain/events/refusals.ts";
import { resourcesOf } from "./access.ts";
import { CancelReplay } from "./cancel-replay.ts";
import { CreateApiDestination } from "./create-api-destination.ts";
import { CreateArchive } from "./create-archive.ts";
import { CreateConnection } from "./create-connection.ts";
import { DeauthorizeConnection } from "./deauthorize-connection.ts";
import { DeleteApiDestination } from "./delete-api-destination.ts";
import { DeleteArchive } from "./delete-archive.ts";
import { DeleteConnection } from "./delete-connection.ts";
import { DeleteRule } from "./delete-rule.ts";
import { DescribeApiDestination } from "./describe-api-destination.ts";
import { DescribeArchive } from "./describe-archive.ts";
import { DescribeConnection } from "./describe-connection.ts";
import { DescribeEventBus } from "./describe-event-bus.ts";
import { DescribeReplay } from "./describe-replay.ts";
import { DescribeRule } from "./describe-rule.ts";
import { DisableRule } from "./disable-rule.ts";
import { EnableRule } from "./enable-rule.ts";
import { refusals } from "./errors.ts";
import { ListApiDestinations } from "./list-api-destinations.ts";
import { ListArchives } from "./list-archives.ts";
import { ListConnections } from "./list-connections.ts";
import { ListEventBuses } from "./list-event-buses.ts";
import { ListReplays } from "./list-replays.ts";
import { ListRuleNamesByTarget } from "./list-rule-names-by-target.ts";
import { ListRules } from "./list-rules.ts";
import { ListTagsForResource } from "./list-tags-for-resource.ts";
import { ListTargetsByRule } from "./list-targets-by-rule.ts";
import type { EventBridgeDeps } from "./operation.ts";
import { PutEvents } from "./put-events.ts";
import { PutRule } from "./put-rule.ts";
import { PutTargets } from "./put-targets.ts";
import { RemoveTargets } from "./remove-targets.ts";
import { rules } from "./rules.ts";
import { StartReplay } from "./start-replay.ts";
import { TagResource } from "./tag-resource.ts";
import { TestEventPattern } from "./test-event-pattern.ts";
import { UntagResource } from "./untag-resource.ts";
import { UpdateApiDestination } from "./update-api-destination.ts";
import { UpdateArchive } from "./update-archive.ts";
import { UpdateConnection } from "./update-connection.ts";

/** Amazon EventBridge. One file per operation; this is the list of them. */
export const eventbridge: Service<typeof sdk, EventBridgeDeps, EventRefusal> = {
  name: "eventbridge",
  sdk,
  facts: FACTS.eventbridge,
  operations: {
    CancelReplay,
    CreateApiDestination,
    CreateArchive,
    CreateConnection,
    DeauthorizeConnection,
    DeleteApiDestination,
    DeleteArchive,
    DeleteConnection,
    DeleteRule,
    DescribeApiDestination,
    DescribeArchive,
    DescribeConnection,
    DescribeEventBus,
    DescribeReplay,
    DescribeRule,
    DisableRule,
    EnableRule,
    ListApiDestinations,
    ListArchives,
    ListConnections,
    ListEventBuses,
    ListReplays,
    ListRuleNamesByTarget,
    ListRules,
    ListTagsForResource,
    ListTargetsByRule,
    PutEvents,
    PutRule,
    PutTargets,
    RemoveTargets,
    StartReplay,
    TagResource,
    TestEventPattern,
    UntagResource,
    UpdateApiDestination,
    UpdateArchive,
    UpdateConnection,
  },
  resourcesOf,
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
  tagging: { PutRule: "events:TagResource" },
  rules,
  refusals,
};
