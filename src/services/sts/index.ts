import * as sdk from "@aws-sdk/client-sts";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import { federatedUserArn } from "#domain/identity/entity.ts";
import { AssumeRole } from "./assume-role.ts";
import { refusals, type StsRefusal } from "./errors.ts";
import { GetAccessKeyInfo } from "./get-access-key-info.ts";
import { GetCallerIdentity } from "./get-caller-identity.ts";
import { GetFederationToken } from "./get-federation-token.ts";
import { GetSessionToken } from "./get-session-token.ts";
import type { StsDeps } from "./operation.ts";
import { rules } from "./rules.ts";

/** AWS Security Token Service. One file per operation; this is the list of them. */
export const sts: Service<typeof sdk, StsDeps, StsRefusal> = {
  name: "sts",
  sdk,
  facts: FACTS.sts,
  operations: { AssumeRole, GetAccessKeyInfo, GetCallerIdentity, GetFederationToken, GetSessionToken },
  access: {
    // The role's trust policy decides, too.
    AssumeRole: "service",
    GetCallerIdentity: "anybody",
    GetFederationToken: ({ Name }, { account }) => ({ resources: [federatedUserArn(account, Name)] }),
    GetSessionToken: "anybody",
  },
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html; AssumeRole asks the trust policy as well.
  tagging: { GetFederationToken: "sts:TagSession" },
  rules,
  refusals,
};
