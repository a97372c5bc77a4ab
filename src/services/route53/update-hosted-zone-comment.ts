import { commentHostedZone } from "#dns/hosted-zones.ts";
import type { Route53Operation } from "./operation.ts";
import { readZoneId, shownZone } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_UpdateHostedZoneComment.html */
export const UpdateHostedZoneComment: Route53Operation<"UpdateHostedZoneComment"> = async (
  { Id, Comment = "" },
  { account },
  deps,
) => ({ HostedZone: shownZone(await commentHostedZone(account, readZoneId(Id), Comment, deps)) });
