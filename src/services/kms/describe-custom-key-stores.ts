import { AwsError } from "#aws/service.ts";
import { PAGE_SIZES } from "#domain/keys/limits.ts";
import { readPage } from "#domain/keys/marker.ts";
import type { KmsOperation } from "./operation.ts";
import { noKeyStore, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeCustomKeyStores.html: there are none. */
export const DescribeCustomKeyStores: KmsOperation<"DescribeCustomKeyStores"> = (input) => {
  const { CustomKeyStoreId, CustomKeyStoreName } = input;
  if (CustomKeyStoreId !== undefined && CustomKeyStoreName !== undefined) {
    throw new AwsError("ValidationException", "Specify either CustomKeyStoreId or CustomKeyStoreName, but not both.");
  }
  const name = CustomKeyStoreId ?? CustomKeyStoreName;
  if (name !== undefined) throw noKeyStore(name);
  readPage(pageRequest(input), "key-stores", PAGE_SIZES.keys); // as there are none, no marker was ever given out
  return { CustomKeyStores: [], Truncated: false };
};
