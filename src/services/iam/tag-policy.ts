import { tagPolicy } from "#identity/iam/managed-policies.ts";
import type { IamOperation } from "./operation.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagPolicy.html */
export const TagPolicy: IamOperation<"TagPolicy"> = ({ PolicyArn, Tags }, caller, deps) =>
  tagPolicy(PolicyArn, readTags(Tags), caller, deps);
