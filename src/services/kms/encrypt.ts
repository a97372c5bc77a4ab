import { encrypt } from "#custody/encrypt.ts";
import type { KmsOperation } from "./operation.ts";
import { encryptionAlgorithm, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html */
export const Encrypt: KmsOperation<"Encrypt"> = async (input, caller, deps) => {
  const algorithm = encryptionAlgorithm(input.EncryptionAlgorithm);
  const request = { ...useOptions(input), keyId: input.KeyId, plaintext: input.Plaintext, algorithm };
  const { ciphertext, keyArn } = await encrypt(request, caller, deps);
  return { CiphertextBlob: ciphertext, KeyId: keyArn, EncryptionAlgorithm: algorithm };
};
