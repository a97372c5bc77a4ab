import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import { parametersForImport } from "#custody/import-parameters.ts";
import type { WrappingAlgorithm, WrappingKeySpec } from "#domain/keys/import.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetParametersForImport.html */
export const GetParametersForImport: KmsOperation<"GetParametersForImport"> = async (input, caller, deps) => {
  const request = { keyId: input.KeyId, algorithm: algorithmOf(input), wrappingKey: wrappingKeyOf(input) };
  const { key, token, publicKey, validTo } = await parametersForImport(request, caller, deps);
  return { KeyId: arnOf(key), ImportToken: token, PublicKey: publicKey, ParametersValidTo: validTo };
};

type Input = InputOf<typeof sdk, "GetParametersForImport">;

function algorithmOf({ WrappingAlgorithm: algorithm }: Input): WrappingAlgorithm {
  if (algorithm === "RSAES_PKCS1_V1_5") {
    throw unsupported("The wrapping algorithm RSAES_PKCS1_V1_5 is not supported: AWS ended it in October 2023.");
  }
  if (algorithm === "SM2PKE") throw unsupported("The algorithm SM2PKE is not supported: AWS has it in China only.");
  return algorithm;
}

function wrappingKeyOf({ WrappingKeySpec: spec }: Input): WrappingKeySpec {
  if (spec !== "SM2") return spec;
  throw unsupported("Wrapping keys of the spec SM2 are not supported: AWS has them in China only.");
}

function unsupported(message: string): AwsError {
  return new AwsError("UnsupportedOperationException", message);
}
