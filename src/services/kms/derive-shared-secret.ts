import { deriveSharedSecret } from "#custody/shared-secrets.ts";
import type { KmsOperation } from "./operation.ts";
import { checkRecipient, contextlessOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeriveSharedSecret.html */
export const DeriveSharedSecret: KmsOperation<"DeriveSharedSecret"> = async (input, caller, deps) => {
  checkRecipient(input.Recipient);
  const { KeyId, KeyAgreementAlgorithm, PublicKey } = input;
  const request = {
    ...contextlessOptions(input),
    keyId: KeyId,
    algorithm: KeyAgreementAlgorithm,
    publicKey: PublicKey,
  };
  const { secret, keyArn, origin } = await deriveSharedSecret(request, caller, deps);
  return { KeyId: keyArn, SharedSecret: secret.bytes, KeyAgreementAlgorithm, KeyOrigin: origin };
};
