import type { KmsOperation } from "./operation.ts";
import { noKeyStore } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdateCustomKeyStore.html: there are none. */
export const UpdateCustomKeyStore: KmsOperation<"UpdateCustomKeyStore"> = ({ CustomKeyStoreId }) => {
  throw noKeyStore(CustomKeyStoreId);
};
