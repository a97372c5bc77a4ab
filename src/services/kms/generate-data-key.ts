import { generateDataKey } from "#custody/data-keys.ts";
import type { KmsOperation } from "./operation.ts";
import { checkRecipient, dataKeyLength, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
export const GenerateDataKey: KmsOperation<"GenerateDataKey"> = async (input, caller, deps) => {
  checkRecipient(input.Recipient);
  const request = { ...useOptions(input), keyId: input.KeyId, length: dataKeyLength(input) };
  const { ciphertext, plaintext, keyArn, materialId } = await generateDataKey(request, caller, deps);
  // The answer goes out as base64 in JSON or CBOR: this is where clear bytes leave custody for their owner.
  return { CiphertextBlob: ciphertext, Plaintext: plaintext.bytes, KeyId: keyArn, KeyMaterialId: materialId };
};
