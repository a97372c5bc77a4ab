import type { KmsOperation } from "./operation.ts";
import { noKeyStore } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ConnectCustomKeyStore.html: there are none. */
export const ConnectCustomKeyStore: KmsOperation<"ConnectCustomKeyStore"> = ({ CustomKeyStoreId }) => {
  throw noKeyStore(CustomKeyStoreId);
};
