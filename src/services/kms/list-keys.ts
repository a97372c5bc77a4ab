import { pageOfKeys } from "#custody/lists.ts";
import { keyArn } from "#domain/arn.ts";
import type { KmsOperation } from "./operation.ts";
import { pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
export const ListKeys: KmsOperation<"ListKeys"> = async (input, caller, deps) => {
  const page = await pageOfKeys(pageRequest(input), caller, deps);
  return { Keys: page.items.map((id) => ({ KeyId: id, KeyArn: keyArn(caller, id) })), ...pageEnd(page) };
};
