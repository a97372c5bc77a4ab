import { decrypt } from "#custody/decrypt.ts";
import type { KmsOperation } from "./operation.ts";
import { checkRecipient, encryptionAlgorithm, givenCiphertext, materialOf, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Decrypt.html */
export const Decrypt: KmsOperation<"Decrypt"> = async (input, caller, deps) => {
  checkRecipient(input.Recipient);
  const algorithm = encryptionAlgorithm(input.EncryptionAlgorithm);
  const request = { ...useOptions(input), keyId: input.KeyId, ciphertext: givenCiphertext(input), algorithm };
  const { plaintext, keyArn, materialId } = await decrypt(request, caller, deps);
  // The answer goes out as base64 in JSON or CBOR: this is where clear bytes leave custody for their owner.
  return {
    KeyId: keyArn,
    Plaintext: plaintext.bytes,
    EncryptionAlgorithm: algorithm,
    KeyMaterialId: materialOf(algorithm, materialId),
  };
};
