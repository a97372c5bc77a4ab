import { generateDataKeyPair } from "#custody/data-key-pairs.ts";
import type { KmsOperation } from "./operation.ts";
import { checkRecipient, keyPairSpec, useOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKeyPair.html */
export const GenerateDataKeyPair: KmsOperation<"GenerateDataKeyPair"> = async (input, caller, deps) => {
  checkRecipient(input.Recipient);
  const spec = keyPairSpec(input.KeyPairSpec);
  const request = { ...useOptions(input), keyId: input.KeyId, spec };
  const { spki, pkcs8, ciphertext, keyArn, materialId } = await generateDataKeyPair(request, caller, deps);
  return {
    PrivateKeyCiphertextBlob: ciphertext,
    // The answer goes out as base64 in JSON or CBOR: this is where clear bytes leave custody for their owner.
    PrivateKeyPlaintext: pkcs8.bytes,
    PublicKey: spki,
    KeyId: keyArn,
    KeyPairSpec: spec,
    KeyMaterialId: materialId,
  };
};
