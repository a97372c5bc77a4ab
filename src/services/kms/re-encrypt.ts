import { reEncrypt } from "#custody/re-encrypt.ts";
import type { KmsOperation } from "./operation.ts";
import { encryptionAlgorithm, givenCiphertext, materialOf, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html */
export const ReEncrypt: KmsOperation<"ReEncrypt"> = async (input, caller, deps) => {
  const sourceAlgorithm = encryptionAlgorithm(input.SourceEncryptionAlgorithm);
  const destinationAlgorithm = encryptionAlgorithm(input.DestinationEncryptionAlgorithm);
  const { ciphertext, keyArn, materialId, source } = await reEncrypt(
    {
      ...useOptions(input),
      ciphertext: givenCiphertext(input),
      sourceKeyId: input.SourceKeyId,
      sourceContext: input.SourceEncryptionContext ?? {},
      destinationKeyId: input.DestinationKeyId,
      destinationContext: input.DestinationEncryptionContext ?? {},
      sourceAlgorithm,
      destinationAlgorithm,
    },
    caller,
    deps,
  );
  return {
    CiphertextBlob: ciphertext,
    SourceKeyId: source.keyArn,
    KeyId: keyArn,
    SourceEncryptionAlgorithm: sourceAlgorithm,
    DestinationEncryptionAlgorithm: destinationAlgorithm,
    SourceKeyMaterialId: materialOf(sourceAlgorithm, source.materialId),
    DestinationKeyMaterialId: materialOf(destinationAlgorithm, materialId),
  };
};
