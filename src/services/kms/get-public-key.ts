import { getPublicKey } from "#custody/public-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";
import { algorithmLists } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetPublicKey.html */
export const GetPublicKey: KmsOperation<"GetPublicKey"> = async ({ KeyId, GrantTokens = [] }, caller, deps) => {
  const { key, spki } = await getPublicKey({ keyId: KeyId, grantTokens: GrantTokens }, caller, deps);
  return {
    KeyId: arnOf(key),
    PublicKey: spki,
    CustomerMasterKeySpec: key.spec as "RSA_2048", // a deprecated name: its type does not know newer specs
    KeySpec: key.spec,
    KeyUsage: key.usage,
    ...algorithmLists(key),
  };
};
