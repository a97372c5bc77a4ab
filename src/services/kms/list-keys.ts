import { pageOfKeys } from "#custody/lists.ts";
import { arnOf, wireKeyId } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";
import { pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
export const ListKeys: KmsOperation<"ListKeys"> = async (input, caller, deps) => {
  const page = await pageOfKeys(pageRequest(input), caller, deps);
  const Keys = page.items.map((id) => ({ KeyId: wireKeyId(id), KeyArn: arnOf({ ...caller, id }) }));
  return { Keys, ...pageEnd(page) };
};
