import { deleteImportedMaterial } from "#custody/delete-material.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DeleteImportedKeyMaterial.html */
export const DeleteImportedKeyMaterial: KmsOperation<"DeleteImportedKeyMaterial"> = async (input, caller, deps) => {
  const request = { keyId: input.KeyId, materialId: input.KeyMaterialId };
  const { key, materialId } = await deleteImportedMaterial(request, caller, deps);
  return { KeyId: arnOf(key), ...(key.spec === "SYMMETRIC_DEFAULT" && { KeyMaterialId: materialId }) };
};
