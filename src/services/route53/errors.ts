import type * as sdk from "@aws-sdk/client-route-53";
import { AwsError, type ErrorName } from "#aws/service.ts";
import type { ZoneRefusal } from "#domain/zones/refusals.ts";

/** How Route 53 names what zones refuse. */
export const refusals: Readonly<Record<ZoneRefusal, ErrorName<typeof sdk>>> = {
  "change-batch-invalid": "InvalidChangeBatch",
  "change-not-found": "NoSuchChange",
  "zone-caller-reference-used": "HostedZoneAlreadyExists",
  "zone-input-invalid": "InvalidInput",
  "zone-name-invalid": "InvalidDomainName",
  "zone-not-empty": "HostedZoneNotEmpty",
  "zone-not-found": "NoSuchHostedZone",
};

export function invalidInput(message: string): AwsError {
  return new AwsError("InvalidInput", message);
}
