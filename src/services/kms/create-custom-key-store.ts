import { AwsError } from "#aws/service.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateCustomKeyStore.html */
export const CreateCustomKeyStore: KmsOperation<"CreateCustomKeyStore"> = () => {
  throw new AwsError(
    "UnsupportedOperationException",
    "Custom key stores (CloudHSM clusters, external key managers) are not supported: master keys are kept under the root of custody.",
  );
};
