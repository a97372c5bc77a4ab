import { federationToken } from "#identity/sessions/user-sessions.ts";
import type { StsOperation } from "./operation.ts";
import { readPolicies, readTags, showCredentials, showPacked } from "./wire.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html */
export const GetFederationToken: StsOperation<"GetFederationToken"> = async (input, caller, deps) => {
  const request = {
    name: input.Name,
    duration: input.DurationSeconds,
    tags: readTags(input.Tags),
    ...readPolicies(input),
  };
  const session = await federationToken(request, caller, deps);
  return {
    Credentials: showCredentials(session),
    FederatedUser: { FederatedUserId: session.id, Arn: session.arn },
    ...showPacked(session),
  };
};
