import { generateMac } from "#custody/mac.ts";
import type { KmsOperation } from "./operation.ts";
import { contextlessOptions } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateMac.html */
export const GenerateMac: KmsOperation<"GenerateMac"> = async (input, caller, deps) => {
  const { KeyId, Message, MacAlgorithm } = input;
  const request = { ...contextlessOptions(input), keyId: KeyId, message: Message, algorithm: MacAlgorithm };
  const { mac, keyArn } = await generateMac(request, caller, deps);
  return { Mac: mac, MacAlgorithm, KeyId: keyArn };
};
