import { importMaterial } from "#custody/import-material.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ImportKeyMaterial.html */
export const ImportKeyMaterial: KmsOperation<"ImportKeyMaterial"> = async (input, caller, deps) => {
  const request = {
    keyId: input.KeyId,
    token: input.ImportToken,
    wrapped: input.EncryptedKeyMaterial,
    expirationModel: input.ExpirationModel,
    validTo: input.ValidTo,
    type: input.ImportType,
    description: input.KeyMaterialDescription,
    materialId: input.KeyMaterialId,
  };
  const { key, materialId } = await importMaterial(request, caller, deps);
  return { KeyId: arnOf(key), ...(key.spec === "SYMMETRIC_DEFAULT" && { KeyMaterialId: materialId }) };
};
