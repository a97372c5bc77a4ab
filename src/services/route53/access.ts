import type * as sdk from "@aws-sdk/client-route-53";
import type { AccessRules, InputOf, Service } from "#aws/service.ts";
import { type Facts, factsOf } from "#domain/policies/facts.ts";
import { parseRecordName } from "#domain/zones/record-name.ts";

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html */
export const access: AccessRules<typeof sdk, unknown> = {
  ChangeResourceRecordSets: (input) => ({ resources: zones(input.HostedZoneId), facts: changeFacts(input) }),
};

/** Zones and changes are named by their ids, with or without what they are in front. */
export const resourcesOf: NonNullable<Service<typeof sdk, unknown>["resourcesOf"]> = (operation, input) => {
  if (operation === "GetChange") return named(input["Id"], "change");
  const { HostedZoneId, Id, ResourceId, ResourceIds } = input;
  return [HostedZoneId, Id, ResourceId, ...(Array.isArray(ResourceIds) ? ResourceIds : [])].flatMap(zones);
};

function changeFacts({ ChangeBatch }: InputOf<typeof sdk, "ChangeResourceRecordSets">): Facts {
  const sets = ChangeBatch.Changes.map(({ ResourceRecordSet }) => ResourceRecordSet);
  return factsOf({
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": sets.map(({ Name }) => normalized(Name)),
    "route53:ChangeResourceRecordSetsRecordTypes": sets.map(({ Type }) => Type),
    "route53:ChangeResourceRecordSetsActions": ChangeBatch.Changes.map(({ Action }) => Action),
  });
}

/**
 * In lower case, without the last dot, and everything that is no letter, digit, hyphen, underscore or dot as `\\ooo`,
 * however it was written. What is no name is refused by the operation itself.
 */
function normalized(name: string): string {
  return parseRecordName(name)?.slice(0, -1) ?? name;
}

function zones(id: unknown): readonly string[] {
  return named(id, "hostedzone");
}

function named(id: unknown, kind: string): readonly string[] {
  if (typeof id !== "string") return [];
  return [`arn:aws:route53:::${kind}/${id.replace(/^\/?[a-z]+\//, "")}`];
}
