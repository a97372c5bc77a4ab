import { verifyMac } from "#custody/mac.ts";
import type { KmsOperation } from "./operation.ts";
import { contextlessOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_VerifyMac.html */
export const VerifyMac: KmsOperation<"VerifyMac"> = async (input, caller, deps) => {
  const { KeyId, Message, MacAlgorithm, Mac } = input;
  const request = { ...contextlessOptions(input), keyId: KeyId, message: Message, algorithm: MacAlgorithm, mac: Mac };
  const { keyArn } = await verifyMac(request, caller, deps);
  return { KeyId: keyArn, MacValid: true, MacAlgorithm };
};
