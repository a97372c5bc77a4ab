import { AwsError } from "#aws/service.ts";
import { generateRandom } from "#custody/data-keys.ts";
import type { KmsOperation } from "./operation.ts";
import { checkRecipient, noKeyStore } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateRandom.html */
export const GenerateRandom: KmsOperation<"GenerateRandom"> = ({ NumberOfBytes, CustomKeyStoreId, Recipient }) => {
  checkRecipient(Recipient);
  if (CustomKeyStoreId !== undefined) throw noKeyStore(CustomKeyStoreId);
  if (NumberOfBytes === undefined) throw new AwsError("ValidationException", "NumberOfBytes is required.");
  return { Plaintext: generateRandom(NumberOfBytes) };
};
