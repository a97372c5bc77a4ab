import type { KmsOperation } from "./operation.ts";
import { noKeyStore } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DisconnectCustomKeyStore.html: there are none. */
export const DisconnectCustomKeyStore: KmsOperation<"DisconnectCustomKeyStore"> = ({ CustomKeyStoreId }) => {
  throw noKeyStore(CustomKeyStoreId);
};
