import * as sdk from "@aws-sdk/client-sts";
import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { IdentityRefusal } from "#domain/identity/refusals.ts";
import { refusals } from "./errors.ts";
import { GetAccessKeyInfo } from "./get-access-key-info.ts";
import { GetCallerIdentity } from "./get-caller-identity.ts";
import type { StsDeps } from "./operation.ts";
import { rules } from "./rules.ts";

/** AWS Security Token Service. One file per operation; this is the list of them. */
export const sts: Service<typeof sdk, StsDeps, IdentityRefusal> = {
  name: "sts",
  sdk,
  facts: FACTS.sts,
  operations: { GetAccessKeyInfo, GetCallerIdentity },
  access: { GetCallerIdentity: "anybody" },
  rules,
  refusals,
};
