import type { KmsOperation } from "./operation.ts";
import { noKeyStore } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteCustomKeyStore.html: there are none. */
export const DeleteCustomKeyStore: KmsOperation<"DeleteCustomKeyStore"> = ({ CustomKeyStoreId }) => {
  throw noKeyStore(CustomKeyStoreId);
};
