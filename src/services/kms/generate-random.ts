import { AwsError } from "#aws/service.ts";
import { generateRandom } from "#custody/data-keys.ts";
import type { KmsOperation } from "./operation.ts";
import { checkRecipient } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html */
export const GenerateRandom: KmsOperation<"GenerateRandom"> = ({ NumberOfBytes, CustomKeyStoreId, Recipient }) => {
  checkRecipient(Recipient);
  if (CustomKeyStoreId !== undefined) {
    throw new AwsError("CustomKeyStoreNotFoundException", `Custom key store ${CustomKeyStoreId} does not exist.`);
  }
  if (NumberOfBytes === undefined) throw new AwsError("ValidationException", "NumberOfBytes is required.");
  return { Plaintext: generateRandom(NumberOfBytes) };
};
