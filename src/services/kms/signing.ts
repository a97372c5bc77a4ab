import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { SignRequest } from "#custody/sign.ts";
import type { SigningAlgorithm } from "#domain/keys/key-specs.ts";
import { contextlessOptions } from "./wire.ts";

/** What Sign and Verify ask alike. Refuses algorithms that no key here has. */
export function readSigning(input: InputOf<typeof sdk, "Sign"> | InputOf<typeof sdk, "Verify">): SignRequest {
  const { KeyId, Message, MessageType = "RAW", SigningAlgorithm } = input;
  const unserved = UNSERVED[SigningAlgorithm];
  if (unserved) throw new AwsError("UnsupportedOperationException", unserved);
  return {
    ...contextlessOptions(input),
    keyId: KeyId,
    message: { type: MessageType, bytes: Message },
    algorithm: SigningAlgorithm as SigningAlgorithm,
  };
}

const UNSERVED: Readonly<Record<string, string>> = {
  SM2DSA: "The algorithm SM2DSA is not supported: AWS has it in China only.",
  ED25519_PH_SHA_512:
    "The algorithm ED25519_PH_SHA_512 is not supported: sign with ED25519_SHA_512 and the message RAW.",
};
