import { pageOfAliases } from "#custody/lists.ts";
import type { KmsOperation } from "./operation.ts";
import { aliasEntry, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListAliases.html */
export const ListAliases: KmsOperation<"ListAliases"> = async (input, caller, deps) => {
  const page = await pageOfAliases({ ...pageRequest(input), keyId: input.KeyId }, caller, deps);
  return { Aliases: page.items.map((alias) => aliasEntry(alias, caller)), ...pageEnd(page) };
};
