import { createAlias } from "#custody/aliases.ts";
import type { KmsOperation } from "./operation.ts";
import { checkAliasName } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html */
export const CreateAlias: KmsOperation<"CreateAlias"> = async ({ AliasName, TargetKeyId }, caller, deps) => {
  checkAliasName(AliasName);
  await createAlias({ aliasName: AliasName, targetKeyId: TargetKeyId }, caller, deps);
};
