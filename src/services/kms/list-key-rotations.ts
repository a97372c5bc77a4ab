import type { RotationsListEntry } from "@aws-sdk/client-kms";
import { type MaterialPage, pageOfRotations } from "#custody/rotation.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";
import { expiration, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyRotations.html */
export const ListKeyRotations: KmsOperation<"ListKeyRotations"> = async (input, caller, deps) => {
  const all = input.IncludeKeyMaterial === "ALL_KEY_MATERIAL";
  const { key, page } = await pageOfRotations({ ...pageRequest(input), keyId: input.KeyId, all }, caller, deps);
  return { Rotations: page.items.map((material) => rotationEntry(key, material)), ...pageEnd(page) };
};

function rotationEntry(
  key: MaterialPage["key"],
  { materialId, state, rotation, rotatedAt, present, description, validTo }: MaterialPage["page"]["items"][number],
): RotationsListEntry {
  return {
    KeyId: arnOf(key),
    KeyMaterialId: materialId,
    KeyMaterialState: state,
    ...(key.origin === "EXTERNAL" && {
      ...(description !== undefined && { KeyMaterialDescription: description }),
      ImportState: present ? "IMPORTED" : "PENDING_IMPORT",
      ...(present && expiration(validTo)),
    }),
    ...(rotation && { RotationDate: rotatedAt, RotationType: rotation }),
  };
}
