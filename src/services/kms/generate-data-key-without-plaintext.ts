import { generateDataKeyWithoutPlaintext } from "#custody/data-keys.ts";
import type { KmsOperation } from "./operation.ts";
import { dataKeyLength, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyWithoutPlaintext.html */
export const GenerateDataKeyWithoutPlaintext: KmsOperation<"GenerateDataKeyWithoutPlaintext"> = async (
  input,
  caller,
  deps,
) => {
  const request = { ...useOptions(input), keyId: input.KeyId, length: dataKeyLength(input) };
  const { ciphertext, keyArn, materialId } = await generateDataKeyWithoutPlaintext(request, caller, deps);
  return { CiphertextBlob: ciphertext, KeyId: keyArn, KeyMaterialId: materialId };
};
