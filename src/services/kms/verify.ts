import { verifySignature } from "#custody/sign.ts";
import type { KmsOperation } from "./operation.ts";
import { readSigning } from "./signing.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Verify.html */
export const Verify: KmsOperation<"Verify"> = async (input, caller, deps) => {
  const request = readSigning(input);
  const { keyArn } = await verifySignature({ ...request, signature: input.Signature }, caller, deps);
  return { KeyId: keyArn, SignatureValid: true, SigningAlgorithm: request.algorithm };
};
