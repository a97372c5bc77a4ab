import type * as sdk from "@aws-sdk/client-cloudwatch";
import { AwsError, type ErrorName } from "#aws/service.ts";

/** CloudWatch's name for what the metrics refuse. */
export const refusals: Readonly<Record<"event-value-invalid", ErrorName<typeof sdk>>> = {
  "event-value-invalid": "InvalidParameterValueException",
};

export function invalidValue(message: string): AwsError {
  return new AwsError("InvalidParameterValueException", message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError("InvalidParameterCombinationException", message);
}
