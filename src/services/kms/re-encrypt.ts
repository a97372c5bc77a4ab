import { reEncrypt } from "#custody/re-encrypt.ts";
import type { KmsOperation } from "./operation.ts";
import { ALGORITHM, checkAlgorithm, givenCiphertext, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html */
export const ReEncrypt: KmsOperation<"ReEncrypt"> = async (input, caller, deps) => {
  checkAlgorithm(input.SourceEncryptionAlgorithm);
  checkAlgorithm(input.DestinationEncryptionAlgorithm);
  const { ciphertext, keyArn, materialId, source } = await reEncrypt(
    {
      ...useOptions(input),
      ciphertext: givenCiphertext(input),
      sourceKeyId: input.SourceKeyId,
      sourceContext: input.SourceEncryptionContext ?? {},
      destinationKeyId: input.DestinationKeyId,
      destinationContext: input.DestinationEncryptionContext ?? {},
    },
    caller,
    deps,
  );
  return {
    CiphertextBlob: ciphertext,
    SourceKeyId: source.keyArn,
    KeyId: keyArn,
    SourceEncryptionAlgorithm: ALGORITHM,
    DestinationEncryptionAlgorithm: ALGORITHM,
    SourceKeyMaterialId: source.materialId,
    DestinationKeyMaterialId: materialId,
  };
};
