import { repointAlias } from "#custody/aliases.ts";
import type { KmsOperation } from "./operation.ts";
import { checkAliasName } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateAlias.html */
export const UpdateAlias: KmsOperation<"UpdateAlias"> = async ({ AliasName, TargetKeyId }, caller, deps) => {
  checkAliasName(AliasName);
  await repointAlias({ aliasName: AliasName, targetKeyId: TargetKeyId }, caller, deps);
};
