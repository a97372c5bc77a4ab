import { encapsulateSecret } from "#custody/shared-secrets.ts";
import type { KmsOperation } from "./operation.ts";
import { contextlessOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Encapsulate.html */
export const Encapsulate: KmsOperation<"Encapsulate"> = async (input, caller, deps) => {
  const { KeyId, EncapsulationAlgorithm } = input;
  const request = { ...contextlessOptions(input), keyId: KeyId, algorithm: EncapsulationAlgorithm };
  const { secret, ciphertext, keyArn } = await encapsulateSecret(request, caller, deps);
  return {
    KeyId: keyArn,
    SharedSecret: secret.bytes,
    SharedSecretCiphertextBlob: ciphertext,
    EncapsulationAlgorithm,
  };
};
