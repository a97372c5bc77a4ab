import { deleteHostedZone } from "#dns/hosted-zones.ts";
import type { Route53Operation } from "./operation.ts";
import { readZoneId, shownChange } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_DeleteHostedZone.html */
export const DeleteHostedZone: Route53Operation<"DeleteHostedZone"> = async ({ Id }, { account }, deps) => ({
  ChangeInfo: shownChange(await deleteHostedZone(account, readZoneId(Id), deps)),
});
