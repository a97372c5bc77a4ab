import { AwsError } from "#aws/service.ts";
import type { CloudTrailOperation } from "./operation.ts";

/** There are no trails, which copy events elsewhere: CreateTrail is not implemented, so all lists of them are empty. */
export const DescribeTrails: CloudTrailOperation<"DescribeTrails"> = () => ({ trailList: [] });

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListTrails.html */
export const ListTrails: CloudTrailOperation<"ListTrails"> = () => ({ Trails: [] });

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html */
export const GetTrailStatus: CloudTrailOperation<"GetTrailStatus"> = ({ Name }, caller) => {
  throw new AwsError("TrailNotFoundException", `Unknown trail: ${Name} for the user: ${caller.account}`);
};
