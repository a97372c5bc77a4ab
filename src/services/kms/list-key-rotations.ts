import { pageOfRotations } from "#custody/rotation.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";
import { pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html */
export const ListKeyRotations: KmsOperation<"ListKeyRotations"> = async (input, caller, deps) => {
  const first = input.IncludeKeyMaterial === "ALL_KEY_MATERIAL";
  const { key, page } = await pageOfRotations({ ...pageRequest(input), keyId: input.KeyId, first }, caller, deps);
  const Rotations = page.items.map(({ version, materialId, createdAt, rotation }) => ({
    KeyId: arnOf(key),
    KeyMaterialId: materialId,
    KeyMaterialState: version === key.version ? ("CURRENT" as const) : ("NON_CURRENT" as const),
    ...(rotation && { RotationDate: createdAt, RotationType: rotation }),
  }));
  return { Rotations, ...pageEnd(page) };
};
