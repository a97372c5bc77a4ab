import { AwsError } from "#aws/service.ts";
import { trustStoreOf } from "#integrations/elbv2/find.ts";
import type { Elbv2Operation } from "./operation.ts";

/**
 * A policy would say with whom a trust store is shared; none is.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_GetResourcePolicy.html
 */
export const GetResourcePolicy: Elbv2Operation<"GetResourcePolicy"> = async ({ ResourceArn }, caller, { store }) => {
  await trustStoreOf(store, ResourceArn, caller); // or it is not found
  throw new AwsError(
    "ResourceNotFoundException",
    `'${ResourceArn}' has no resource policy: trust stores are not shared between accounts here`,
  );
};
