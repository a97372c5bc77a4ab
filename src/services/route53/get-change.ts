import { zoneChange } from "#dns/change-record-sets.ts";
import type { Route53Operation } from "./operation.ts";
import { readChangeId, shownChange } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html */
export const GetChange: Route53Operation<"GetChange"> = async ({ Id }, { account }, deps) => ({
  ChangeInfo: shownChange(await zoneChange(account, readChangeId(Id), deps)),
});
