import { generateDataKeyPairWithoutPlaintext } from "#custody/data-key-pairs.ts";
import type { KmsOperation } from "./operation.ts";
import { keyPairSpec, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPairWithoutPlaintext.html */
export const GenerateDataKeyPairWithoutPlaintext: KmsOperation<"GenerateDataKeyPairWithoutPlaintext"> = async (
  input,
  caller,
  deps,
) => {
  const spec = keyPairSpec(input.KeyPairSpec);
  const request = { ...useOptions(input), keyId: input.KeyId, spec };
  const { spki, ciphertext, keyArn, materialId } = await generateDataKeyPairWithoutPlaintext(request, caller, deps);
  return {
    PrivateKeyCiphertextBlob: ciphertext,
    PublicKey: spki,
    KeyId: keyArn,
    KeyPairSpec: spec,
    KeyMaterialId: materialId,
  };
};
