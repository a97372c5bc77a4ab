import * as sdk from "@aws-sdk/client-cloudtrail";
import type { Rules } from "#aws/rules.ts";

/** What CloudTrail asks of its members beyond their types. What has an error of its own is asked by the operation. */
export const rules: Rules = {
  AttributeKey: { oneOf: sdk.LookupAttributeKey },
  AttributeValue: { min: 1, max: 2000 },
};
