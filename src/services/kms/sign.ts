import { signWith } from "#custody/sign.ts";
import type { KmsOperation } from "./operation.ts";
import { readSigning } from "./signing.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
export const Sign: KmsOperation<"Sign"> = async (input, caller, deps) => {
  const request = readSigning(input);
  const { signature, keyArn } = await signWith(request, caller, deps);
  return { KeyId: keyArn, Signature: signature, SigningAlgorithm: request.algorithm };
};
