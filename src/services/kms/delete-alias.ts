import { removeAlias } from "#custody/aliases.ts";
import type { KmsOperation } from "./operation.ts";
import { checkAliasName } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteAlias.html */
export const DeleteAlias: KmsOperation<"DeleteAlias"> = async ({ AliasName }, caller, deps) => {
  checkAliasName(AliasName);
  await removeAlias(AliasName, caller, deps);
};
