import { assumeRole } from "#identity/sessions/assume-role.ts";
import type { StsOperation } from "./operation.ts";
import { readPolicies, readTags, showCredentials, showPacked } from "./wire.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const AssumeRole: StsOperation<"AssumeRole"> = async (input, caller, deps) => {
  const request = {
    roleArn: input.RoleArn,
    sessionName: input.RoleSessionName,
    duration: input.DurationSeconds,
    externalId: input.ExternalId,
    sourceIdentity: input.SourceIdentity,
    ...readPolicies(input),
    tags: readTags(input.Tags),
    transitiveTagKeys: input.TransitiveTagKeys ?? [],
  };
  const session = await assumeRole(request, caller, deps);
  return {
    Credentials: showCredentials(session),
    AssumedRoleUser: { AssumedRoleId: session.id, Arn: session.arn },
    ...showPacked(session),
    ...(session.sourceIdentity === undefined ? {} : { SourceIdentity: session.sourceIdentity }),
  };
};
