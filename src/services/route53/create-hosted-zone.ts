import { AwsError } from "#aws/service.ts";
import { createHostedZone } from "#dns/hosted-zones.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Operation } from "./operation.ts";
import { shownChange, shownDelegationSet, shownZone } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html */
export const CreateHostedZone: Route53Operation<"CreateHostedZone"> = async (input, { account }, deps) => {
  const { Name: name, CallerReference: callerReference, HostedZoneConfig: config } = input;
  if (input.VPC !== undefined || config?.PrivateZone === true) {
    throw invalidInput("Private hosted zones are not offered: leave VPC out, and PrivateZone false.");
  }
  if (input.DelegationSetId !== undefined) {
    throw new AwsError("NoSuchDelegationSet", `There is no reusable delegation set ${input.DelegationSetId}.`);
  }
  const comment = config?.Comment ?? "";
  const { zone, change } = await createHostedZone({ account, name, callerReference, comment }, deps);
  return {
    HostedZone: shownZone(zone),
    ChangeInfo: shownChange(change),
    DelegationSet: shownDelegationSet(zone, deps),
    Location: `https://route53.amazonaws.com/2013-04-01/hostedzone/${zone.id}`,
  };
};
