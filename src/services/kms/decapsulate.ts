import { decapsulateSecret } from "#custody/shared-secrets.ts";
import type { KmsOperation } from "./operation.ts";
import { contextlessOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decapsulate.html */
export const Decapsulate: KmsOperation<"Decapsulate"> = async (input, caller, deps) => {
  const { KeyId, EncapsulationAlgorithm, SharedSecretCiphertextBlob } = input;
  const request = {
    ...contextlessOptions(input),
    keyId: KeyId,
    algorithm: EncapsulationAlgorithm,
    ciphertext: SharedSecretCiphertextBlob,
  };
  const { secret, keyArn } = await decapsulateSecret(request, caller, deps);
  return { KeyId: keyArn, SharedSecret: secret.bytes, EncapsulationAlgorithm };
};
